//! Tickets, and their one use.

use chrono::TimeDelta;
use futures::future::join_all;
use seatline_domain::audit::{AuditAction, Fact};
use seatline_domain::commands::{
    CancelPerformanceCommand, ChangePerformanceCommand, CheckInError, CheckInTicketCommand, RefundError,
    RefundPaymentCommand, RefundRequester,
};
use seatline_domain::concert::{Performance, PerformanceChange};
use seatline_domain::id::{CheckInId, LedgerEntryId, RefundId, UserId};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::payment::{PaidReservation, Payment, Refund};
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::SeatSelection;
use seatline_domain::text::Text;
use seatline_domain::ticket::{Ticket, TicketCursor, TicketId, TicketPlace, TicketState};

use super::{Fixture, setup};
use crate::Setup;
use crate::setup::{TestUser, key, seat_number};

fn ticket_of(reservation: &Reservation, seat: u32) -> TicketId {
    TicketId { reservation_id: reservation.id, seat_number: seat_number(seat) }
}

fn check_in(
    setup: Setup<'_>,
    performance: &Performance,
    user_id: UserId,
    ticket_id: TicketId,
) -> CheckInTicketCommand {
    CheckInTicketCommand {
        check_in_id: CheckInId::new(setup.id()),
        concert_id: performance.concert_id,
        performance_id: performance.id,
        user_id,
        ticket_id,
        gate: Some(Text::parse("North").unwrap()),
        stamp: setup.stamp(),
        key: None,
    }
}

async fn all_of(setup: Setup<'_>, user_id: UserId, limit: u16) -> Vec<Ticket> {
    let (mut tickets, mut after): (Vec<Ticket>, Option<TicketCursor>) = (Vec::new(), None);
    loop {
        let page = PageRequest { limit: PageLimit::parse(limit).unwrap(), after };
        let page = setup.ports.tickets.tickets(user_id, page).await.unwrap();
        tickets.extend(page.items);
        after = page.next;
        if after.is_none() {
            return tickets;
        }
    }
}

async fn buy(user: &TestUser<'_>, performance: &Performance, seats: &[i64]) -> Reservation {
    let held = user.hold(performance, seats).await;
    user.pay(&held).await;
    held
}

pub(super) async fn there_is_a_ticket_for_each_seat_paid_and_for_no_other(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) =
        setup.sale().seats_per_user(4).section("Floor", 1, 5, "10").section("Loge", 6, 9, "20").open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[5, 6]).await;
    assert_eq!(all_of(setup, ada.id, 100).await, []);
    assert_eq!(ports.tickets.ticket(ada.id, ticket_of(&held, 5)).await, Ok(None), "it is not paid");
    let payment = ada.pay(&held).await;
    let tickets = all_of(setup, ada.id, 100).await;
    let [first, second] = tickets.as_slice() else { panic!("two tickets: {tickets:?}") };
    let expected = |seat, section: &str, as_of| Ticket {
        id: ticket_of(&held, seat),
        payment_id: payment.id,
        concert_id: concert.id,
        title: concert.title.as_str().to_owned(),
        venue: concert.venue.as_str().to_owned(),
        performance_id: performance.id,
        starts_at: performance.starts_at,
        place: TicketPlace { section: section.to_owned(), ..first.place.clone() },
        state: TicketState::Valid,
        checked_in_at: None,
        as_of,
    };
    let placed: Vec<_> = tickets
        .iter()
        .map(|one| (one.id, &*one.place.section, one.place.row.as_deref(), one.place.place))
        .collect();
    let [floor, loge] = [(5, "Floor", 5), (6, "Loge", 1)]
        .map(|(seat, section, place)| (ticket_of(&held, seat), section, Some("A"), Some(place)));
    assert_eq!(placed, [floor, loge]);
    assert_eq!(*first, expected(5, "Floor", first.as_of));
    let one = ports.tickets.ticket(ada.id, ticket_of(&held, 6)).await.unwrap().unwrap();
    assert_eq!(one, Ticket { as_of: one.as_of, ..second.clone() });
    let bob = setup.user().await;
    assert_eq!(ports.tickets.ticket(bob, ticket_of(&held, 6)).await, Ok(None), "it is another user's");
    assert_eq!(ports.tickets.ticket(ada.id, ticket_of(&held, 7)).await, Ok(None), "it is another seat");
}

