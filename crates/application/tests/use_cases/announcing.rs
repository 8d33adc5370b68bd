//! Boards that are announced when they are due and somebody asks.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures::future::join_all;
use mockall::Sequence;
use mockall::predicate::eq;
use seatline_application::queue::{Boards, Line, QueueError, ShowBoard};
use seatline_domain::Timestamp;
use seatline_domain::ports::{MockAnnouncedBoards, MockQueueReader, MockWaitingRooms};
use seatline_domain::queue::{AnnouncedBoard, LastAnnounced, RoomStatus};
use seatline_domain::seat::SeatsLeft;

use crate::samples::{boards, concert_id, line, no_news_after, now, other_concert, seats_left, unavailable};

fn announced(after: TimeDelta, served: u64) -> AnnouncedBoard {
    AnnouncedBoard {
        concert_id: concert_id(),
        announced_at: now() + after,
        status: RoomStatus::Open,
        served,
        last_number: 5,
        departures: Vec::new(),
        available_seats: 3,
    }
}

fn last(board: Option<AnnouncedBoard>, as_of: Timestamp) -> LastAnnounced {
    LastAnnounced { board, as_of }
}

/// A line in which numbers 3 to 5 wait, and of whose seats three are left.
fn sample() -> (Arc<Line>, Arc<Boards>) {
    let boards = boards(2, 5);
    boards.observe_seats_left(
        concert_id(),
        SeatsLeft { as_of: now() + TimeDelta::seconds(1), ..seats_left(3, 5) },
    );
    (line(MockQueueReader::new(), MockWaitingRooms::new(), &boards), boards)
}

#[tokio::test(start_paused = true)]
async fn what_was_announced_is_told_without_another_look_until_it_is_due() {
    let mut ports = MockAnnouncedBoards::new();
    let board = announced(TimeDelta::seconds(-1), 1);
    let told = board.clone();
    ports
        .expect_last()
        .with(eq(concert_id()))
        .times(1)
        .return_once(move |_| Ok(last(Some(told), now() + TimeDelta::milliseconds(300))));
    let show = ShowBoard::new(sample().0, Arc::new(ports));
    let asked = join_all((0..100).map(|_| show.execute(concert_id()))).await;
    assert!(asked.iter().all(|answer| answer.as_deref() == Ok(&board)), "{asked:?}");
    tokio::time::advance(Duration::from_millis(99)).await;
    assert_eq!(show.execute(concert_id()).await.as_deref(), Ok(&board));
}

#[tokio::test(start_paused = true)]
async fn what_is_due_is_announced_once_however_many_ask() {
    let mut ports = MockAnnouncedBoards::new();
    ports.expect_last().times(1).return_once(|_| Ok(last(None, now())));
    ports
        .expect_announce()
        .withf(|board, after| (board.served, board.available_seats, *after) == (2, 3, None))
        .times(1)
        .return_once(|_, _| Ok(true));
    let show = ShowBoard::new(sample().0, Arc::new(ports));
    let asked = join_all((0..100).map(|_| show.execute(concert_id()))).await;
    assert!(asked.iter().all(|answer| answer.as_ref().is_ok_and(|board| board.served == 2)), "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn whoever_was_slower_tells_what_the_faster_one_announced() {
    let (mut ports, mut order) = (MockAnnouncedBoards::new(), Sequence::new());
    let before = announced(TimeDelta::seconds(-9), 1);
    let (old, after) = (before.clone(), before.announced_at);
    let other = AnnouncedBoard { available_seats: 2, ..announced(TimeDelta::milliseconds(-400), 2) };
    let faster = other.clone();
    ports.expect_last().times(1).in_sequence(&mut order).return_once(move |_| Ok(last(Some(old), now())));
    ports
        .expect_announce()
        .withf(move |_, replaced| *replaced == Some(after))
        .times(1)
        .in_sequence(&mut order)
        .return_once(|_, _| Ok(false));
    ports.expect_last().times(1).in_sequence(&mut order).return_once(move |_| Ok(last(Some(faster), now())));
    let show = ShowBoard::new(sample().0, Arc::new(ports));
    assert_eq!(show.execute(concert_id()).await.as_deref(), Ok(&other));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_announced_that_goes_back() {
    let mut ports = MockAnnouncedBoards::new();
    let before = announced(TimeDelta::seconds(-9), 4);
    let told = before.clone();
    ports.expect_last().times(1).return_once(move |_| Ok(last(Some(told), now())));
    let show = ShowBoard::new(sample().0, Arc::new(ports));
    assert_eq!(show.execute(concert_id()).await.as_deref(), Ok(&before), "number 4 was served before");
}

#[tokio::test(start_paused = true)]
async fn seats_are_counted_anew_where_the_last_count_is_old() {
    let (mut reader, mut ports) = (MockQueueReader::new(), MockAnnouncedBoards::new());
    let later = SeatsLeft { as_of: now() + TimeDelta::seconds(1), ..seats_left(1, 5) };
    reader.expect_seats_left().times(1).return_once(move |_| Ok(Some(later)));
    reader.expect_news().times(1).returning(|_| Ok(no_news_after(1)));
    ports.expect_last().returning(|_| Ok(last(None, now())));
    ports.expect_announce().returning(|_, _| Ok(true));
    let line = line(reader, MockWaitingRooms::new(), &boards(2, 5));
    tokio::time::advance(Duration::from_millis(500)).await;
    let board = ShowBoard::new(line, Arc::new(ports)).execute(concert_id()).await;
    assert_eq!(board.map(|board| board.available_seats), Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_shared_and_not_remembered() {
    let mut ports = MockAnnouncedBoards::new();
    ports.expect_last().times(1).return_once(|_| Err(unavailable()));
    let board = announced(TimeDelta::zero(), 2);
    ports.expect_last().times(1).return_once(move |_| Ok(last(Some(board), now())));
    let show = ShowBoard::new(sample().0, Arc::new(ports));
    let asked = join_all((0..100).map(|_| show.execute(concert_id()))).await;
    assert!(asked.iter().all(|answer| *answer == Err(QueueError::Storage(unavailable()))), "{asked:?}");
    tokio::time::advance(Duration::from_millis(1)).await;
    assert!(show.execute(concert_id()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_unknown_concert_has_no_board() {
    let (mut reader, mut ports) = (MockQueueReader::new(), MockAnnouncedBoards::new());
    ports.expect_last().returning(|_| Ok(last(None, now())));
    reader.expect_seats_left().returning(|_| Ok(None));
    let line = line(reader, MockWaitingRooms::new(), &boards(2, 5));
    let show = ShowBoard::new(line, Arc::new(ports));
    assert_eq!(show.execute(other_concert()).await, Err(QueueError::ConcertNotFound));
}
