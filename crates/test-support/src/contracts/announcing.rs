//! Boards that are announced, one at a time.

use chrono::TimeDelta;
use futures::future::join_all;
use seatline_domain::Timestamp;
use seatline_domain::concert::Concert;
use seatline_domain::queue::{AnnouncedBoard, DepartureSum, Number, RoomStatus};

use super::{Fixture, setup};
use crate::Setup;

async fn last(setup: Setup<'_>, concert: &Concert) -> Option<AnnouncedBoard> {
    setup.ports.announced_boards.last(concert.id).await.unwrap().board
}

async fn announce(setup: Setup<'_>, board: &AnnouncedBoard, after: Option<Timestamp>) -> bool {
    setup.ports.announced_boards.announce(board.clone(), after).await.unwrap()
}

/// A board as of the present, told in microseconds, as the database keeps them.
async fn board(setup: Setup<'_>, concert: &Concert, served: u64) -> AnnouncedBoard {
    let as_of = setup.ports.announced_boards.last(concert.id).await.unwrap().as_of;
    let sum = |up_to, count| DepartureSum { up_to: Number::new(up_to), count };
    AnnouncedBoard {
        concert_id: concert.id,
        announced_at: as_of,
        status: RoomStatus::Paused,
        served,
        last_number: 5_000_000_000,
        departures: vec![sum(served + 3, 2), sum(4_000_000_000, 3_000_000_000)],
        available_seats: 12,
    }
}

pub(super) async fn a_board_is_told_as_it_was_announced(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, other) = (setup.sale().add_concert().await, setup.sale().add_concert().await);
    assert_eq!(last(setup, &concert).await, None);
    let first = board(setup, &concert, 1).await;
    assert!(announce(setup, &first, None).await);
    assert_eq!(last(setup, &concert).await, Some(first));
    assert_eq!(last(setup, &other).await, None);
}

pub(super) async fn a_board_takes_the_place_of_the_one_that_it_follows_and_of_no_other(
    fixture: &dyn Fixture,
) {
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    let first = board(setup, &concert, 1).await;
    assert!(announce(setup, &first, None).await);
    fixture.pass_time(TimeDelta::seconds(1)).await;
    let after = last(setup, &concert).await.unwrap().announced_at;
    let second = board(setup, &concert, 2).await;
    assert!(!announce(setup, &second, None).await);
    assert!(!announce(setup, &second, Some(after - TimeDelta::seconds(1))).await);
    assert_eq!(last(setup, &concert).await.unwrap().served, 1);
    assert!(announce(setup, &second, Some(after)).await);
    assert_eq!(last(setup, &concert).await, Some(second));
}

pub(super) async fn of_many_who_announce_at_once_one_does(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    let mut after = None;
    for _ in 0..3 {
        fixture.pass_time(TimeDelta::seconds(1)).await;
        after = last(setup, &concert).await.map(|board| board.announced_at).or(after);
        let boards = join_all((0..10).map(|served| board(setup, &concert, served))).await;
        let announced = join_all(boards.iter().map(|board| announce(setup, board, after))).await;
        let winners: Vec<_> = boards.iter().zip(announced).filter(|(_, announced)| *announced).collect();
        assert_eq!(winners.len(), 1);
        assert_eq!(last(setup, &concert).await.as_ref(), winners.first().map(|(board, _)| *board));
    }
}
