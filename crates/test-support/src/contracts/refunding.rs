//! Refunds, credits and cancellations.

use chrono::TimeDelta;
use futures::future::join_all;
use rust_decimal::Decimal;
use seatline_application::payments::RefundCancelled;
use seatline_domain::audit::{AuditAction, AuditEntry, Fact, Facts, NO_CONCERT, Reason, facts};
use seatline_domain::commands::{
    CancelPerformanceCommand, ChangeSeatsError, CreditError, CreditPointsCommand, ExpireHoldCommand,
    HoldError, PayError, RefundError, RefundPaymentCommand, RefundRequester, TurnError,
};
use seatline_domain::concert::{Performance, PerformanceChange, PerformanceError};
use seatline_domain::id::{LedgerEntryId, RefundId};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::PageRequest;
use seatline_domain::payment::{PaidReservation, Payment, PaymentState, Refund, RefundProgress, RefundedBy};
use seatline_domain::point::{Amount, InsufficientPoints, LedgerEntryKind, PointsChange};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::SeatSelection;

use super::blocking::change as change_seats;
use super::{Fixture, setup};
use crate::Setup;
use crate::setup::{TestUser, key, seat_number};

fn reason(text: &str) -> Reason {
    Reason::parse(text).unwrap()
}

/// A refund of seats of a payment, all that are left if none are named.
pub(crate) fn refund_command(
    setup: Setup<'_>,
    payment: &Payment,
    reservation: &Reservation,
    seats: &[i64],
) -> RefundPaymentCommand {
    RefundPaymentCommand {
        refund_id: RefundId::new(setup.id()),
        entry_id: LedgerEntryId::new(setup.id()),
        paid: PaidReservation::of(payment, reservation),
        seats: (!seats.is_empty()).then(|| SeatSelection::parse(seats).unwrap()),
        requester: RefundRequester::User,
        key: None,
    }
}

/// Lets buyers give seats back until shortly before the start.
async fn allow_refunds(setup: Setup<'_>, performance: &Performance) {
    let command = seatline_domain::commands::ChangePerformanceCommand {
        concert_id: performance.concert_id,
        performance_id: performance.id,
        change: PerformanceChange {
            refundable_until: Some(Some(performance.starts_at - TimeDelta::days(1))),
            ..PerformanceChange::default()
        },
        stamp: setup.stamp(),
        key: None,
    };
    setup.ports.editor.change_performance(command).await.unwrap();
}

fn cancel_command(setup: Setup<'_>, performance: &Performance) -> CancelPerformanceCommand {
    let (concert_id, performance_id) = (performance.concert_id, performance.id);
    CancelPerformanceCommand {
        concert_id,
        performance_id,
        reason: reason("The singer is ill"),
        stamp: setup.stamp(),
        key: None,
    }
}

/// Somebody who holds these seats and has paid for them.
async fn buyer<'p>(
    setup: Setup<'p>,
    performance: &Performance,
    seats: &[i64],
) -> (TestUser<'p>, Reservation, Payment) {
    let concert = setup.ports.programme.concert(performance.concert_id).await.unwrap().unwrap();
    let user = setup.user_in_turn(&concert).await;
    let held = user.hold(performance, seats).await;
    let payment = user.pay(&held).await;
    (user, held, payment)
}

async fn payment(user: &TestUser<'_>, payment: &Payment) -> Payment {
    user.setup.ports.payments.payment(user.id, payment.id).await.unwrap().unwrap()
}