pub(super) async fn tickets_come_by_start_page_by_page(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let ada = setup.user_with(2_000).await;
    let mut bought = Vec::new();
    for (place, days) in [30, 10, 20, 10].into_iter().enumerate() {
        let sale = setup.sale().seats_per_user(3).starts_in(TimeDelta::days(days));
        let (concert, performance) = sale.open().await;
        let user = TestUser { setup, id: ada, pass: setup.join(&concert, ada).await.pass };
        user.show_up().await.unwrap();
        let held = buy(&user, &performance, &[3, 1, 2]).await;
        bought.push((days, place, held));
    }
    bought.sort_by_key(|(days, place, _)| (*days, *place));
    let expected: Vec<_> =
        bought.iter().flat_map(|(_, _, held)| [1, 2, 3].map(|seat| ticket_of(held, seat))).collect();
    for limit in [1, 2, 3, 5, 100] {
        let listed: Vec<_> = all_of(setup, ada, limit).await.into_iter().map(|ticket| ticket.id).collect();
        assert_eq!(listed, expected, "{limit} at a time");
    }
}

pub(super) async fn a_ticket_is_used_once(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = buy(&ada, &performance, &[1, 2]).await;
    let command = check_in(setup, &performance, ada.id, ticket_of(&held, 1));
    let made = ports.tickets.check_in(command.clone()).await.unwrap();
    assert!(made.created && !made.replayed);
    assert_eq!((made.value.id, made.value.ticket_id), (command.check_in_id, command.ticket_id));
    assert_eq!((&made.value.gate, made.value.operator), (&command.gate, command.stamp.operator));
    let again =
        CheckInTicketCommand { gate: None, ..check_in(setup, &performance, ada.id, command.ticket_id) };
    let used = CheckInError::Used { at: made.value.at, gate: command.gate.clone() };
    assert_eq!(ports.tickets.check_in(again).await, Err(used));
    let states: Vec<_> =
        all_of(setup, ada.id, 100).await.into_iter().map(|one| (one.state, one.checked_in_at)).collect();
    assert_eq!(states, [(TicketState::Used, Some(made.value.at)), (TicketState::Valid, None)]);
    let other = check_in(setup, &performance, ada.id, ticket_of(&held, 2));
    ports.tickets.check_in(CheckInTicketCommand { gate: None, ..other }).await.unwrap();
    let sales = ports.programme.sales(concert.id, PageRequest::first()).await.unwrap();
    assert_eq!(sales.items.first().unwrap().checked_in, 2);
    let entries = ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items;
    let entry = entries.get(1).unwrap();
    assert_eq!((entry.stamp, entry.action), (command.stamp, AuditAction::TicketCheckedIn));
    assert_eq!(entry.after.get("gate"), Some(&Fact::Text("North".into())));
    assert_eq!(entry.before.as_ref().unwrap().get("state"), Some(&Fact::Text("VALID".into())));
}

pub(super) async fn of_many_gates_one_checks_a_ticket_in(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = buy(&ada, &performance, &[1]).await;
    let commands = (0..20).map(|_| check_in(setup, &performance, ada.id, ticket_of(&held, 1)));
    let answers = join_all(commands.map(|command| ports.tickets.check_in(command))).await;
    let made: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    let [made] = made.as_slice() else { panic!("one of them: {made:?}") };
    let used = CheckInError::Used { at: made.value.at, gate: made.value.gate.clone() };
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|error| *error == used));
}

pub(super) async fn a_check_in_is_repeated_by_its_key(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = buy(&ada, &performance, &[1, 2]).await;
    let keyed = |seat, name: &str| CheckInTicketCommand {
        key: Some(key(name)),
        ..check_in(setup, &performance, ada.id, ticket_of(&held, seat))
    };
    let first = ports.tickets.check_in(keyed(1, "a")).await.unwrap();
    let again = ports.tickets.check_in(keyed(1, "a")).await.unwrap();
    assert!(again.replayed && again.created);
    assert_eq!(again.value, first.value);
    assert_eq!(ports.tickets.check_in(keyed(2, "a")).await, Err(CheckInError::KeyReused(KeyReused)));
    let refused = ports.tickets.check_in(keyed(1, "b")).await;
    assert!(matches!(refused, Err(CheckInError::Used { .. })), "{refused:?}");
    let second = ports.tickets.check_in(keyed(2, "b")).await.unwrap();
    assert!(!second.replayed, "a refusal keeps no key");
    let entries = ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items;
    let recorded = entries.iter().filter(|entry| entry.action == AuditAction::TicketCheckedIn).count();
    assert_eq!(recorded, 2);
}

