use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::queue::{RequireTurn, TurnRefusal};
use seatline_application::seats::{SeatsError, SeatsOfDate, ShowSeats, ShowSeatsOfDate};
use seatline_domain::concert::{Performance, PerformanceAvailability, PerformanceCursor, PerformanceFilter};
use seatline_domain::page::{Page, PageLimit};
use seatline_domain::ports::{MockProgramme, MockSeatInventory};
use seatline_domain::queue::{PassEnd, QueueClaims};
use seatline_domain::seat::{SeatMap, policy};

use crate::samples::{
    active, claims, concert, concert_id, date, ended, now, other_concert, page, performance, read,
    turn_not_asked, turn_of_number_three, turn_with,
};

fn programme(found: Option<Performance>) -> Arc<MockProgramme> {
    let mut programme = MockProgramme::new();
    programme.expect_performance().with(eq(performance(1).id)).return_once(|_| Ok(found));
    Arc::new(programme)
}

fn inventory_of(performances: &[u128]) -> Arc<MockSeatInventory> {
    let mut inventory = MockSeatInventory::new();
    for n in performances {
        let map = Arc::new(SeatMap::of([], now()));
        let id = performance(*n).id;
        inventory.expect_seat_map().with(eq(id)).times(1).return_once(|_| Ok(map));
    }
    Arc::new(inventory)
}

fn elsewhere() -> QueueClaims {
    QueueClaims { concert_id: other_concert(), ..claims(3) }
}

#[tokio::test(start_paused = true)]
async fn those_whose_turn_it_is_see_the_seats() {
    let (programme, inventory) = (programme(Some(performance(1))), inventory_of(&[1]));
    let show = ShowSeats { programme, inventory, turn: turn_with(read(active(3, true))) };
    let shown = show.execute(&claims(3), performance(1).id).await.unwrap();
    assert_eq!((shown.performance, shown.map.as_of), (performance(1), now()));
}

#[tokio::test(start_paused = true)]
async fn seats_are_not_read_for_others() {
    let refused = async |claims, found, turn: Arc<RequireTurn>| {
        let show = ShowSeats { programme: programme(found), inventory: inventory_of(&[]), turn };
        show.execute(&claims, performance(1).id).await.unwrap_err()
    };
    let found = Some(performance(1));
    assert_eq!(refused(claims(3), None, turn_not_asked()).await, SeatsError::PerformanceNotFound);
    let mismatch = refused(elsewhere(), found.clone(), turn_not_asked()).await;
    assert_eq!(mismatch, TurnRefusal::Mismatch.into());
    let waiting = refused(claims(3), found.clone(), turn_of_number_three()).await;
    assert_eq!(waiting, TurnRefusal::NotAdmitted { position: 3 }.into());
    let over = refused(claims(3), found, turn_with(read(ended(3, PassEnd::Left)))).await;
    assert_eq!(over, TurnRefusal::Ended(PassEnd::Left).into());
}

fn programme_of_date(performances: Vec<Performance>) -> Arc<MockProgramme> {
    let mut programme = MockProgramme::new();
    programme.expect_concert().with(eq(concert_id())).returning(|_| Ok(Some(concert())));
    programme.expect_concert().returning(|_| Ok(None));
    programme
        .expect_performances_on()
        .with(eq(concert_id()), eq(date()))
        .return_once(|_, _| Ok(performances));
    Arc::new(programme)
}

#[tokio::test(start_paused = true)]
async fn every_performance_of_a_date_is_shown_in_order() {
    let programme = programme_of_date(vec![performance(2), performance(1)]);
    let show = ShowSeatsOfDate {
        programme,
        inventory: inventory_of(&[1, 2]),
        turn: turn_with(read(active(3, true))),
    };
    let SeatsOfDate::Maps(shown) = show.execute(&claims(3), concert_id(), date()).await.unwrap() else {
        panic!("these are not too many")
    };
    let shown: Vec<_> = shown.into_iter().map(|one| one.performance).collect();
    assert_eq!(shown, [performance(2), performance(1)]);
}

#[tokio::test(start_paused = true)]
async fn the_seats_of_a_date_are_not_read_for_others() {
    let refused = async |claims: QueueClaims, concert_id, turn| {
        let (programme, inventory) = (programme_of_date(vec![]), inventory_of(&[]));
        let show = ShowSeatsOfDate { programme, inventory, turn };
        show.execute(&claims, concert_id, date()).await.unwrap_err()
    };
    let unknown = refused(elsewhere(), other_concert(), turn_not_asked()).await;
    assert_eq!(unknown, SeatsError::ConcertNotFound);
    let mismatch = refused(elsewhere(), concert_id(), turn_not_asked()).await;
    assert_eq!(mismatch, TurnRefusal::Mismatch.into());
    let waiting = refused(claims(3), concert_id(), turn_of_number_three()).await;
    assert_eq!(waiting, TurnRefusal::NotAdmitted { position: 3 }.into());
    let empty = refused(claims(3), concert_id(), turn_with(read(active(3, true)))).await;
    assert_eq!(empty, SeatsError::DateNotFound);
}

/// Two performances with as many seats together.
fn two_with(seats: u32) -> Vec<Performance> {
    let with = |n, total_seats| Performance { total_seats, ..performance(n) };
    vec![with(1, 1), with(2, seats - 1)]
}

#[tokio::test(start_paused = true)]
async fn as_many_seats_as_one_performance_may_have_are_shown_of_a_date() {
    let programme = programme_of_date(two_with(policy::MAX_SEATS_OF_DATE));
    let turn = turn_with(read(active(3, true)));
    let show = ShowSeatsOfDate { programme, inventory: inventory_of(&[1, 2]), turn };
    let shown = show.execute(&claims(3), concert_id(), date()).await.unwrap();
    assert!(matches!(shown, SeatsOfDate::Maps(maps) if maps.len() == 2));
}

#[tokio::test(start_paused = true)]
async fn of_more_seats_the_performances_are_shown_alone() {
    let performances = two_with(policy::MAX_SEATS_OF_DATE + 1);
    let mut programme = MockProgramme::new();
    programme.expect_concert().returning(|_| Ok(Some(concert())));
    let of_date = performances.clone();
    programme.expect_performances_on().return_once(|_, _| Ok(of_date));
    let filter = PerformanceFilter { date: Some(date()), upcoming: false };
    let mut after = None;
    for one in &performances {
        let next = (one.id != performance(2).id).then(|| PerformanceCursor::of(one));
        let items =
            vec![PerformanceAvailability { performance: one.clone(), available_seats: 1, as_of: now() }];
        programme
            .expect_performances()
            .with(eq(concert_id()), eq(filter), eq(page(PageLimit::MAX, after)))
            .times(1)
            .return_once(move |_, _, _| Ok(Page { items, next }));
        after = next;
    }
    let turn = turn_with(read(active(3, true)));
    let show = ShowSeatsOfDate { programme: Arc::new(programme), inventory: inventory_of(&[]), turn };
    let SeatsOfDate::TooMany(shown) = show.execute(&claims(3), concert_id(), date()).await.unwrap() else {
        panic!("these are too many")
    };
    assert_eq!(shown.into_iter().map(|one| one.performance).collect::<Vec<_>>(), performances);
}