pub(super) async fn a_refund_gives_seats_and_points_back_in_one_step(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (_, performance) = setup.sale().seats_per_user(3).price("40.5").open().await;
    allow_refunds(setup, &performance).await;
    let (ada, held, paid) = buyer(setup, &performance, &[1, 2, 3]).await;
    let command = refund_command(setup, &paid, &held, &[2]);
    let answer = ports.payments.refund(command.clone()).await.unwrap();
    let price = Amount::parse("40.5").unwrap();
    let refund = Refund {
        id: command.refund_id,
        payment_id: paid.id,
        entry_id: command.entry_id,
        amount: price,
        balance_after: Amount::whole(919),
        seats: vec![seat_number(2)],
        by: RefundedBy::User,
        reason: None,
        refunded_at: answer.value.refunded_at,
    };
    assert_eq!(answer, Answer::created(refund.clone()));
    let refunded = payment(&ada, &paid).await;
    assert_eq!(refunded, Payment { refunds: vec![refund.clone()], ..paid.clone() });
    assert_eq!(refunded.state(), PaymentState::PartiallyRefunded);
    assert_eq!(ports.payments.payments(ada.id, PageRequest::first()).await.unwrap().items, [refunded]);
    let entry = ada.entries().await.remove(0);
    assert_eq!((entry.id, entry.kind, entry.amount), (refund.entry_id, LedgerEntryKind::Refund, price));
    assert_eq!(entry.reference_id, Some(paid.id.uuid()));
    assert!(setup.is_free(&performance, 2).await && !setup.is_free(&performance, 1).await);
    let reservation = ada.reservation(&held).await;
    assert!(matches!(reservation.state, ReservationState::Paid { .. }));
    assert_eq!((&reservation.seats, reservation.amount), (&held.seats, held.amount), "what was paid");
    let owned = ports.payments.owned_seats(ada.id, 10).await.unwrap();
    let numbers: Vec<_> = owned.newest.iter().map(|seat| seat.seat_number).collect();
    assert_eq!((numbers, owned.total), (vec![seat_number(1), seat_number(3)], 2));
    let sales = ports.programme.sales(performance.concert_id, PageRequest::first()).await.unwrap().items;
    let [sales] = sales.as_slice() else { panic!("one performance: {sales:?}") };
    assert_eq!((sales.sold, sales.revenue, sales.refunded), (2, Amount::whole(81), price));

    let rest = ports.payments.refund(refund_command(setup, &paid, &held, &[])).await.unwrap().value;
    assert_eq!(
        (rest.seats, rest.balance_after),
        (vec![seat_number(1), seat_number(3)], Amount::whole(1_000))
    );
    let state = ReservationState::Refunded { payment_id: paid.id, at: rest.refunded_at };
    assert_eq!(ada.reservation(&held).await.state, state);
}

pub(super) async fn what_was_refunded_is_found_and_not_refunded_again(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (_, performance) = setup.sale().seats_per_user(3).open().await;
    allow_refunds(setup, &performance).await;
    let (ada, held, paid) = buyer(setup, &performance, &[1, 2, 3]).await;
    let refund = |seats: &[i64]| ports.payments.refund(refund_command(setup, &paid, &held, seats));
    let first = refund(&[1, 2]).await.unwrap().value;
    for seats in [&[1, 2][..], &[2]] {
        assert_eq!(refund(seats).await, Ok(Answer::existing(first.clone())));
    }
    assert_eq!(refund(&[2, 3]).await, Err(RefundError::SeatsRefunded(vec![seat_number(2)])));
    assert_eq!(refund(&[3, 4]).await, Err(RefundError::SeatNotFound(vec![seat_number(4)])));
    let last = refund(&[]).await.unwrap().value;
    assert_eq!(last.seats, [seat_number(3)]);
    assert_eq!(refund(&[]).await, Ok(Answer::existing(last)));
    assert_eq!(ada.balance().await, Amount::whole(1_000));
    let others = PaidReservation { user_id: setup.user().await, ..PaidReservation::of(&paid, &held) };
    let others = RefundPaymentCommand { paid: others, ..refund_command(setup, &paid, &held, &[]) };
    assert_eq!(ports.payments.refund(others).await, Err(RefundError::PaymentNotFound));
}

