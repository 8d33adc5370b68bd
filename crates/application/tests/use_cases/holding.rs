use std::sync::Arc;

use chrono::TimeDelta;
use mockall::predicate::eq;
use seatline_application::queue::{RequireTurn, TurnRefusal};
use seatline_application::reservations::{
    HoldRequest, HoldSeats, HoldSeatsError, PerformanceChoice, SeatChoice,
};
use seatline_domain::commands::{HoldError, HoldTarget, TurnError};
use seatline_domain::concert::{DateChoice, Performance, PerformanceAvailability};
use seatline_domain::id::ReservationId;
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{MockProgramme, MockSeatInventory};
use seatline_domain::queue::{PassEnd, PassRefusal};
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::{SeatNumber, SeatRefusal, SeatSelection};

use crate::samples::{
    claims, concert, concert_id, date, id, ids, now, other_concert, performance, reservation, turn_not_asked,
    turn_of_number_three, unavailable, user,
};

const TTL: TimeDelta = TimeDelta::minutes(5);

fn programme() -> MockProgramme {
    let mut programme = MockProgramme::new();
    programme.expect_concert().with(eq(concert_id())).returning(|_| Ok(Some(concert())));
    programme.expect_concert().returning(|_| Ok(None));
    programme.expect_performance().with(eq(performance(1).id)).returning(|_| Ok(Some(performance(1))));
    programme.expect_performance().returning(|_| Ok(None));
    programme
}

fn programme_of_date(performances: Vec<Performance>) -> MockProgramme {
    let mut programme = programme();
    programme
        .expect_performances_on()
        .with(eq(concert_id()), eq(date()))
        .return_once(|_, _| Ok(performances));
    programme
}

fn request(performance: PerformanceChoice) -> HoldRequest {
    let key = Some(IdempotencyKey::parse("once").unwrap());
    let seats = SeatChoice::Named(SeatSelection::parse(&[8, 7]).unwrap());
    HoldRequest { performance, seats, key }
}

/// An inventory that expects one hold of seats 7 and 8 of performance 1 by number 3, and answers so.
fn inventory(answer: Result<Answer<Reservation>, TurnError<HoldError>>) -> MockSeatInventory {
    inventory_asked(HoldTarget::Performance(performance(1)), answer)
}

fn inventory_asked(
    target: HoldTarget,
    answer: Result<Answer<Reservation>, TurnError<HoldError>>,
) -> MockSeatInventory {
    let mut inventory = MockSeatInventory::new();
    inventory.expect_hold().times(1).return_once(move |command| {
        assert_eq!(command.reservation_id, ReservationId::new(id(1_001)));
        assert_eq!((command.user_id, command.concert_id, command.number.get()), (user(), concert_id(), 3));
        assert_eq!(command.performance, target);
        assert_eq!(command.seats, SeatSelection::parse(&[7, 8]).unwrap().into());
        assert_eq!((command.ttl, command.key), (TTL, Some(IdempotencyKey::parse("once").unwrap())));
        answer
    });
    inventory
}

async fn hold(
    programme: MockProgramme,
    inventory: MockSeatInventory,
    turn: Arc<RequireTurn>,
    choice: PerformanceChoice,
) -> Result<Answer<Reservation>, HoldSeatsError> {
    let (programme, inventory) = (Arc::new(programme), Arc::new(inventory));
    let hold = HoldSeats::new(programme, inventory, turn, ids(), TTL);
    hold.execute(&claims(3), request(choice)).await
}

fn by_id() -> PerformanceChoice {
    PerformanceChoice::Performance(performance(1).id)
}

fn by_date() -> PerformanceChoice {
    PerformanceChoice::Date(concert_id(), date())
}

#[tokio::test(start_paused = true)]
async fn seats_are_held_for_the_configured_time() {
    let answer = Answer::created(reservation());
    let held = hold(programme(), inventory(Ok(answer.clone())), turn_not_asked(), by_id()).await;
    assert_eq!(held, Ok(answer));
}

