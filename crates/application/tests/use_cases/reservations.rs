use std::sync::Arc;
use std::sync::Mutex;

use mockall::predicate::eq;
use seatline_application::reservations::{
    CancelReservation, ExpireHolds, ListReservations, ReservationError, ShowReservation,
};
use seatline_domain::commands::{CancelError, ExpireHoldCommand};
use seatline_domain::id::ReservationId;
use seatline_domain::page::Page;
use seatline_domain::ports::MockReservations;

use crate::samples::{concert_id, id, other_user, page, reservation, reservation_id, unavailable, user};

fn expired(n: u128) -> ExpireHoldCommand {
    ExpireHoldCommand { concert_id: concert_id(), user_id: user(), reservation_id: ReservationId::new(id(n)) }
}

#[tokio::test(start_paused = true)]
async fn a_sweep_expires_what_has_lapsed_and_counts_what_it_wrote() {
    let mut reservations = MockReservations::new();
    reservations
        .expect_expired_holds()
        .with(eq(ExpireHolds::BATCH))
        .return_once(|_| Ok(vec![expired(1), expired(2), expired(3)]));
    reservations.expect_expire().times(3).returning(|hold| Ok(hold.reservation_id.uuid() != id(2)));
    let sweep = ExpireHolds { reservations: Arc::new(reservations) };
    assert_eq!(sweep.execute().await, Ok(2), "somebody else has written the second");
}

#[tokio::test(start_paused = true)]
async fn a_sweep_goes_on_after_a_failure() {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let mut reservations = MockReservations::new();
    reservations.expect_expired_holds().return_once(|_| Ok(vec![expired(1), expired(2), expired(3)]));
    let seen = stored.clone();
    reservations.expect_expire().times(3).returning(move |hold| {
        if hold.reservation_id.uuid() == id(1) {
            return Err(unavailable());
        }
        seen.lock().unwrap().push(hold.reservation_id.uuid());
        Ok(true)
    });
    let sweep = ExpireHolds { reservations: Arc::new(reservations) };
    assert_eq!(sweep.execute().await, Err(unavailable()));
    assert_eq!(*stored.lock().unwrap(), [id(2), id(3)]);
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_finds_nothing_writes_nothing() {
    let mut reservations = MockReservations::new();
    reservations.expect_expired_holds().return_once(|_| Ok(vec![]));
    let sweep = ExpireHolds { reservations: Arc::new(reservations) };
    assert_eq!(sweep.execute().await, Ok(0));
}

#[tokio::test(start_paused = true)]
async fn a_hold_is_given_up_by_its_user() {
    for answer in [Ok(reservation()), Err(CancelError::NotFound), Err(CancelError::NotCancellable)] {
        let mut reservations = MockReservations::new();
        let expected = answer.clone().map(drop);
        reservations.expect_cancel().times(1).return_once(|command| {
            assert_eq!((command.user_id, command.reservation_id), (user(), reservation_id()));
            answer
        });
        let cancel = CancelReservation { reservations: Arc::new(reservations) };
        assert_eq!(cancel.execute(user(), reservation_id()).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reservation_is_shown_to_its_user_only() {
    let mut reservations = MockReservations::new();
    reservations
        .expect_reservation()
        .with(eq(user()), eq(reservation_id()))
        .returning(|_, _| Ok(Some(reservation())));
    reservations.expect_reservation().returning(|_, _| Ok(None));
    let show = ShowReservation { reservations: Arc::new(reservations) };
    assert_eq!(show.execute(user(), reservation_id()).await, Ok(reservation()));
    assert_eq!(show.execute(other_user(), reservation_id()).await, Err(ReservationError::NotFound));
}

#[tokio::test(start_paused = true)]
async fn reservations_are_listed_by_the_page_asked_for() {
    let asked = page(3, Some(reservation_id()));
    let mut reservations = MockReservations::new();
    reservations
        .expect_reservations()
        .with(eq(user()), eq(asked))
        .return_once(|_, _| Ok(Page { items: vec![reservation()], next: None }));
    let list = ListReservations { reservations: Arc::new(reservations) };
    assert_eq!(list.execute(user(), asked).await.unwrap().items, [reservation()]);
}