pub(super) async fn buyers_give_back_in_time_and_operators_always(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    let (_, held, paid) = buyer(setup, &performance, &[1, 2]).await;
    let command = refund_command(setup, &paid, &held, &[1]);
    let never = RefundError::Closed { refundable_until: None };
    assert_eq!(ports.payments.refund(command.clone()).await, Err(never));
    let stamp = setup.stamp();
    let requester = RefundRequester::Operator { stamp, reason: reason("Behind a pillar") };
    let by_operator = RefundPaymentCommand { requester, key: Some(key("refund")), ..command };
    let refund = ports.payments.refund(by_operator.clone()).await.unwrap().value;
    assert_eq!((refund.by, &refund.reason), (RefundedBy::Operator, &Some(reason("Behind a pillar"))));
    let entry = ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items.remove(0);
    assert_eq!((entry.stamp, entry.action), (stamp, AuditAction::PaymentRefunded));
    let refunded = |facts: &Facts| facts.get("refundedAmount").cloned();
    let told = (refunded(entry.before.as_ref().unwrap()), refunded(&entry.after));
    assert_eq!(told, (Some(points(0)), Some(Fact::Points(refund.amount.decimal()))));
    assert_eq!(entry.after.get("seats"), Some(&Fact::Seats(vec![1])));
    // The key gives the refund again, whatever ids come with it, and serves nothing else.
    let again = RefundPaymentCommand { refund_id: RefundId::new(setup.id()), ..by_operator.clone() };
    assert_eq!(ports.payments.refund(again).await, Ok(Answer::replayed(refund, true)));
    let other = RefundPaymentCommand { seats: None, ..by_operator };
    assert_eq!(ports.payments.refund(other).await, Err(KeyReused.into()));
}

pub(super) async fn a_refunded_seat_is_nobodys_and_counts_for_no_limit(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    allow_refunds(setup, &performance).await;
    let (ada, held, paid) = buyer(setup, &performance, &[1, 2]).await;
    fixture.ports().payments.refund(refund_command(setup, &paid, &held, &[1])).await.unwrap();
    let bob = setup.user_in_turn(&concert).await;
    bob.pay(&bob.hold(&performance, &[1]).await).await;
    let again = TestUser { pass: setup.join(&concert, ada.id).await.pass, ..ada };
    let limit = TurnError::Failed(HoldError::SeatLimitExceeded { limit: 2 });
    assert_eq!(again.try_hold(&performance, &[3, 4]).await, Err(limit));
    again.hold(&performance, &[3]).await;
}

pub(super) async fn of_many_who_refund_at_once_one_does(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (_, performance) = setup.sale().seats_per_user(2).open().await;
    allow_refunds(setup, &performance).await;
    let (ada, held, paid) = buyer(setup, &performance, &[1, 2]).await;
    let refunds = (0..20).map(|_| ports.payments.refund(refund_command(setup, &paid, &held, &[])));
    let answers: Vec<_> = join_all(refunds).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| answer.created).count(), 1);
    assert!(answers.windows(2).all(|two| matches!(two, [one, other] if one.value == other.value)));
    assert_eq!(ada.balance().await, Amount::whole(1_000));
}

/// Points as audit records them.
fn points(count: i64) -> Fact {
    Decimal::from(count).into()
}

async fn newest_without_concert(setup: Setup<'_>) -> AuditEntry {
    setup.ports.audit.entries(NO_CONCERT, PageRequest::first()).await.unwrap().items.remove(0)
}

