use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::payments::{
    ListPayments, PayReservation, PayReservationError, PaymentError, ShowPayment,
};
use seatline_application::queue::{RequireTurn, TurnRefusal};
use seatline_domain::commands::{PayError, TurnError};
use seatline_domain::id::{LedgerEntryId, PaymentId};
use seatline_domain::idempotency::{Answer, IdempotencyKey, KeyReused};
use seatline_domain::page::Page;
use seatline_domain::payment::Payment;
use seatline_domain::point::{Amount, InsufficientPoints};
use seatline_domain::ports::{MockPayments, MockQueueReader, MockWaitingRooms};
use seatline_domain::queue::{PassEnd, PassRefusal};
use seatline_domain::seat::SeatNumber;

use crate::samples::{
    claims, concert_id, id, ids, line, no_boards, now, other_user, page, reservation_id, turn_not_asked,
    turn_of_number_three, unavailable, user,
};

fn payment() -> Payment {
    Payment {
        id: PaymentId::new(id(1_001)),
        reservation_id: reservation_id(),
        user_id: user(),
        amount: Amount::whole(100),
        balance_after: Amount::whole(900),
        paid_at: now(),
        seats: vec![SeatNumber::parse(7).unwrap()],
        refunds: Vec::new(),
    }
}

/// Pays where storage answers so.
async fn pay(
    answer: Result<Answer<Payment>, TurnError<PayError>>,
    turn: Arc<RequireTurn>,
) -> Result<Answer<Payment>, PayReservationError> {
    let mut payments = MockPayments::new();
    payments.expect_pay().times(1).return_once(|command| {
        assert_eq!(command.payment_id, PaymentId::new(id(1_001)));
        assert_eq!(command.entry_id, LedgerEntryId::new(id(1_002)));
        assert_eq!((command.user_id, command.concert_id, command.number.get()), (user(), concert_id(), 3));
        assert_eq!(command.reservation_id, reservation_id());
        assert_eq!(command.key, Some(IdempotencyKey::parse("once").unwrap()));
        answer
    });
    let pay = PayReservation { payments: Arc::new(payments), turn, ids: ids() };
    pay.execute(&claims(3), reservation_id(), Some(IdempotencyKey::parse("once").unwrap())).await
}

#[tokio::test(start_paused = true)]
async fn a_reservation_is_paid_or_found_paid() {
    for answer in [Answer::created(payment()), Answer::existing(payment()), Answer::replayed(payment(), true)]
    {
        assert_eq!(pay(Ok(answer.clone()), turn_not_asked()).await, Ok(answer));
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_come_back_as_they_are() {
    let refusals = [
        PayError::ReservationNotFound,
        PayError::HoldExpired { expires_at: crate::samples::now() },
        PayError::NotPayable,
        InsufficientPoints { balance: Amount::ZERO, required: Amount::whole(100) }.into(),
        KeyReused.into(),
        unavailable().into(),
    ];
    for refusal in refusals {
        let refused = pay(Err(TurnError::Failed(refusal.clone())), turn_not_asked()).await;
        assert_eq!(refused, Err(PayReservationError::Pay(refusal)));
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_who_waits_hears_their_position() {
    let refused = pay(Err(PassRefusal::Waiting.into()), turn_of_number_three()).await;
    assert_eq!(refused, Err(TurnRefusal::NotAdmitted { position: 3 }.into()));
}

#[tokio::test(start_paused = true)]
async fn a_position_that_cannot_be_told_is_a_storage_error() {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().returning(|_, _| Err(unavailable()));
    let turn = Arc::new(RequireTurn { line: line(reader, MockWaitingRooms::new(), &no_boards()) });
    let refused = pay(Err(PassRefusal::Waiting.into()), turn).await;
    assert_eq!(refused, Err(unavailable().into()));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_over_or_elsewhere_is_refused_as_such() {
    let refusals = [
        (PassRefusal::Ended(PassEnd::Expired), TurnRefusal::Ended(PassEnd::Expired)),
        (PassRefusal::Mismatch, TurnRefusal::Mismatch),
        (PassRefusal::Unknown, TurnRefusal::Unknown),
    ];
    for (refusal, expected) in refusals {
        assert_eq!(pay(Err(refusal.into()), turn_not_asked()).await, Err(expected.into()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_payment_is_shown_to_its_user_only() {
    let mut payments = MockPayments::new();
    payments.expect_payment().with(eq(user()), eq(payment().id)).returning(|_, _| Ok(Some(payment())));
    payments.expect_payment().returning(|_, _| Ok(None));
    let show = ShowPayment { payments: Arc::new(payments) };
    assert_eq!(show.execute(user(), payment().id).await, Ok(payment()));
    assert_eq!(show.execute(other_user(), payment().id).await, Err(PaymentError::NotFound));
}

#[tokio::test(start_paused = true)]
async fn payments_are_listed_by_the_page_asked_for() {
    let asked = page(3, Some(payment().id));
    let mut payments = MockPayments::new();
    payments
        .expect_payments()
        .with(eq(user()), eq(asked))
        .return_once(|_, _| Ok(Page { items: vec![payment()], next: None }));
    let list = ListPayments { payments: Arc::new(payments) };
    assert_eq!(list.execute(user(), asked).await.unwrap().items, [payment()]);
}
