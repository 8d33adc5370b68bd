use std::sync::Arc;

use seatline_application::queue::{AdmitWaiting, Boards, RefreshBoards};
use seatline_domain::commands::Admitted;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::{MockQueueReader, MockWaitingRooms};
use seatline_domain::queue::{BoardUpdate, Number, RoomFigures, RoomStatus};
use tokio::time::Instant;

use crate::samples::{figures, id, news, settings, unavailable, update};

fn room(n: u128) -> ConcertId {
    ConcertId::new(id(n))
}

/// A tick over rooms whose figures are these.
fn tick(rooms: MockWaitingRooms, figures: Vec<RoomFigures>) -> AdmitWaiting {
    let updates: Vec<BoardUpdate> = figures.into_iter().map(|figures| update(figures, &[])).collect();
    let mut reader = MockQueueReader::new();
    reader.expect_news().times(1).return_once(|_| Ok(news(updates)));
    let boards: Arc<Boards> = Arc::default();
    let refresh = RefreshBoards::new(Arc::new(reader), boards.clone());
    AdmitWaiting::new(Arc::new(rooms), boards, Arc::new(refresh))
}

fn full(concert_id: ConcertId) -> RoomFigures {
    RoomFigures { settings: settings(1, None), ..figures(concert_id, 1, 9) }
}

fn admitted(numbers: &[u64]) -> Admitted {
    Admitted { numbers: numbers.iter().copied().map(Number::new).collect(), expired: 0 }
}

#[tokio::test(start_paused = true)]
async fn only_rooms_in_which_a_step_would_do_something_take_one() {
    let line_and_space = figures(room(1), 1, 9);
    let nobody_waits = figures(room(2), 9, 9);
    let paused = RoomFigures { status: RoomStatus::Paused, ..figures(room(3), 1, 9) };
    let expired = RoomFigures { expired: 1, active: 0, ..figures(room(4), 9, 9) };
    let mut rooms = MockWaitingRooms::new();
    for (n, numbers) in [(1, &[2, 3][..]), (4, &[])] {
        rooms
            .expect_admit()
            .withf(move |command| command.concert_id == room(n))
            .times(1)
            .returning(|_| Ok(admitted(numbers)));
    }
    let tick = tick(rooms, vec![line_and_space, nobody_waits, paused, expired, full(room(5))]);
    assert_eq!(tick.execute().await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_room_whose_step_failed_does_not_keep_the_others_from_theirs() {
    let mut rooms = MockWaitingRooms::new();
    rooms.expect_admit().times(3).returning(|command| {
        if command.concert_id == room(1) { Err(unavailable()) } else { Ok(admitted(&[2])) }
    });
    let tick = tick(rooms, (1..=3).map(|n| figures(room(n), 1, 9)).collect());
    assert_eq!(tick.execute().await, Err(unavailable()));
}

#[tokio::test(start_paused = true)]
async fn without_news_nobody_is_admitted() {
    let mut reader = MockQueueReader::new();
    reader.expect_news().return_once(|_| Err(unavailable()));
    let boards: Arc<Boards> = Arc::default();
    boards.apply(&news(vec![update(figures(room(1), 1, 9), &[])]), Instant::now());
    let refresh = RefreshBoards::new(Arc::new(reader), boards.clone());
    let rooms = Arc::new(MockWaitingRooms::new());
    let tick = AdmitWaiting::new(rooms, boards, Arc::new(refresh));
    assert_eq!(tick.execute().await, Err(unavailable()));
}