pub(super) async fn operators_add_points_and_take_back_what_is_there(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let ada = setup.user().await;
    let command = |change, name: &str| CreditPointsCommand {
        entry_id: LedgerEntryId::new(setup.id()),
        user_id: ada,
        change,
        stamp: setup.stamp(),
        reason: reason("Sorry for the wait"),
        key: key(name),
    };
    let credit = command(PointsChange::Credit(Amount::whole(10)), "one");
    let entry = ports.wallets.credit(credit.clone()).await.unwrap().value;
    assert_eq!((entry.kind, entry.amount), (LedgerEntryKind::Credit, Amount::whole(10)));
    assert_eq!((entry.reference_id, entry.balance_after), (None, Amount::whole(10)));
    assert_eq!(ports.wallets.credit(credit.clone()).await, Ok(Answer::replayed(entry.clone(), true)));
    let recorded = newest_without_concert(setup).await;
    assert_eq!((recorded.stamp, recorded.action), (credit.stamp, AuditAction::PointsCredited));
    assert_eq!(recorded.before, Some(facts([("userId", ada.to_string().into()), ("balance", points(0))])));
    let after = facts([
        ("userId", ada.to_string().into()),
        ("balance", points(10)),
        ("entryId", entry.id.to_string().into()),
        ("amount", points(10)),
        ("reason", "Sorry for the wait".into()),
    ]);
    assert_eq!((recorded.after, recorded.at), (after, entry.created_at));
    let reused = command(PointsChange::Debit(Amount::whole(10)), "one");
    assert_eq!(ports.wallets.credit(reused).await, Err(KeyReused.into()));
    let debit = command(PointsChange::Debit(Amount::whole(4)), "two");
    let entry = ports.wallets.credit(debit.clone()).await.unwrap().value;
    assert_eq!((entry.kind, entry.balance_after), (LedgerEntryKind::Debit, Amount::whole(6)));
    let recorded = newest_without_concert(setup).await;
    assert_eq!((recorded.stamp, recorded.action), (debit.stamp, AuditAction::PointsDebited));
    assert_eq!(recorded.after.get("amount"), Some(&points(-4)));
    let short = InsufficientPoints { balance: Amount::whole(6), required: Amount::whole(7) };
    let debit = command(PointsChange::Debit(Amount::whole(7)), "three");
    assert_eq!(ports.wallets.credit(debit).await, Err(CreditError::InsufficientPoints(short)));
    let nobody = CreditPointsCommand {
        user_id: seatline_domain::id::UserId::new(setup.id()),
        ..command(PointsChange::Credit(Amount::whole(1)), "four")
    };
    assert_eq!(ports.wallets.credit(nobody).await, Err(CreditError::UserNotFound));
    assert_eq!(ports.wallets.balance(ada).await.unwrap(), Amount::whole(6));
    assert_eq!(newest_without_concert(setup).await, recorded, "what was refused is not recorded");
}

pub(super) async fn a_cancelled_performance_is_held_and_paid_by_nobody(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().open().await;
    let (ada, bob) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let held = ada.hold(&performance, &[1]).await;
    let command = cancel_command(setup, &performance);
    let cancelled = ports.cancellations.cancel(command.clone()).await.unwrap();
    assert!(cancelled.created && cancelled.value.is_cancelled());
    assert_eq!(ports.programme.performance(performance.id).await.unwrap(), Some(cancelled.value.clone()));
    let over = TurnError::Failed(HoldError::PerformanceCancelled);
    assert_eq!(bob.try_hold(&performance, &[2]).await, Err(over));
    assert_eq!(ada.try_pay(&held).await, Err(TurnError::Failed(PayError::PerformanceCancelled)));
    assert!(matches!(ada.reservation(&held).await.state, ReservationState::Cancelled { .. }));
    let listed = ports.programme.listed(performance.id).await.unwrap().unwrap();
    assert_eq!((listed.available_seats, listed.is_bookable()), (0, false));
    let left = ports.queue.seats_left(concert.id).await.unwrap().unwrap();
    assert!(left.are_sold_out());
    let entry = ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items.remove(0);
    assert_eq!((entry.stamp, entry.action), (command.stamp, AuditAction::PerformanceCancelled));
    // Once more it says the same, and it cannot be changed.
    let other = CancelPerformanceCommand { reason: reason("Another"), ..cancel_command(setup, &performance) };
    assert_eq!(ports.cancellations.cancel(other).await, Ok(Answer::existing(cancelled.value)));
    let change = seatline_domain::commands::ChangePerformanceCommand {
        concert_id: concert.id,
        performance_id: performance.id,
        change: PerformanceChange::default(),
        stamp: setup.stamp(),
        key: None,
    };
    assert_eq!(ports.editor.change_performance(change).await, Err(PerformanceError::Cancelled));
    let block = change_seats(setup, &performance, &[(9, 9)], &[]);
    assert_eq!(ports.inventory.change_seats(block).await, Err(ChangeSeatsError::Cancelled));
    // Its holder holds elsewhere at once, and what is over is written down in time.
    let elsewhere = setup.sale().add_performance(&concert).await;
    ada.hold(&elsewhere, &[1]).await;
    assert!(matches!(ada.reservation(&held).await.state, ReservationState::Cancelled { .. }));
    let unknown = CancelPerformanceCommand {
        performance_id: seatline_domain::id::PerformanceId::new(setup.id()),
        ..cancel_command(setup, &performance)
    };
    assert_eq!(ports.cancellations.cancel(unknown).await, Err(PerformanceError::NotFound));
}

