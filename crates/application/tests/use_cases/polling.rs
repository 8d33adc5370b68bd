use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use futures::future::join_all;
use mockall::predicate::eq;
use seatline_application::queue::{
    Line, PollError, PollQueue, QueueError, RefreshBoards, ShowQueue, Standing,
};
use seatline_domain::queue::{MockQueueReader, MockWaitingRooms, Number, PassEnd};
use seatline_domain::storage::StorageError;
use tokio::sync::Mutex;

use crate::samples::{
    active, boards, claims, concert_id, ended, figures, in_minutes, line, line_without_storage, now,
    other_concert, other_user, read, tokens, unavailable, update, user, waiting,
};

async fn poll(line: &Arc<Line>, number: u64) -> Result<Standing, PollError> {
    let poll = PollQueue { line: line.clone(), tokens: tokens() };
    let status = poll.execute(claims(number)).await?;
    assert_eq!(tokens().verify(&status.token), Some(claims(number)));
    Ok(status.standing)
}

fn behind(ahead: u64, seconds: i64) -> Standing {
    Standing::Waiting { ahead, eta_seconds: None, poll_after: TimeDelta::seconds(seconds) }
}

#[tokio::test]
async fn a_waiting_poll_touches_no_storage() {
    let line = line_without_storage(&boards(10, 5_000));
    for _ in 0..100 {
        assert_eq!(poll(&line, 11).await, Ok(behind(0, 1)));
        assert_eq!(poll(&line, 2_011).await, Ok(behind(2_000, 20)));
    }
}

#[tokio::test]
async fn a_number_that_the_board_has_not_seen_brings_it_up_to_date_once() {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().returning(|_, number| Ok(read(waiting(number.get()))));
    reader
        .expect_updates()
        .with(eq(BTreeMap::from([(concert_id(), 0)])))
        .times(1)
        .returning(|_| Ok(vec![update(figures(concert_id(), 1, 30), &[])]));
    let line = line(reader, MockWaitingRooms::new(), &boards(1, 5));
    let polls = (6..30).map(|number| poll(&line, number));
    for (ahead, standing) in (4..).zip(join_all(polls).await) {
        assert_eq!(standing, Ok(behind(ahead, 1)));
    }
}

#[tokio::test]
async fn an_admitted_person_shows_up_by_polling_and_only_once() {
    let (mut reader, mut rooms) = (MockQueueReader::new(), MockWaitingRooms::new());
    reader
        .expect_pass()
        .with(eq(concert_id()), eq(Number::new(2)))
        .times(1)
        .return_once(|_, _| Ok(read(active(2, false))));
    reader.expect_pass().times(1).return_once(|_, _| Ok(read(active(2, true))));
    rooms.expect_show_up().times(1).return_once(|command| {
        assert_eq!((command.concert_id, command.user_id), (concert_id(), user()));
        assert_eq!(command.number, Number::new(2));
        Ok(active(2, true))
    });
    let line = line(reader, rooms, &boards(2, 5));
    for _ in 0..2 {
        assert_eq!(poll(&line, 2).await, Ok(Standing::Active { until: in_minutes(10) }));
    }
}

#[tokio::test]
async fn a_sign_of_life_that_was_not_written_does_not_fail_the_poll() {
    let (mut reader, mut rooms) = (MockQueueReader::new(), MockWaitingRooms::new());
    reader.expect_pass().return_once(|_, _| Ok(read(active(2, false))));
    rooms.expect_show_up().return_once(|_| Err(unavailable().into()));
    let line = line(reader, rooms, &Arc::default());
    assert_eq!(poll(&line, 2).await, Ok(Standing::Active { until: in_minutes(10) }));
}

#[tokio::test]
async fn a_pass_that_ended_answers_with_its_final_state() {
    for end in [PassEnd::Completed, PassEnd::Expired, PassEnd::Left] {
        let mut reader = MockQueueReader::new();
        reader.expect_pass().return_once(move |_, _| Ok(read(ended(2, end))));
        let line = line(reader, MockWaitingRooms::new(), &boards(2, 5));
        assert_eq!(poll(&line, 2).await, Ok(Standing::Ended { end, at: now() }));
    }
}

