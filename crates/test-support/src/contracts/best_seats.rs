//! Holds of seats that were chosen: what was asked for is a wish, and the hold decides whether the choice stands.

use std::sync::Arc;

use seatline_domain::commands::{BestChoice, HoldError, HoldSeatsCommand, TurnError, WantedSeats};
use seatline_domain::concert::Performance;
use seatline_domain::id::ReservationId;
use seatline_domain::idempotency::KeyReused;
use seatline_domain::seat::hall::{BestSeats, BestSeatsError, Hall};
use seatline_domain::seat::{FreeSeats, SeatRefusal};

use super::{Fixture, setup};
use crate::setup::{key, seat_number};
use crate::{Setup, TestUser};

async fn hall(setup: &Setup<'_>, performance: &Performance) -> Arc<Hall> {
    setup.ports.programme.hall(performance.id).await.unwrap().unwrap()
}

/// A hold of the best so many seats, as they are chosen now.
async fn best(user: &TestUser<'_>, performance: &Performance, count: i64) -> HoldSeatsCommand {
    let (setup, wish) = (&user.setup, BestSeats::parse(count, true).unwrap());
    let hall = hall(setup, performance).await;
    let map = setup.ports.inventory.seat_map(performance.id).await.unwrap();
    let free = FreeSeats::of(&map);
    let chosen = hall.best(&wish, |number| free.contains(number));
    HoldSeatsCommand {
        seats: WantedSeats::Best(BestChoice { wish, hall, chosen }),
        ..setup.hold_command(&user.pass, performance, &[1])
    }
}

pub(super) async fn chosen_seats_are_held_unless_somebody_was_faster(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats(10).open().await;
    let (ada, bob) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let (adas, bobs) = (best(&ada, &performance, 1).await, best(&bob, &performance, 1).await);
    let inventory = &fixture.ports().inventory;
    let held = inventory.hold(adas).await.unwrap();
    assert!(held.created);
    let chosen = held.value.seat_numbers().next().unwrap();
    let taken = HoldError::SeatTaken(SeatRefusal::Held, vec![chosen]);
    assert_eq!(inventory.hold(bobs).await, Err(TurnError::Failed(taken)));
    let again = inventory.hold(best(&bob, &performance, 1).await).await.unwrap();
    assert_ne!(again.value.seat_numbers().next().unwrap(), chosen);
    assert_eq!((chosen, again.value.seat_numbers().next().unwrap()), (seat_number(5), seat_number(6)));
}

pub(super) async fn a_wish_is_one_request_whatever_is_chosen_for_it(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats(10).open().await;
    let ada = setup.user_in_turn(&concert).await;
    let inventory = &fixture.ports().inventory;
    let keyed =
        async |count| HoldSeatsCommand { key: Some(key("wish")), ..best(&ada, &performance, count).await };
    let first = inventory.hold(keyed(1).await).await.unwrap();
    let later = HoldSeatsCommand { reservation_id: ReservationId::new(setup.id()), ..keyed(1).await };
    assert_ne!(
        later.seats.numbers(),
        [first.value.seat_numbers().next().unwrap()],
        "another seat is the best by now"
    );
    let repeated = inventory.hold(later).await.unwrap();
    assert!(repeated.created && repeated.replayed);
    assert_eq!(repeated.value, first.value);
    assert_eq!(inventory.hold(keyed(2).await).await, Err(TurnError::Failed(KeyReused.into())));
    let without_key = inventory.hold(best(&ada, &performance, 1).await).await.unwrap();
    assert!(!without_key.created && !without_key.replayed, "it is what they hold already");
    assert_eq!(without_key.value, first.value);
}

pub(super) async fn where_none_could_be_chosen_nothing_is_held(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats(3).open().await;
    let (ada, bob) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let inventory = &fixture.ports().inventory;
    let none = async |user: &TestUser<'_>, count| inventory.hold(best(user, &performance, count).await).await;
    assert_eq!(none(&ada, 2).await, Err(TurnError::Failed(HoldError::SeatLimitExceeded { limit: 1 })));
    for _ in 0..3 {
        let user = setup.user_in_turn(&concert).await;
        assert!(none(&user, 1).await.unwrap().created);
    }
    let sold_out = HoldError::NotChosen(BestSeatsError::SoldOut);
    assert_eq!(none(&bob, 1).await, Err(TurnError::Failed(sold_out)));
}
