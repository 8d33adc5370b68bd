use std::sync::Arc;
use std::time::Duration;

use seatline_application::queue::{Boards, EndSoldOutLines};
use seatline_domain::ports::{MockQueueReader, MockWaitingRooms};
use seatline_domain::queue::{LineEnd, Number, RoomFigures};
use tokio::time::Instant;

use crate::samples::{boards, concert_id, figures, news, now, seats_left, unavailable, update};

fn end() -> LineEnd {
    let (after, up_to) = (Number::new(2), Number::new(5));
    LineEnd { at: now(), after, up_to, written_up_to: after }
}

fn ending(reader: MockQueueReader, rooms: MockWaitingRooms, boards: &Arc<Boards>) -> EndSoldOutLines {
    EndSoldOutLines::new(Arc::new(reader), Arc::new(rooms), boards.clone())
}

#[tokio::test]
async fn while_something_is_left_the_boards_are_told_how_much() {
    let (mut reader, boards) = (MockQueueReader::new(), boards(2, 5));
    let left = seats_left(3, 5);
    let later = seatline_domain::seat::SeatsLeft { as_of: crate::samples::in_minutes(1), ..left };
    reader.expect_seats_left().times(1).returning(move |_| Ok(Some(later)));
    assert_eq!(ending(reader, MockWaitingRooms::new(), &boards).execute().await, Ok(0));
    assert_eq!(boards.available_seats(concert_id(), Duration::from_millis(1_500)), Some(3));
}

#[tokio::test]
async fn where_nothing_is_left_the_line_ends_by_a_fresh_count() {
    let (mut reader, mut rooms) = (MockQueueReader::new(), MockWaitingRooms::new());
    reader.expect_seats_left().times(1).return_once(|_| Ok(Some(seats_left(0, 5))));
    reader.expect_seats_left().times(1).return_once(|_| Ok(Some(seats_left(0, 6))));
    rooms.expect_end_line().times(1).return_once(|command| {
        assert_eq!((command.concert_id, command.seats_left), (concert_id(), seats_left(0, 5)));
        Ok(None)
    });
    rooms.expect_end_line().times(1).return_once(|command| {
        assert_eq!(command.seats_left, seats_left(0, 6), "somebody had joined");
        Ok(Some(end()))
    });
    assert_eq!(ending(reader, rooms, &boards(2, 5)).execute().await, Ok(1));
}

#[tokio::test]
async fn where_nobody_waits_nothing_is_counted_and_no_line_ends() {
    let boards = Boards::default();
    let nobody_waits = RoomFigures { waiting: 0, ..figures(concert_id(), 5, 5) };
    boards.apply(&news(vec![update(nobody_waits, &[])]), Instant::now());
    let reader = MockQueueReader::new();
    assert_eq!(ending(reader, MockWaitingRooms::new(), &Arc::new(boards)).execute().await, Ok(0));
}

#[tokio::test]
async fn storage_that_fails_is_told_and_ends_nothing() {
    let mut reader = MockQueueReader::new();
    reader.expect_seats_left().returning(|_| Err(unavailable()));
    let failed = ending(reader, MockWaitingRooms::new(), &boards(2, 5)).execute().await;
    assert_eq!(failed, Err(unavailable()));
}