pub(super) async fn what_was_not_bought_is_no_ticket(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(3).open().await;
    let other = setup.sale().add_performance(&concert).await;
    let (ada, bob) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let bought = buy(&ada, &performance, &[1]).await;
    let held = bob.hold(&performance, &[2]).await;
    let refused = async |performance: &Performance, user_id, ticket| {
        ports.tickets.check_in(check_in(setup, performance, user_id, ticket)).await
    };
    assert_eq!(refused(&performance, bob.id, ticket_of(&held, 2)).await, Err(CheckInError::Invalid), "held");
    bob.try_cancel(&held).await.unwrap();
    assert_eq!(
        refused(&performance, bob.id, ticket_of(&held, 2)).await,
        Err(CheckInError::Invalid),
        "cancelled"
    );
    assert_eq!(
        refused(&performance, ada.id, ticket_of(&bought, 3)).await,
        Err(CheckInError::Invalid),
        "another seat"
    );
    assert_eq!(
        refused(&other, ada.id, ticket_of(&bought, 1)).await,
        Err(CheckInError::Invalid),
        "another performance"
    );
    assert_eq!(
        refused(&performance, bob.id, ticket_of(&bought, 1)).await,
        Err(CheckInError::Invalid),
        "another user"
    );
    let holder = |performance: &Performance, ticket| ports.tickets.holder(performance.id, ticket);
    assert_eq!(holder(&other, ticket_of(&bought, 1)).await, Ok(None));
    assert_eq!(holder(&performance, ticket_of(&bought, 3)).await, Ok(None));
    let found = holder(&performance, ticket_of(&bought, 1)).await.unwrap().unwrap();
    assert_eq!((found.concert_id, found.user_id), (concert.id, ada.id));
    assert_eq!((found.name, &*found.place.section), (None, "General"));
    refused(&performance, ada.id, ticket_of(&bought, 1)).await.unwrap();
}

pub(super) async fn a_gate_lists_what_is_sold_by_seat_number(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats(9).seats_per_user(4).open().await;
    let (ada, bob) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let adas = buy(&ada, &performance, &[8, 2]).await;
    let bobs = buy(&bob, &performance, &[5, 9, 1]).await;
    setup.user_in_turn(&concert).await.hold(&performance, &[3]).await;
    let used =
        ports.tickets.check_in(check_in(setup, &performance, bob.id, ticket_of(&bobs, 5))).await.unwrap();
    let expected = [(&bobs, 1), (&adas, 2), (&bobs, 5), (&adas, 8), (&bobs, 9)];
    let expected: Vec<_> = expected.iter().map(|(held, seat)| ticket_of(held, *seat)).collect();
    for limit in [1, 2, 5, 100] {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = PageRequest { limit: PageLimit::parse(limit).unwrap(), after };
            let page = ports.tickets.tickets_of_performance(performance.id, page).await.unwrap();
            listed.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(listed.iter().map(|one| one.id).collect::<Vec<_>>(), expected, "{limit} at a time");
        let states: Vec<_> = listed.iter().map(|one| (one.state, one.checked_in_at)).collect();
        let valid = (TicketState::Valid, None);
        assert_eq!(states, [valid, valid, (TicketState::Used, Some(used.value.at)), valid, valid]);
        assert!(listed.iter().all(|one| one.place.section == "General" && one.name.is_none()));
    }
}

pub(super) async fn tickets_follow_a_performance_that_is_moved(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = buy(&ada, &performance, &[1, 2]).await;
    let first = PageRequest { limit: PageLimit::parse(1).unwrap(), after: None };
    let page = ports.tickets.tickets(ada.id, first).await.unwrap();
    let starts_at = performance.starts_at + TimeDelta::days(1);
    let change = PerformanceChange { starts_at: Some(starts_at), ..PerformanceChange::default() };
    let command = ChangePerformanceCommand {
        concert_id: concert.id,
        performance_id: performance.id,
        change,
        stamp: setup.stamp(),
        key: None,
    };
    ports.editor.change_performance(command).await.unwrap();
    let moved = ports.tickets.ticket(ada.id, ticket_of(&held, 1)).await.unwrap().unwrap();
    assert_eq!(moved.starts_at, starts_at);
    let rest = ports.tickets.tickets(ada.id, PageRequest { after: page.next, ..first }).await.unwrap();
    assert_eq!(rest.items.len(), 1, "the place is that of the start that was told");
}

/// Refunds a seat of a payment.
async fn refund(
    setup: Setup<'_>,
    user: &TestUser<'_>,
    performance: &Performance,
    payment: &Payment,
    seat: i64,
    requester: RefundRequester,
) -> Result<Answer<Refund>, RefundError> {
    let paid = PaidReservation {
        user_id: user.id,
        payment_id: payment.id,
        reservation_id: payment.reservation_id,
        concert_id: performance.concert_id,
        performance_id: performance.id,
        seats: payment.seats.clone(),
    };
    let command = RefundPaymentCommand {
        refund_id: RefundId::new(setup.id()),
        entry_id: LedgerEntryId::new(setup.id()),
        paid,
        seats: Some(SeatSelection::parse(&[seat]).unwrap()),
        requester,
        key: None,
    };
    setup.ports.payments.refund(command).await
}

fn by_operator(setup: Setup<'_>) -> RefundRequester {
    RefundRequester::Operator { stamp: setup.stamp(), reason: Text::parse("Ill").unwrap() }
}

