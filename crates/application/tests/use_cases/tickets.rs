use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::operators::{
    CheckInTicket, GateError, ListPerformanceTickets, PerformanceTicketsError,
};
use seatline_application::tickets::{ListTickets, ShowTicket, TicketCodes, TicketError, TicketKey};
use seatline_domain::audit::OperatorId;
use seatline_domain::commands::CheckInError;
use seatline_domain::id::{AuditEntryId, CheckInId, PaymentId, PerformanceId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::page::Page;
use seatline_domain::ports::{MockProgramme, MockTickets};
use seatline_domain::seat::SeatNumber;
use seatline_domain::text::Text;
use seatline_domain::ticket::{
    CheckIn, GateName, Ticket, TicketClaims, TicketCursor, TicketHolder, TicketId, TicketPlace, TicketState,
};

use crate::samples::{concert_id, id, ids, now, page, performance, reservation_id, unavailable, user};

fn codes() -> Arc<TicketCodes> {
    Arc::new(TicketCodes::new(TicketKey::parse(&[7; 32]).unwrap(), Vec::new()))
}

fn performance_id() -> PerformanceId {
    performance(1).id
}

fn ticket_id() -> TicketId {
    TicketId { reservation_id: reservation_id(), seat_number: SeatNumber::parse(7).unwrap() }
}

fn ticket() -> Ticket {
    Ticket {
        id: ticket_id(),
        payment_id: PaymentId::new(id(5)),
        concert_id: concert_id(),
        title: "Winter Gala".into(),
        venue: "Grand Hall".into(),
        performance_id: performance_id(),
        starts_at: now(),
        place: TicketPlace::in_section("Floor".into()),
        state: TicketState::Void,
        checked_in_at: None,
        as_of: now(),
    }
}

fn programme() -> Arc<MockProgramme> {
    let mut programme = MockProgramme::new();
    programme.expect_performance().returning(|id| Ok((id == performance_id()).then(|| performance(1))));
    Arc::new(programme)
}

#[tokio::test]
async fn tickets_are_shown_with_their_codes_whatever_their_state() {
    let mut tickets = MockTickets::new();
    let next = Some(TicketCursor::of(&ticket()));
    let asked = page(1, next);
    tickets
        .expect_tickets()
        .with(eq(user()), eq(asked))
        .return_once(move |_, _| Ok(Page { items: vec![ticket()], next }));
    tickets.expect_ticket().with(eq(user()), eq(ticket_id())).times(1).return_once(|_, _| Ok(Some(ticket())));
    tickets.expect_ticket().times(1).return_once(|_, _| Ok(None));
    tickets.expect_ticket().times(1).return_once(|_, _| Err(unavailable()));
    let tickets = Arc::new(tickets);
    let list = ListTickets { tickets: tickets.clone(), codes: codes() };
    let listed = list.execute(user(), asked).await.unwrap();
    assert_eq!(listed.next, next);
    let show = ShowTicket { tickets, codes: codes() };
    let shown = show.execute(user(), ticket_id()).await.unwrap();
    assert_eq!(listed.items.as_slice(), std::slice::from_ref(&shown));
    assert_eq!(codes().verify(&shown.code), Some(TicketClaims::of(ticket_id(), performance_id())));
    assert_eq!(show.execute(user(), ticket_id()).await, Err(TicketError::NotFound));
    assert_eq!(show.execute(user(), ticket_id()).await, Err(TicketError::Storage(unavailable())));
}

#[tokio::test]
async fn a_code_is_checked_in_for_whoever_bought_the_ticket() {
    let holder = TicketHolder {
        concert_id: concert_id(),
        user_id: user(),
        name: Some("Ada".into()),
        place: TicketPlace::in_section("Floor".into()),
    };
    let operator = OperatorId::from_digest([1, 2, 3, 4]);
    let gate: GateName = Text::parse("North").unwrap();
    let check_in = CheckIn {
        id: CheckInId::new(id(1_001)),
        performance_id: performance_id(),
        ticket_id: ticket_id(),
        gate: Some(gate.clone()),
        operator,
        at: now(),
    };
    let mut tickets = MockTickets::new();
    let found = holder.clone();
    tickets.expect_holder().with(eq(performance_id()), eq(ticket_id())).return_once(|_, _| Ok(Some(found)));
    let (expected, made) = (check_in.clone(), check_in.clone());
    tickets.expect_check_in().times(1).return_once(move |command| {
        assert_eq!(command.check_in_id, expected.id);
        assert_eq!(command.stamp.entry_id, AuditEntryId::new(id(1_002)));
        assert_eq!((command.stamp.operator, command.gate), (operator, expected.gate));
        assert_eq!((command.concert_id, command.user_id), (concert_id(), user()));
        assert_eq!((command.performance_id, command.ticket_id), (performance_id(), ticket_id()));
        assert_eq!(command.key, Some(IdempotencyKey::parse("once").unwrap()));
        Ok(Answer::created(made))
    });
    let use_case =
        CheckInTicket { programme: programme(), tickets: Arc::new(tickets), codes: codes(), ids: ids() };
    let code = codes().code(&TicketClaims::of(ticket_id(), performance_id()));
    let key = Some(IdempotencyKey::parse("once").unwrap());
    let answer = use_case.execute(operator, performance_id(), &code, Some(gate), key).await.unwrap();
    assert_eq!((answer.created, answer.value.check_in, answer.value.holder), (true, check_in, holder));
}

#[tokio::test]
async fn what_is_no_code_of_this_performance_is_not_looked_up() {
    let operator = OperatorId::SEATLINE;
    let use_case = |tickets: MockTickets| CheckInTicket {
        programme: programme(),
        tickets: Arc::new(tickets),
        codes: codes(),
        ids: ids(),
    };
    let of_other = codes().code(&TicketClaims::of(ticket_id(), performance(2).id));
    let of_later =
        codes().code(&TicketClaims { revision: 2, ..TicketClaims::of(ticket_id(), performance_id()) });
    for code in ["", "none", &of_other, &of_later] {
        let refused =
            use_case(MockTickets::new()).execute(operator, performance_id(), code, None, None).await;
        assert_eq!(refused, Err(GateError::CheckIn(CheckInError::Invalid)), "{code}");
    }
    let code = codes().code(&TicketClaims::of(ticket_id(), performance_id()));
    let nowhere = use_case(MockTickets::new()).execute(operator, performance(2).id, &code, None, None).await;
    assert_eq!(nowhere, Err(GateError::PerformanceNotFound));
    let mut tickets = MockTickets::new();
    tickets.expect_holder().return_once(|_, _| Ok(None));
    let unknown = use_case(tickets).execute(operator, performance_id(), &code, None, None).await;
    assert_eq!(unknown, Err(GateError::CheckIn(CheckInError::Invalid)));
}

#[tokio::test]
async fn the_tickets_of_a_performance_that_is_there_are_listed() {
    let mut tickets = MockTickets::new();
    let asked = page(2, Some(SeatNumber::parse(7).unwrap()));
    tickets
        .expect_tickets_of_performance()
        .with(eq(performance_id()), eq(asked))
        .return_once(|_, _| Ok(Page { items: vec![], next: None }));
    let list = ListPerformanceTickets { programme: programme(), tickets: Arc::new(tickets) };
    assert_eq!(list.execute(performance_id(), asked).await, Ok(Page { items: vec![], next: None }));
    let unknown = list.execute(performance(2).id, asked).await;
    assert_eq!(unknown, Err(PerformanceTicketsError::NotFound));
}
