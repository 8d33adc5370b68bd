//! The search for broken invariants finds each one that it is there for.

#![expect(clippy::unwrap_used, reason = "an unexpected answer is to fail the test at once")]

use std::collections::BTreeSet;

use chrono::TimeDelta;
use seatline_domain::audit::{OperatorId, Reason};
use seatline_domain::concert::{Cancellation, Performance};
use seatline_domain::id::CheckInId;
use seatline_domain::invariant::Invariant;
use seatline_domain::point::{Amount, LedgerEntryKind};
use seatline_domain::ports::Inspection;
use seatline_domain::queue::{Number, Pass, PassEnd, PassState};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::{SeatKey, SeatNumber, SeatState};
use seatline_domain::ticket::{CheckIn, TicketId};
use seatline_domain::working_set::WorkingSet;
use seatline_test_support::{Fixture, InMemoryFixture, Setup, TestUser};

/// A concert of three: one who has paid, one who holds a seat, one who waits.
struct SampleSale<'p> {
    performance: Performance,
    payer: TestUser<'p>,
    paid: Reservation,
    holder: TestUser<'p>,
    held: Reservation,
    waiting: Pass,
}

impl<'p> SampleSale<'p> {
    async fn open(fixture: &'p InMemoryFixture) -> Self {
        let setup = Setup::new(fixture.ports());
        let (concert, performance) = setup.sale().capacity(2).open().await;
        let (payer, holder) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
        let waiting = setup.user_in_line(&concert, 0).await.pass;
        fixture.pass_time(TimeDelta::minutes(1)).await;
        let (paid, held) = (payer.hold(&performance, &[1]).await, holder.hold(&performance, &[2]).await);
        payer.pay(&paid).await;
        let paid = payer.reservation(&paid).await;
        Self { performance, payer, paid, holder, held, waiting }
    }

    fn seat(&self, number: u32) -> SeatKey {
        SeatKey { performance_id: self.performance.id, number: SeatNumber::parse(number).unwrap() }
    }
}

/// The invariants found broken after tampering with a sample sale.
async fn broken_by(tamper: impl FnOnce(&SampleSale<'_>, &mut WorkingSet)) -> BTreeSet<Invariant> {
    let fixture = InMemoryFixture::new();
    let sale = SampleSale::open(&fixture).await;
    assert_eq!(fixture.memory().violations().await, Ok(vec![]));
    fixture.memory().tamper(|set| tamper(&sale, set));
    let violations = fixture.memory().violations().await.unwrap();
    violations.into_iter().map(|violation| violation.invariant).collect()
}

#[tokio::test]
async fn a_seat_sold_past_its_holder() {
    let broken = broken_by(|sale, set| {
        let (reservation_id, user_id) = (sale.paid.id, sale.payer.id);
        set.seats.get_mut(&sale.seat(2)).unwrap().state = SeatState::Sold { reservation_id, user_id };
    });
    assert!(broken.await.contains(&Invariant::I1));
}

#[tokio::test]
async fn a_seat_that_belongs_to_nobody_known() {
    let broken = broken_by(|sale, set| {
        set.seats.get_mut(&sale.seat(1)).unwrap().state = SeatState::Available;
    });
    assert!(broken.await.contains(&Invariant::I1));
}

#[tokio::test]
async fn a_blocked_seat_that_somebody_holds() {
    let broken = broken_by(|sale, set| {
        set.seats.get_mut(&sale.seat(2)).unwrap().state = SeatState::Blocked;
    });
    assert!(broken.await.contains(&Invariant::I17));
}

#[tokio::test]
async fn a_balance_that_no_entry_explains() {
    let broken = broken_by(|sale, set| {
        set.wallets.get_mut(&sale.payer.id).unwrap().balance = Amount::whole(1_000);
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I2, Invariant::I13]));
}

#[tokio::test]
async fn an_entry_that_was_taken_away() {
    let broken = broken_by(|_, set| set.entries.retain(|entry| entry.kind == LedgerEntryKind::Charge));
    assert!(broken.await.is_superset(&BTreeSet::from([Invariant::I2, Invariant::I3, Invariant::I13])));
}

#[tokio::test]
async fn entries_that_were_swapped() {
    let broken = broken_by(|_, set| set.entries.reverse());
    assert_eq!(broken.await, BTreeSet::from([Invariant::I13]));
}