#[tokio::test]
async fn a_pass_whose_time_is_up_has_expired_though_nobody_wrote_it() {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().return_once(|_, _| {
        let mut late = read(active(2, true));
        late.as_mut().unwrap().as_of = in_minutes(10);
        Ok(late)
    });
    let line = line(reader, MockWaitingRooms::new(), &Arc::default());
    let expired = Standing::Ended { end: PassEnd::Expired, at: in_minutes(10) };
    assert_eq!(poll(&line, 2).await, Ok(expired));
}

#[tokio::test]
async fn a_pass_never_given_out_or_somebody_elses_is_unknown() {
    let mut stolen = read(active(2, true));
    stolen.as_mut().unwrap().pass.user_id = other_user();
    for stored in [None, stolen] {
        let mut reader = MockQueueReader::new();
        reader.expect_pass().times(1).return_once(move |_, _| Ok(stored));
        let line = line(reader, MockWaitingRooms::new(), &Arc::default());
        assert_eq!(poll(&line, 2).await, Err(PollError::Unknown));
    }
}

#[tokio::test]
async fn a_board_that_stays_behind_is_a_storage_error_and_no_endless_loop() {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().times(3).returning(|_, _| Ok(read(waiting(9))));
    reader.expect_updates().times(3).returning(|_| Ok(vec![update(figures(concert_id(), 1, 5), &[])]));
    let line = line(reader, MockWaitingRooms::new(), &boards(1, 5));
    let refused = poll(&line, 9).await;
    assert!(matches!(refused, Err(PollError::Storage(StorageError::Unavailable(_)))), "{refused:?}");
}

#[tokio::test]
async fn somebody_admitted_between_board_and_storage_is_found_active() {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().times(1).return_once(|_, _| Ok(read(waiting(9))));
    reader.expect_pass().times(1).return_once(|_, _| Ok(read(active(9, true))));
    reader.expect_updates().times(1).returning(|_| Ok(vec![update(figures(concert_id(), 9, 9), &[])]));
    let line = line(reader, MockWaitingRooms::new(), &boards(1, 5));
    assert_eq!(poll(&line, 9).await, Ok(Standing::Active { until: in_minutes(10) }));
}

#[tokio::test]
async fn boards_ask_for_what_they_have_not_seen_and_forget_empty_rooms() {
    let mut reader = MockQueueReader::new();
    reader.expect_updates().with(eq(BTreeMap::new())).times(1).returning(|_| {
        Ok(vec![
            update(figures(concert_id(), 1, 9), &[(1, 4), (2, 3)]),
            update(figures(other_concert(), 1, 2), &[]),
        ])
    });
    let seen = BTreeMap::from([(concert_id(), 2), (other_concert(), 0)]);
    reader.expect_updates().with(eq(seen)).times(1).returning(|_| {
        let mut empty = figures(other_concert(), 2, 2);
        empty.active = 0;
        Ok(vec![update(figures(concert_id(), 1, 9), &[(3, 7)]), update(empty, &[])])
    });
    reader.expect_updates().with(eq(BTreeMap::from([(concert_id(), 3)]))).times(1).returning(|_| Ok(vec![]));
    let boards = Arc::default();
    let refresh =
        RefreshBoards { reader: Arc::new(reader), boards: Arc::clone(&boards), turn: Mutex::new(()) };
    for _ in 0..3 {
        refresh.execute().await.unwrap();
    }
    assert_eq!(boards.ahead_of(concert_id(), Number::new(9)).unwrap().0, 4);
    assert_eq!(boards.figures(other_concert()), None);
}

#[tokio::test]
async fn a_failed_refresh_leaves_the_boards_as_they_were() {
    let mut reader = MockQueueReader::new();
    reader.expect_updates().return_once(|_| Err(unavailable()));
    let boards = boards(1, 5);
    let refresh = RefreshBoards { reader: Arc::new(reader), boards: boards.clone(), turn: Mutex::new(()) };
    assert_eq!(refresh.execute().await, Err(unavailable()));
    assert_eq!(boards.ahead_of(concert_id(), Number::new(5)).unwrap().0, 3);
}

#[tokio::test]
async fn the_public_figures_come_from_storage() {
    let mut reader = MockQueueReader::new();
    reader.expect_figures().with(eq(concert_id())).returning(|id| Ok(Some(figures(id, 3, 8))));
    reader.expect_figures().returning(|_| Ok(None));
    let show = ShowQueue { reader: Arc::new(reader) };
    assert_eq!(show.execute(concert_id()).await, Ok(figures(concert_id(), 3, 8)));
    assert_eq!(show.execute(other_concert()).await, Err(QueueError::ConcertNotFound));
}