#[tokio::test(start_paused = true)]
async fn the_only_performance_of_a_date_need_not_be_named() {
    let programme = programme_of_date(vec![performance(1)]);
    let answer = Answer::existing(reservation());
    let only = HoldTarget::Date(DateChoice::only(performance(1)));
    let held = hold(programme, inventory_asked(only, Ok(answer.clone())), turn_not_asked(), by_date()).await;
    assert_eq!(held, Ok(answer));
}

#[tokio::test(start_paused = true)]
async fn a_choice_that_names_no_performance_holds_nothing() {
    let refused = async |programme, choice| {
        hold(programme, MockSeatInventory::new(), turn_not_asked(), choice).await.unwrap_err()
    };
    let unknown = PerformanceChoice::Performance(performance(9).id);
    assert_eq!(refused(programme(), unknown).await, HoldSeatsError::PerformanceNotFound);
    let elsewhere = PerformanceChoice::Date(other_concert(), date());
    assert_eq!(refused(programme(), elsewhere).await, HoldSeatsError::ConcertNotFound);
    assert_eq!(refused(programme_of_date(vec![]), by_date()).await, HoldSeatsError::DateNotFound);
}

#[tokio::test(start_paused = true)]
async fn of_several_on_a_date_those_that_can_be_booked_are_told_apart() {
    let availability = |n, available_seats| PerformanceAvailability {
        performance: performance(n),
        available_seats,
        as_of: now(),
    };
    let counted = vec![availability(2, 0), availability(3, 0), availability(1, 4)];
    let choice = DateChoice::among(counted.clone()).unwrap();
    assert_eq!(choice.chosen(), &performance(1));
    let on_date = vec![performance(2), performance(3), performance(1)];
    let mut programme = programme_of_date(on_date.clone());
    programme.expect_availability().with(eq(on_date)).return_once(|_| Ok(counted));
    let answer = Answer::created(reservation());
    let inventory = inventory_asked(HoldTarget::Date(choice), Ok(answer.clone()));
    assert_eq!(hold(programme, inventory, turn_not_asked(), by_date()).await, Ok(answer));
}

#[tokio::test(start_paused = true)]
async fn refusals_come_back_as_they_are() {
    let seats = vec![SeatNumber::parse(7).unwrap()];
    let refusals = [
        HoldError::DateAmbiguous(vec![(performance(1).id, now())]),
        HoldError::SalesNotOpen { opens_at: now() },
        HoldError::SalesClosed { closed_at: now() },
        HoldError::PerformanceStarted { starts_at: now() },
        HoldError::SeatNotFound(seats.clone()),
        HoldError::SeatTaken(SeatRefusal::Sold, seats),
        HoldError::ReservationActive { reservation_id: ReservationId::new(id(7)) },
        HoldError::SeatLimitExceeded { limit: 4 },
        HoldError::KeyReused(seatline_domain::idempotency::KeyReused),
        HoldError::Storage(unavailable()),
    ];
    for refusal in refusals {
        let refused =
            hold(programme(), inventory(Err(TurnError::Failed(refusal.clone()))), turn_not_asked(), by_id())
                .await;
        assert_eq!(refused, Err(HoldSeatsError::Hold(refusal)));
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_who_waits_hears_their_position() {
    let waiting = inventory(Err(PassRefusal::Waiting.into()));
    let refused = hold(programme(), waiting, turn_of_number_three(), by_id()).await;
    assert_eq!(refused, Err(TurnRefusal::NotAdmitted { position: 3 }.into()));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_over_or_elsewhere_is_refused_as_such() {
    let refusals = [
        (PassRefusal::Ended(PassEnd::Completed), TurnRefusal::Ended(PassEnd::Completed)),
        (PassRefusal::Mismatch, TurnRefusal::Mismatch),
        (PassRefusal::Unknown, TurnRefusal::Unknown),
    ];
    for (refusal, expected) in refusals {
        let refused = hold(programme(), inventory(Err(refusal.into())), turn_not_asked(), by_id()).await;
        assert_eq!(refused, Err(expected.into()));
    }
}
