//! The search for broken invariants finds each one that it is there for.

#![expect(clippy::unwrap_used, reason = "an unexpected answer is to fail the test at once")]

use std::collections::BTreeSet;

use chrono::TimeDelta;
use seatline_domain::concert::Performance;
use seatline_domain::invariant::Invariant;
use seatline_domain::point::{Amount, LedgerEntryKind};
use seatline_domain::ports::Inspection;
use seatline_domain::queue::{Number, Pass, PassEnd, PassState};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::{SeatKey, SeatNumber, SeatState};
use seatline_domain::working_set::WorkingSet;
use seatline_test_support::{Customer, Fixture, InMemoryFixture, Stage};

/// A concert of three: one who has paid, one who holds a seat, one who waits.
struct Scene<'p> {
    performance: Performance,
    payer: Customer<'p>,
    paid: Reservation,
    holder: Customer<'p>,
    held: Reservation,
    waiting: Pass,
}

impl<'p> Scene<'p> {
    async fn play(fixture: &'p InMemoryFixture) -> Self {
        let stage = Stage::new(fixture.ports());
        let concert = stage.concert().capacity(2).add().await;
        let performance = stage.performance(&concert).add().await;
        let (payer, holder) = (stage.customer(&concert).await, stage.customer(&concert).await);
        let waiting = stage.visitor(&concert, 0).await.pass;
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

/// The invariants found broken once the scene was tampered with.
async fn broken_by(tamper: impl FnOnce(&Scene<'_>, &mut WorkingSet)) -> BTreeSet<Invariant> {
    let fixture = InMemoryFixture::new();
    let scene = Scene::play(&fixture).await;
    assert_eq!(fixture.memory().violations().await, Ok(vec![]));
    fixture.memory().tamper(|set| tamper(&scene, set));
    let violations = fixture.memory().violations().await.unwrap();
    violations.into_iter().map(|violation| violation.invariant).collect()
}

#[tokio::test]
async fn a_seat_sold_past_its_holder() {
    let broken = broken_by(|scene, set| {
        let (reservation_id, user_id) = (scene.paid.id, scene.payer.user);
        set.seats.get_mut(&scene.seat(2)).unwrap().state = SeatState::Sold { reservation_id, user_id };
    });
    assert!(broken.await.contains(&Invariant::I1));
}

#[tokio::test]
async fn a_seat_that_belongs_to_nobody_known() {
    let broken = broken_by(|scene, set| {
        set.seats.get_mut(&scene.seat(1)).unwrap().state = SeatState::Available;
    });
    assert!(broken.await.contains(&Invariant::I1));
}

#[tokio::test]
async fn a_balance_that_no_entry_explains() {
    let broken = broken_by(|scene, set| {
        set.wallets.get_mut(&scene.payer.user).unwrap().balance = Amount::whole(1_000);
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
    let broken = broken_by(|scene, set| {
        set.payments.get_mut(&scene.paid.id).unwrap().amount = Amount::whole(1);
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I3]));
}

#[tokio::test]
async fn a_payment_after_the_deadline() {
    let broken = broken_by(|scene, set| {
        set.payments.get_mut(&scene.paid.id).unwrap().paid_at = scene.paid.expires_at;
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I4]));
}

#[tokio::test]
async fn a_paid_reservation_that_went_back() {
    let broken = broken_by(|scene, set| {
        set.reservations.change(scene.paid.id, ReservationState::Cancelled { at: scene.paid.held_at });
    });
    assert!(broken.await.contains(&Invariant::I6));
}

#[tokio::test]
async fn more_people_than_the_capacity() {
    let broken = broken_by(|scene, set| {
        let mut intruder = Pass { number: Number::new(4), ..scene.waiting.clone() };
        let PassState::Active { admitted_at, expires_at, .. } = scene.holder.pass.state else {
            panic!("it is the holder's turn");
        };
        intruder.state = PassState::Active { admitted_at, expires_at, show_up_by: None };
        set.passes.insert(intruder);
    });
    assert!(broken.await.is_superset(&BTreeSet::from([Invariant::I8, Invariant::I9])));
}

#[tokio::test]
async fn somebody_who_was_overtaken() {
    let broken = broken_by(|scene, set| {
        set.rooms.get_mut(&scene.performance.concert_id).unwrap().now_serving = 3;
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I9]));
}

#[tokio::test]
async fn a_number_that_was_left_out() {
    let broken = broken_by(|scene, set| {
        set.rooms.get_mut(&scene.performance.concert_id).unwrap().last_number = 4;
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I9]));
}

#[tokio::test]
async fn a_turn_that_outlived_its_payment() {
    let broken = broken_by(|scene, set| {
        let pass = set.passes.get(scene.payer.pass.concert_id, scene.payer.pass.number).unwrap();
        let PassState::Ended { end: PassEnd::Completed, .. } = pass.state else {
            panic!("paying completes the pass");
        };
        set.passes.load(scene.payer.pass.clone());
    });
    assert_eq!(broken.await, BTreeSet::from([Invariant::I10]));
}

#[tokio::test]
async fn a_seat_beyond_the_limit() {
    let broken = broken_by(|scene, set| {
        let (reservation_id, user_id) = (scene.held.id, scene.holder.user);
        let until = scene.held.expires_at;
        set.seats.get_mut(&scene.seat(3)).unwrap().state = SeatState::Held { reservation_id, user_id, until };
    });
    assert!(broken.await.contains(&Invariant::I11));
}
