use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use seatline_application::queue::TurnRefusal;
use seatline_application::reservations::{
    HoldRequest, HoldSeats, HoldSeatsError, PerformanceChoice, SeatChoice,
};
use seatline_domain::commands::{BestChoice, HoldError, HoldSeatsCommand, TurnError, WantedSeats};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{MockProgramme, MockSeatInventory};
use seatline_domain::queue::PassRefusal;
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::hall::{BestSeats, BestSeatsError, Hall, SectionPlan, SectionSeats};
use seatline_domain::seat::{SeatMap, SeatNumber, SeatRefusal, SeatState};
use seatline_domain::storage::StorageError;
use seatline_domain::text::Text;

use crate::samples::{
    claims, ids, now, performance, reservation, reservation_id, turn_not_asked, turn_of_number_three,
    unavailable, user,
};

type Held = Result<Answer<Reservation>, TurnError<HoldError>>;

/// A hall of one row.
fn hall() -> Arc<Hall> {
    let seats = SectionSeats::Range { first_seat: 1, last_seat: 6 };
    let plan = SectionPlan { name: Text::parse("Floor").unwrap(), seats, price: performance(1).price_from };
    Arc::new(Hall::plan(vec![plan], &[]).unwrap())
}

fn programme() -> MockProgramme {
    let mut programme = MockProgramme::new();
    programme.expect_performance().returning(|_| Ok(Some(performance(1))));
    programme.expect_hall().returning(|_| Ok(Some(hall())));
    programme
}

/// The map on which these seats are held.
fn map(held: &[u32]) -> Arc<SeatMap> {
    let until = now() + TimeDelta::minutes(5);
    let state = SeatState::Held { reservation_id: reservation_id(), user_id: user(), until };
    let hall = hall();
    let seats = hall.free_seats(performance(1).id).map(|mut seat| {
        if held.contains(&seat.key.number.get()) {
            seat.state = state;
        }
        seat
    });
    Arc::new(SeatMap::of(seats, now()))
}

fn taken() -> Held {
    let seats = vec![SeatNumber::parse(3).unwrap()];
    Err(TurnError::Failed(HoldError::SeatTaken(SeatRefusal::Held, seats)))
}

fn numbers(command: &HoldSeatsCommand) -> Vec<u32> {
    command.seats.numbers().iter().map(|number| number.get()).collect()
}

fn request(count: i64) -> HoldRequest {
    HoldRequest {
        performance: PerformanceChoice::Performance(performance(1).id),
        seats: SeatChoice::Best(BestSeats::parse(count, true).unwrap()),
        key: Some(IdempotencyKey::parse("once").unwrap()),
    }
}

fn hold_seats(inventory: MockSeatInventory) -> HoldSeats {
    HoldSeats::new(Arc::new(programme()), Arc::new(inventory), turn_not_asked(), ids(), TimeDelta::minutes(5))
}

/// Asks for so many seats of these maps, one after the other, where holds are answered so; gives the answer and what
/// was to be held.
async fn ask(
    count: i64,
    maps: Vec<Arc<SeatMap>>,
    answers: Vec<Held>,
) -> (Result<Answer<Reservation>, HoldSeatsError>, Vec<Vec<u32>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let mut inventory = MockSeatInventory::new();
    let mut maps = maps.into_iter();
    inventory.expect_seat_map().returning(move |_| Ok(maps.next().unwrap()));
    let (mut answers, told) = (answers.into_iter(), asked.clone());
    inventory.expect_hold().returning(move |command| {
        told.lock().unwrap().push(numbers(&command));
        answers.next().unwrap()
    });
    let held = hold_seats(inventory).execute(&claims(3), request(count)).await;
    let asked = asked.lock().unwrap().clone();
    (held, asked)
}

#[tokio::test(start_paused = true)]
async fn the_best_seats_of_the_map_are_held_as_what_was_asked_for() {
    let mut inventory = MockSeatInventory::new();
    inventory.expect_seat_map().times(1).returning(|_| Ok(map(&[])));
    inventory.expect_hold().times(1).returning(|command| {
        assert_eq!(numbers(&command), [3, 4]);
        let WantedSeats::Best(BestChoice { wish, hall: of, .. }) = command.seats else { panic!("named") };
        assert_eq!((wish, of), (BestSeats::parse(2, true).unwrap(), hall()));
        assert_eq!(command.key, Some(IdempotencyKey::parse("once").unwrap()));
        Ok(Answer::created(reservation()))
    });
    let held = hold_seats(inventory).execute(&claims(3), request(2)).await;
    assert_eq!(held, Ok(Answer::created(reservation())));
}

#[tokio::test(start_paused = true)]
async fn whoever_loses_a_race_gets_the_best_of_a_new_map() {
    let maps = vec![map(&[]), map(&[3, 4]), map(&[1, 2, 3, 4])];
    let answers = vec![taken(), taken(), Ok(Answer::created(reservation()))];
    let (held, asked) = ask(2, maps, answers).await;
    assert_eq!(held, Ok(Answer::created(reservation())));
    assert_eq!(asked, [[3, 4], [1, 2], [5, 6]]);
}

#[tokio::test(start_paused = true)]
async fn a_race_that_is_never_won_ends() {
    let inventory = || {
        let mut inventory = MockSeatInventory::new();
        inventory.expect_seat_map().returning(|_| Ok(map(&[])));
        inventory.expect_hold().returning(|_| taken());
        inventory
    };
    let held = hold_seats(inventory()).execute(&claims(3), request(2)).await;
    assert_eq!(held, Err(StorageError::Overloaded.into()));
}

#[tokio::test(start_paused = true)]
async fn where_nothing_can_be_chosen_the_hold_decides_what_is_said() {
    for (count, held, why) in
        [(7, vec![], BestSeatsError::SoldOut), (2, vec![2, 4, 6], BestSeatsError::NoAdjacentSeats)]
    {
        let mut inventory = MockSeatInventory::new();
        inventory.expect_seat_map().times(1).returning(move |_| Ok(map(&held)));
        inventory.expect_hold().times(1).returning(move |command| {
            let WantedSeats::Best(choice) = command.seats else { panic!("named") };
            assert_eq!(choice.chosen, Err(why));
            Ok(Answer::replayed(reservation(), true))
        });
        let held = hold_seats(inventory).execute(&claims(3), request(count)).await;
        assert_eq!(held, Ok(Answer::replayed(reservation(), true)));
    }
}

#[tokio::test(start_paused = true)]
async fn any_other_refusal_ends_the_search() {
    for refusal in [HoldError::SeatLimitExceeded { limit: 1 }, HoldError::Storage(unavailable())] {
        let (held, asked) = ask(2, vec![map(&[])], vec![Err(TurnError::Failed(refusal.clone()))]).await;
        assert_eq!(held, Err(HoldSeatsError::Hold(refusal)));
        assert_eq!(asked.len(), 1);
    }
    let mut inventory = MockSeatInventory::new();
    inventory.expect_seat_map().returning(|_| Ok(map(&[])));
    inventory.expect_hold().times(1).returning(|_| Err(PassRefusal::Waiting.into()));
    let turn = turn_of_number_three();
    let hold = HoldSeats::new(Arc::new(programme()), Arc::new(inventory), turn, ids(), TimeDelta::minutes(5));
    let refused = hold.execute(&claims(3), request(2)).await;
    assert_eq!(refused, Err(TurnRefusal::NotAdmitted { position: 3 }.into()));
}
