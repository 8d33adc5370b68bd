use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::operators::{CancelPerformance, CreditPoints, RefundForUser, ShowCancellation};
use seatline_application::payments::{RefundCancelled, RefundPayment};
use seatline_domain::audit::{AuditStamp, OperatorId, Reason};
use seatline_domain::commands::{CreditError, RefundError, RefundRequester};
use seatline_domain::concert::PerformanceError;
use seatline_domain::id::{AuditEntryId, LedgerEntryId, PaymentId, RefundId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::payment::{
    PaidReservation, Payment, Refund, RefundProgress, RefundedBy, UnfinishedCancellation,
};
use seatline_domain::point::{Amount, PointsChange};
use seatline_domain::ports::{MockCancellations, MockPayments, MockProgramme, MockReservations, MockWallets};
use seatline_domain::seat::{SeatNumber, SeatSelection};

use crate::samples::{concert_id, id, ids, now, performance, reservation, reservation_id, unavailable, user};

fn payment() -> Payment {
    Payment {
        id: PaymentId::new(id(7)),
        reservation_id: reservation_id(),
        user_id: user(),
        amount: Amount::whole(100),
        balance_after: Amount::whole(900),
        paid_at: now(),
        seats: vec![SeatNumber::parse(7).unwrap()],
        refunds: Vec::new(),
    }
}

fn refund(by: RefundedBy) -> Refund {
    Refund {
        id: RefundId::new(id(1_001)),
        payment_id: payment().id,
        entry_id: LedgerEntryId::new(id(1_002)),
        amount: Amount::whole(100),
        balance_after: Amount::whole(1_000),
        seats: payment().seats,
        by,
        reason: None,
        refunded_at: now(),
    }
}

fn paid() -> PaidReservation {
    PaidReservation::of(&payment(), &reservation())
}

fn reason() -> Reason {
    Reason::parse("Sorry").unwrap()
}

fn operator() -> OperatorId {
    OperatorId::parse("5f0c9a3e").unwrap()
}

/// Refunds where the payment is known, and storage answers so.
fn refunding(mut payments: MockPayments) -> Arc<RefundPayment> {
    let mut reservations = MockReservations::new();
    payments.expect_payment().with(eq(user()), eq(payment().id)).returning(|_, _| Ok(Some(payment())));
    payments.expect_payment().returning(|_, _| Ok(None));
    reservations.expect_reservation().returning(|_, _| Ok(Some(reservation())));
    let (payments, reservations) = (Arc::new(payments), Arc::new(reservations));
    Arc::new(RefundPayment { payments, reservations, ids: ids() })
}

#[tokio::test]
async fn a_payment_is_refunded_with_what_it_paid_for() {
    let mut payments = MockPayments::new();
    payments.expect_refund().times(1).return_once(|command| {
        let (refund_id, entry_id) = (RefundId::new(id(1_001)), LedgerEntryId::new(id(1_002)));
        assert_eq!((command.refund_id, command.entry_id, command.paid), (refund_id, entry_id, paid()));
        assert_eq!(command.seats, Some(SeatSelection::parse(&[7]).unwrap()));
        assert_eq!((command.requester, command.key), (RefundRequester::User, None));
        Ok(Answer::created(refund(RefundedBy::User)))
    });
    let refunding = refunding(payments);
    let seats = Some(SeatSelection::parse(&[7]).unwrap());
    let refunded = refunding.execute(user(), payment().id, seats.clone(), RefundRequester::User, None).await;
    assert_eq!(refunded, Ok(Answer::created(refund(RefundedBy::User))));
    let unknown = PaymentId::new(id(8));
    let unknown = refunding.execute(user(), unknown, seats, RefundRequester::User, None).await;
    assert_eq!(unknown, Err(RefundError::PaymentNotFound));
}

#[tokio::test]
async fn an_operator_refunds_for_a_reason() {
    let mut payments = MockPayments::new();
    payments.expect_refund().times(1).return_once(|command| {
        let stamp = AuditStamp { entry_id: AuditEntryId::new(id(1_001)), operator: operator() };
        assert_eq!(command.requester, RefundRequester::Operator { stamp, reason: reason() });
        assert_eq!((command.paid, command.seats), (paid(), None));
        Ok(Answer::created(refund(RefundedBy::Operator)))
    });
    let refund_for_user = RefundForUser { refund: refunding(payments), ids: ids() };
    let refunded = refund_for_user.execute(operator(), (user(), payment().id), None, reason(), None).await;
    assert_eq!(refunded, Ok(Answer::created(refund(RefundedBy::Operator))));
}

#[tokio::test]
async fn points_are_credited_under_the_operators_key() {
    let mut wallets = MockWallets::new();
    wallets.expect_credit().times(1).return_once(|command| {
        assert_eq!((command.entry_id, command.user_id), (LedgerEntryId::new(id(1_001)), user()));
        assert_eq!(command.change, PointsChange::Debit(Amount::whole(5)));
        assert_eq!(
            (command.stamp.operator, command.reason, command.key.as_str()),
            (operator(), reason(), "once")
        );
        Err(CreditError::UserNotFound)
    });
    let credit = CreditPoints { wallets: Arc::new(wallets), ids: ids() };
    let (change, key) = (PointsChange::Debit(Amount::whole(5)), IdempotencyKey::parse("once").unwrap());
    let refused = credit.execute(operator(), user(), change, reason(), key).await;
    assert_eq!(refused, Err(CreditError::UserNotFound));
}

#[tokio::test]
async fn a_cancellation_tells_how_far_it_is() {
    let progress = RefundProgress { total: 3, done: 1, amount: Amount::whole(100) };
    let (mut programme, mut cancellations) = (MockProgramme::new(), MockCancellations::new());
    programme.expect_performance().returning(|id| Ok((id == performance(7).id).then(|| performance(7))));
    cancellations.expect_cancel().times(1).return_once(|command| {
        assert_eq!((command.concert_id, command.performance_id), (concert_id(), performance(7).id));
        assert_eq!((command.reason, command.stamp.operator), (reason(), operator()));
        Ok(Answer::created(performance(7)))
    });
    cancellations
        .expect_progress()
        .with(eq(performance(7).id))
        .returning(move |_| Ok(Some((performance(7), progress))));
    cancellations.expect_progress().returning(|_| Ok(None));
    let show = Arc::new(ShowCancellation { cancellations: Arc::new(cancellations) });
    let cancel = CancelPerformance { programme: Arc::new(programme), show: show.clone(), ids: ids() };
    let cancelled = cancel.execute(operator(), performance(7).id, reason(), None).await.unwrap();
    assert!(cancelled.created && cancelled.value.refunds == progress);
    let unknown = cancel.execute(operator(), performance(8).id, reason(), None).await;
    assert_eq!(unknown, Err(PerformanceError::NotFound));
    assert_eq!(show.execute(performance(8).id).await, Err(PerformanceError::NotFound));
}

#[tokio::test]
async fn a_step_refunds_what_is_owed_ends_holds_and_completes_what_is_left() {
    let unfinished = |n: u128, payments: Vec<PaidReservation>, holds| UnfinishedCancellation {
        concert_id: concert_id(),
        performance_id: performance(n).id,
        payments,
        holds,
    };
    let (mut payments, mut cancellations) = (MockPayments::new(), MockCancellations::new());
    let hold = (user(), reservation_id());
    let all = vec![
        unfinished(1, vec![paid(), paid(), paid()], vec![]),
        unfinished(3, vec![], vec![hold]),
        unfinished(2, vec![], vec![]),
    ];
    let mut reservations = MockReservations::new();
    reservations.expect_expire().times(1).returning(move |command| {
        assert_eq!((command.user_id, command.reservation_id), hold);
        Ok(true)
    });
    cancellations.expect_unfinished().with(eq(RefundCancelled::STEP)).return_once(|_| Ok(all));
    payments.expect_refund().times(1).return_once(|_| Err(unavailable().into()));
    payments.expect_refund().times(2).returning(|command| {
        assert_eq!((command.paid, command.seats, command.key), (paid(), None, None));
        assert_eq!(command.requester, RefundRequester::Cancellation);
        Ok(Answer::created(refund(RefundedBy::Cancellation)))
    });
    cancellations.expect_complete().times(1).returning(|command| {
        assert_eq!(command.performance_id, performance(2).id);
        Ok(true)
    });
    let (payments, cancellations) = (Arc::new(payments), Arc::new(cancellations));
    let step = RefundCancelled { cancellations, payments, reservations: Arc::new(reservations), ids: ids() };
    assert_eq!(step.execute().await, Err(unavailable()), "after the others were refunded");
}