/// Lets buyers give seats back until the performance starts.
async fn make_refundable(setup: Setup<'_>, performance: &Performance) {
    let until = Some(Some(performance.starts_at));
    let command = ChangePerformanceCommand {
        concert_id: performance.concert_id,
        performance_id: performance.id,
        change: PerformanceChange { refundable_until: until, ..PerformanceChange::default() },
        stamp: setup.stamp(),
        key: None,
    };
    setup.ports.editor.change_performance(command).await.unwrap();
}

pub(super) async fn a_refunded_ticket_is_void_at_once(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    make_refundable(setup, &performance).await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1, 2]).await;
    let payment = ada.pay(&held).await;
    refund(setup, &ada, &performance, &payment, 1, RefundRequester::User).await.unwrap();
    let refused = ports.tickets.check_in(check_in(setup, &performance, ada.id, ticket_of(&held, 1))).await;
    assert_eq!(refused, Err(CheckInError::Void));
    let states: Vec<_> = all_of(setup, ada.id, 100).await.into_iter().map(|one| one.state).collect();
    assert_eq!(states, [TicketState::Void, TicketState::Valid]);
    let list = ports.tickets.tickets_of_performance(performance.id, PageRequest::first()).await.unwrap();
    assert_eq!(list.items.iter().map(|one| one.id).collect::<Vec<_>>(), [ticket_of(&held, 2)]);
    // Whoever buys the seat then has a ticket of their own.
    let bob = setup.user_in_turn(&concert).await;
    let again = buy(&bob, &performance, &[1]).await;
    ports.tickets.check_in(check_in(setup, &performance, bob.id, ticket_of(&again, 1))).await.unwrap();
    let refused = ports.tickets.check_in(check_in(setup, &performance, ada.id, ticket_of(&held, 1))).await;
    assert_eq!(refused, Err(CheckInError::Void));
}

pub(super) async fn a_used_ticket_is_given_back_by_operators_only(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    make_refundable(setup, &performance).await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1, 2]).await;
    let payment = ada.pay(&held).await;
    let command = check_in(setup, &performance, ada.id, ticket_of(&held, 1));
    let used = ports.tickets.check_in(command.clone()).await.unwrap().value;
    let refused = refund(setup, &ada, &performance, &payment, 1, RefundRequester::User).await;
    assert_eq!(refused, Err(RefundError::TicketUsed { at: used.at, gate: used.gate }));
    refund(setup, &ada, &performance, &payment, 2, RefundRequester::User).await.unwrap();
    refund(setup, &ada, &performance, &payment, 1, by_operator(setup)).await.unwrap();
    let states: Vec<_> =
        all_of(setup, ada.id, 100).await.into_iter().map(|one| (one.state, one.checked_in_at)).collect();
    assert_eq!(states, [(TicketState::Void, Some(used.at)), (TicketState::Void, None)]);
    let again = CheckInTicketCommand { check_in_id: CheckInId::new(setup.id()), ..command };
    assert_eq!(ports.tickets.check_in(again).await, Err(CheckInError::Void));
}

pub(super) async fn of_a_check_in_and_a_refund_at_once_one_comes_first(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(2).seats(20).capacity(100).open().await;
    make_refundable(setup, &performance).await;
    for seat in 1..=10 {
        let ada = setup.user_in_turn(&concert).await;
        let held = ada.hold(&performance, &[seat]).await;
        let payment = ada.pay(&held).await;
        let ticket = ticket_of(&held, seat.try_into().unwrap());
        let (used, refunded) = tokio::join!(
            ports.tickets.check_in(check_in(setup, &performance, ada.id, ticket)),
            refund(setup, &ada, &performance, &payment, seat, RefundRequester::User),
        );
        match (&used, &refunded) {
            (Ok(_), Err(RefundError::TicketUsed { .. })) | (Err(CheckInError::Void), Ok(_)) => {}
            both => panic!("{both:?}"),
        }
    }
}

pub(super) async fn tickets_of_a_cancelled_performance_are_void(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = buy(&ada, &performance, &[1]).await;
    let command = CancelPerformanceCommand {
        concert_id: concert.id,
        performance_id: performance.id,
        reason: Text::parse("Ill").unwrap(),
        stamp: setup.stamp(),
        key: None,
    };
    ports.cancellations.cancel(command).await.unwrap();
    let refused = ports.tickets.check_in(check_in(setup, &performance, ada.id, ticket_of(&held, 1))).await;
    assert_eq!(refused, Err(CheckInError::Void));
    let states: Vec<_> = all_of(setup, ada.id, 100).await.into_iter().map(|one| one.state).collect();
    assert_eq!(states, [TicketState::Void]);
    let list = ports.tickets.tickets_of_performance(performance.id, PageRequest::first()).await.unwrap();
    assert_eq!(list.items.iter().map(|one| one.state).collect::<Vec<_>>(), [TicketState::Void]);
}