#[tokio::test]
async fn a_payment_of_another_amount_than_its_debit() {
    let broken = broken_by(|sale, set| {
        set.payments.get_mut(&sale.paid.id).unwrap().amount = Amount::whole(1);
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I3]));
}

#[tokio::test]
async fn a_payment_after_the_deadline() {
    let broken = broken_by(|sale, set| {
        set.payments.get_mut(&sale.paid.id).unwrap().paid_at = sale.paid.expires_at;
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I4]));
}

#[tokio::test]
async fn a_paid_reservation_that_went_back() {
    let broken = broken_by(|sale, set| {
        set.reservations.change(sale.paid.id, ReservationState::Cancelled { at: sale.paid.held_at });
    });
    assert!(broken.await.contains(&Invariant::I6));
}

#[tokio::test]
async fn more_people_than_the_capacity() {
    let broken = broken_by(|sale, set| {
        let mut intruder = Pass { number: Number::new(4), ..sale.waiting.clone() };
        let PassState::Active { admitted_at, expires_at, .. } = sale.holder.pass.state else {
            panic!("it is the holder's turn");
        };
        intruder.state = PassState::Active { admitted_at, expires_at, show_up_by: None, ends_by: expires_at };
        set.passes.insert(intruder);
    });
    assert!(broken.await.is_superset(&BTreeSet::from([Invariant::I8, Invariant::I9])));
}

#[tokio::test]
async fn somebody_who_was_overtaken() {
    let broken = broken_by(|sale, set| {
        set.rooms.get_mut(&sale.performance.concert_id).unwrap().now_serving = 3;
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I9]));
}

#[tokio::test]
async fn a_number_that_was_left_out() {
    let broken = broken_by(|sale, set| {
        set.rooms.get_mut(&sale.performance.concert_id).unwrap().last_number = 4;
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I9]));
}

#[tokio::test]
async fn a_turn_that_outlived_its_payment() {
    let broken = broken_by(|sale, set| {
        let pass = set.passes.get(sale.payer.pass.concert_id, sale.payer.pass.number).unwrap();
        let PassState::Ended { end: PassEnd::Completed, .. } = pass.state else {
            panic!("paying completes the pass");
        };
        set.passes.load(sale.payer.pass.clone());
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I10]));
}

#[tokio::test]
async fn a_seat_beyond_the_limit() {
    let broken = broken_by(|sale, set| {
        let (reservation_id, user_id) = (sale.held.id, sale.holder.id);
        let until = sale.held.expires_at;
        set.seats.get_mut(&sale.seat(3)).unwrap().state = SeatState::Held { reservation_id, user_id, until };
    });
    assert!(broken.await.contains(&Invariant::I11));
}

fn check_in(sale: &SampleSale<'_>, reservation: &Reservation, number: u32, set: &mut WorkingSet) {
    let ticket_id =
        TicketId { reservation_id: reservation.id, seat_number: SeatNumber::parse(number).unwrap() };
    let used = CheckIn {
        id: CheckInId::new(uuid::Uuid::nil()),
        performance_id: sale.performance.id,
        ticket_id,
        gate: None,
        operator: OperatorId::SEATLINE,
        at: sale.paid.held_at + TimeDelta::minutes(1),
    };
    set.check_ins.insert((sale.performance.id, ticket_id), used);
}

#[tokio::test]
async fn a_ticket_that_was_used_and_never_paid() {
    let broken = broken_by(|sale, set| check_in(sale, &sale.held, 2, set));
    assert_eq!(broken.await, BTreeSet::from([Invariant::I16]));
    let broken = broken_by(|sale, set| check_in(sale, &sale.paid, 2, set));
    assert_eq!(broken.await, BTreeSet::from([Invariant::I16]), "another seat");
    assert_eq!(broken_by(|sale, set| check_in(sale, &sale.paid, 1, set)).await, BTreeSet::new());
}

#[tokio::test]
async fn a_ticket_that_was_used_after_its_performance_was_cancelled() {
    let broken = broken_by(|sale, set| {
        check_in(sale, &sale.paid, 1, set);
        let cancellation =
            Cancellation { at: sale.paid.held_at, reason: Reason::parse("Ill").unwrap(), refunded_at: None };
        set.performances.get_mut(&sale.performance.id).unwrap().cancellation = Some(cancellation);
    });
    assert!(broken.await.contains(&Invariant::I16));
}