pub(super) async fn whoever_paid_for_a_cancelled_performance_is_refunded_in_steps(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats_per_user(3).open().await;
    allow_refunds(setup, &performance).await;
    let mut buyers = Vec::new();
    for seats in [&[1, 2, 3][..], &[4, 5], &[6]] {
        buyers.push(buyer(setup, &performance, seats).await);
    }
    let (_, held, paid) = buyers.first().unwrap();
    ports.payments.refund(refund_command(setup, paid, held, &[2])).await.unwrap();
    let holder = setup.user_in_turn(&concert).await;
    let hold = holder.hold(&performance, &[9]).await;
    let nothing = RefundProgress { total: 0, done: 0, amount: Amount::ZERO };
    assert_eq!(ports.cancellations.progress(performance.id).await.unwrap().unwrap().1, nothing);
    assert_eq!(ports.cancellations.unfinished(1).await, Ok(vec![]));
    ports.cancellations.cancel(cancel_command(setup, &performance)).await.unwrap();
    let progress = async || ports.cancellations.progress(performance.id).await.unwrap().unwrap();
    assert_eq!(progress().await.1, RefundProgress { total: 3, ..nothing });
    let left = ports.cancellations.unfinished(1).await.unwrap();
    assert!(matches!(left.as_slice(), [one] if one.payments.len() == 1), "a few at a time: {left:?}");
    assert!(matches!(left.as_slice(), [one] if one.holds == [(holder.id, hold.id)]), "{left:?}");
    let refund = RefundCancelled {
        cancellations: ports.cancellations.clone(),
        payments: ports.payments.clone(),
        reservations: ports.reservations.clone(),
        ids: ports.ids.clone(),
    };
    // Several at once refund each once.
    let (one, other) = tokio::join!(refund.execute(), refund.execute());
    assert!((4..=8).contains(&(one.unwrap() + other.unwrap())), "what both found");
    let done = RefundProgress { total: 3, done: 3, amount: Amount::whole(500) };
    assert_eq!(progress().await.1, done);
    assert_eq!(refund.execute().await, Ok(0));
    let (cancelled, _) = progress().await;
    assert!(cancelled.cancellation.unwrap().refunded_at.is_some());
    assert_eq!(ports.cancellations.unfinished(1).await, Ok(vec![]));
    let again =
        ExpireHoldCommand { concert_id: hold.concert_id, user_id: holder.id, reservation_id: hold.id };
    assert_eq!(ports.reservations.expire(again).await, Ok(false), "that the hold is over is recorded");
    for (user, held, paid) in &buyers {
        assert_eq!(user.balance().await, Amount::whole(1_000));
        assert!(matches!(user.reservation(held).await.state, ReservationState::Refunded { .. }));
        let refund = payment(user, paid).await.refunds.pop().unwrap();
        assert_eq!((refund.by, refund.reason), (RefundedBy::Cancellation, Some(reason("The singer is ill"))));
    }
}
