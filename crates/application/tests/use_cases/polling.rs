use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures::future::join_all;
use mockall::predicate::eq;
use seatline_application::queue::{
    Boards, Line, PollError, PollQueue, QueueError, QueuePosition, RefreshBoards, RequireTurn, ShowQueue,
    TurnRefusal,
};
use seatline_domain::ports::{MockQueueReader, MockWaitingRooms};
use seatline_domain::queue::{
    Admission, BoardNews, BoardUpdate, BoardWatermark, Departure, LineEnd, Number, Pass, PassEnd,
    QueueClaims, RoomFigures, RoomStatus,
};
use seatline_domain::storage::StorageError;
use tokio::time::Instant;

use crate::samples::{
    active, ahead_of, boards, claims, concert_id, ended, figures, holder, in_minutes, line,
    line_without_storage, news, no_boards, no_news_after, now, old_claims, other_concert, other_user, read,
    seats_left, settings, tokens, unavailable, update, user, waiting,
};

async fn poll(line: &Arc<Line>, number: u64) -> Result<QueuePosition, PollError> {
    poll_with(line, claims(number)).await
}

async fn poll_with(line: &Arc<Line>, claims: QueueClaims) -> Result<QueuePosition, PollError> {
    let (poll, token) = (PollQueue { line: line.clone() }, tokens().issue(claims, holder()));
    let status = poll.execute(token.clone()).await?;
    assert_eq!((status.token, status.claims), (token.text, claims));
    assert_eq!(status.outlook.room_status, RoomStatus::Open);
    Ok(status.position)
}

fn position_behind(ahead: u64, seconds: i64) -> QueuePosition {
    QueuePosition::Waiting { ahead, eta_seconds: None, poll_after: TimeDelta::seconds(seconds) }
}

#[tokio::test(start_paused = true)]
async fn a_waiting_poll_touches_no_storage() {
    let line = line_without_storage(&boards(10, 5_000));
    for _ in 0..100 {
        assert_eq!(poll(&line, 11).await, Ok(position_behind(0, 1)));
        assert_eq!(poll(&line, 2_011).await, Ok(position_behind(2_000, 2)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_that_the_board_has_not_seen_has_its_place_all_the_same() {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().times(24).returning(|_, number| Ok(read(waiting(number.get()))));
    let line = line(reader, MockWaitingRooms::new(), &boards(1, 5));
    let polls = (6..30).map(|number| poll(&line, number));
    for (ahead, position) in (4..).zip(join_all(polls).await) {
        assert_eq!(position, Ok(position_behind(ahead, 1)));
    }
}

/// Polls of numbers 2 to 29, all at once.
async fn poll_many(line: &Arc<Line>) -> Vec<Result<QueuePosition, PollError>> {
    join_all((2..30).map(|number| poll(line, number))).await
}

#[tokio::test(start_paused = true)]
async fn just_after_the_start_polls_wait_for_one_refresh() {
    let mut reader = MockQueueReader::new();
    let first = || Ok(news(vec![update(figures(concert_id(), 1, 30), &[])]));
    reader.expect_news().with(eq(BTreeMap::new())).times(1).returning(move |_| first());
    let line = line(reader, MockWaitingRooms::new(), &Arc::default());
    for (ahead, position) in (0..).zip(poll_many(&line).await) {
        assert_eq!(position, Ok(position_behind(ahead, 1)));
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_just_joined_waits_until_all_is_heard_that_happened_before() {
    let (mut reader, boards) = (MockQueueReader::new(), Boards::default());
    let left = update(figures(concert_id(), 1, 30), &[(1, 2)]);
    let commit_pending = BoardNews { complete_until: in_minutes(-1), ..news(vec![left]) };
    let mut of_the_other = update(figures(concert_id(), 1, 30), &[]);
    of_the_other.departures =
        vec![Departure { sequence: 2, number: Number::new(3), at: now() - TimeDelta::milliseconds(1) }];
    of_the_other.departures_seen = 2;
    boards.apply(&commit_pending, Instant::now());
    reader.expect_news().times(1).return_once(move |_| Ok(commit_pending));
    reader.expect_news().times(1).return_once(move |_| Ok(news(vec![of_the_other])));
    let line = line(reader, MockWaitingRooms::new(), &Arc::new(boards));
    assert_eq!(poll(&line, 30).await, Ok(position_behind(26, 1)));
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_lags_behind_says_nothing_and_asks_once_for_all() {
    let mut reader = MockQueueReader::new();
    // The first poll asks for itself, as it came before; the others share what comes of the second.
    reader.expect_news().times(1..=2).returning(|_| Err(unavailable()));
    let line = line(reader, MockWaitingRooms::new(), &boards(1, 30));
    tokio::time::advance(Duration::from_secs(3)).await;
    for position in poll_many(&line).await {
        assert_eq!(position, Err(unavailable().into()));
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_shown_up_is_told_of_their_turn_before_it_is_published() {
    let mut reader = MockQueueReader::new();
    reader
        .expect_pass()
        .returning(|_, number| Ok(read(Pass { issued_at: in_minutes(-1), ..active(number.get(), true) })));
    let line = line(reader, MockWaitingRooms::new(), &boards(2, 5));
    assert_eq!(poll(&line, 2).await, Ok(QueuePosition::Active { until: in_minutes(10), show_up_by: None }));
}

#[tokio::test(start_paused = true)]
async fn an_admission_is_told_once_it_is_published() {
    let (mut reader, boards) = (MockQueueReader::new(), boards(1, 5));
    reader
        .expect_pass()
        .returning(|_, number| Ok(read(Pass { issued_at: in_minutes(-60), ..active(number.get(), false) })));
    let mut step = update(figures(concert_id(), 2, 5), &[]);
    step.admissions = vec![Admission { up_to: Number::new(2), at: now() }];
    boards.apply(&news(vec![step]), Instant::now());
    let mut rooms = MockWaitingRooms::new();
    rooms.expect_show_up().times(1).return_once(|_| Ok(active(2, true)));
    let line = line(reader, rooms, &boards);
    assert_eq!(poll_with(&line, old_claims(2)).await, Ok(position_behind(0, 1)));
    assert_eq!(poll_with(&line, old_claims(5)).await, Ok(position_behind(3, 1)));
    tokio::time::advance(Duration::from_secs(1)).await;
    boards.apply(&no_news_after(1), Instant::now());
    assert_eq!(
        poll_with(&line, old_claims(2)).await,
        Ok(QueuePosition::Active { until: in_minutes(10), show_up_by: None })
    );
    assert_eq!(poll_with(&line, old_claims(5)).await, Ok(position_behind(2, 1)));
}

#[tokio::test(start_paused = true)]
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
        assert_eq!(
            poll(&line, 2).await,
            Ok(QueuePosition::Active { until: in_minutes(10), show_up_by: None })
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_sign_of_life_that_was_not_written_does_not_fail_the_poll() {
    let (mut reader, mut rooms) = (MockQueueReader::new(), MockWaitingRooms::new());
    reader.expect_pass().return_once(|_, _| Ok(read(active(2, false))));
    rooms.expect_show_up().return_once(|_| Err(unavailable().into()));
    let line = line(reader, rooms, &no_boards());
    let told = QueuePosition::Active { until: in_minutes(10), show_up_by: Some(in_minutes(2)) };
    assert_eq!(poll(&line, 2).await, Ok(told));
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_ended_answers_with_its_final_state() {
    for end in [PassEnd::Completed, PassEnd::Expired, PassEnd::Left, PassEnd::LineEnded] {
        let mut reader = MockQueueReader::new();
        reader.expect_pass().return_once(move |_, _| Ok(read(ended(2, end))));
        let line = line(reader, MockWaitingRooms::new(), &boards(2, 5));
        assert_eq!(poll(&line, 2).await, Ok(QueuePosition::Ended { end, at: now() }));
    }
}

/// News of a line that ended just now, of which numbers 3 to 5 waited.
fn line_ended() -> BoardNews {
    let (after, up_to) = (Number::new(2), Number::new(5));
    let mut ended = figures(concert_id(), 5, 5);
    ended.line_end = Some(LineEnd { at: now(), after, up_to, written_up_to: after });
    news(vec![BoardUpdate { served_before: 2, ..update(ended, &[]) }])
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_line_is_told_from_memory_once_it_is_published() {
    let boards = boards(2, 5);
    boards.apply(&line_ended(), Instant::now());
    boards.observe_seats_left(concert_id(), seats_left(0, 5));
    let line = line_without_storage(&boards);
    assert_eq!(poll_with(&line, old_claims(5)).await, Ok(position_behind(2, 1)), "not published yet");
    tokio::time::advance(Duration::from_secs(1)).await;
    boards.apply(&no_news_after(1), Instant::now());
    let over = QueuePosition::Ended { end: PassEnd::LineEnded, at: now() };
    for number in 3..=5 {
        assert_eq!(poll_with(&line, old_claims(number)).await, Ok(over));
    }
    let turn = RequireTurn { line };
    assert_eq!(turn.execute(&old_claims(5)).await, Ok(Err(TurnRefusal::Ended(PassEnd::LineEnded))));
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_did_not_see_the_line_end_reads_it() {
    let ended_then = Pass { issued_at: in_minutes(-60), ..ended(5, PassEnd::LineEnded) };
    let mut reader = MockQueueReader::new();
    reader.expect_pass().times(2).returning(move |_, _| Ok(read(ended_then.clone())));
    let boards = boards(2, 5);
    let line = line(reader, MockWaitingRooms::new(), &boards);
    let gone = BoardNews { rooms: vec![update(figures(concert_id(), 5, 5), &[])], ..news(vec![]) };
    boards.apply(&gone, Instant::now());
    assert!(matches!(poll_with(&line, old_claims(5)).await, Ok(QueuePosition::Waiting { .. })));
    tokio::time::advance(Duration::from_secs(1)).await;
    boards.apply(&no_news_after(1), Instant::now());
    let over = QueuePosition::Ended { end: PassEnd::LineEnded, at: now() };
    assert_eq!(poll_with(&line, old_claims(5)).await, Ok(over));
}

#[tokio::test(start_paused = true)]
async fn a_count_of_the_seats_is_told_for_a_while() {
    let boards = boards(2, 5);
    boards.observe_seats_left(concert_id(), seats_left(7, 0));
    assert!(boards.available_seats(concert_id(), Duration::from_millis(1_500)).is_some());
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(
        boards.available_seats(concert_id(), Duration::from_millis(1_500)),
        None,
        "whoever asks has it counted anew"
    );
}

#[tokio::test(start_paused = true)]
async fn in_a_paused_room_there_is_no_estimate() {
    let boards = boards(1, 5);
    let settings = settings(1, Some(60));
    for (status, eta) in [(RoomStatus::Open, true), (RoomStatus::Paused, false)] {
        let figures = RoomFigures { status, settings, ..figures(concert_id(), 1, 5) };
        boards.apply(&news(vec![update(figures, &[])]), Instant::now());
        let token = tokens().issue(claims(3), holder());
        let told = PollQueue { line: line_without_storage(&boards) }.execute(token).await.unwrap();
        let QueuePosition::Waiting { eta_seconds, .. } = told.position else { panic!("they wait") };
        assert_eq!((eta_seconds.is_some(), told.outlook.room_status), (eta, status));
        assert_eq!(told.outlook.available_seats, 5_000);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pass_whose_time_is_up_has_expired_though_nobody_wrote_it() {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().return_once(|_, _| {
        let mut late = read(active(2, true));
        late.as_mut().unwrap().as_of = in_minutes(10);
        Ok(late)
    });
    let line = line(reader, MockWaitingRooms::new(), &no_boards());
    let expired = QueuePosition::Ended { end: PassEnd::Expired, at: in_minutes(10) };
    assert_eq!(poll(&line, 2).await, Ok(expired));
}

#[tokio::test(start_paused = true)]
async fn a_pass_never_given_out_or_somebody_elses_is_unknown() {
    let mut stolen = read(active(2, true));
    stolen.as_mut().unwrap().pass.user_id = other_user();
    for stored in [None, stolen] {
        let mut reader = MockQueueReader::new();
        reader.expect_pass().times(1).return_once(move |_, _| Ok(stored));
        let line = line(reader, MockWaitingRooms::new(), &no_boards());
        assert_eq!(poll(&line, 2).await, Err(PollError::Unknown));
    }
}

#[tokio::test(start_paused = true)]
async fn a_board_that_stays_behind_is_a_storage_error_and_no_endless_loop() {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().times(10).returning(|_, _| Ok(read(waiting(9))));
    reader.expect_news().times(10).returning(|_| Ok(news(vec![])));
    let line = line(reader, MockWaitingRooms::new(), &no_boards());
    let refused = poll(&line, 9).await;
    assert!(matches!(refused, Err(PollError::Storage(StorageError::Unavailable(_)))), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn somebody_admitted_between_board_and_storage_is_found_active() {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().times(1).return_once(|_, _| Ok(read(waiting(9))));
    reader.expect_pass().times(1).return_once(|_, _| Ok(read(active(9, true))));
    reader.expect_news().times(1).returning(|_| Ok(news(vec![])));
    let line = line(reader, MockWaitingRooms::new(), &no_boards());
    assert_eq!(poll(&line, 9).await, Ok(QueuePosition::Active { until: in_minutes(10), show_up_by: None }));
}

fn up_to(departures: u64) -> BoardWatermark {
    BoardWatermark { departures, now_serving: 1 }
}

#[tokio::test(start_paused = true)]
async fn boards_ask_for_what_they_have_not_seen_and_forget_empty_rooms() {
    let mut reader = MockQueueReader::new();
    reader.expect_news().with(eq(BTreeMap::new())).times(1).returning(|_| {
        Ok(news(vec![
            update(figures(concert_id(), 1, 9), &[(1, 4), (2, 3)]),
            update(figures(other_concert(), 1, 2), &[]),
        ]))
    });
    let seen = BTreeMap::from([(concert_id(), up_to(2)), (other_concert(), up_to(0))]);
    reader.expect_news().with(eq(seen)).times(1).returning(|_| {
        let mut empty = figures(other_concert(), 2, 2);
        empty.active = 0;
        Ok(news(vec![update(figures(concert_id(), 1, 9), &[(3, 7)]), update(empty, &[])]))
    });
    reader
        .expect_news()
        .with(eq(BTreeMap::from([(concert_id(), up_to(3))])))
        .times(1)
        .returning(|_| Ok(news(vec![])));
    let boards = Arc::default();
    let refresh = RefreshBoards::new(Arc::new(reader), Arc::clone(&boards));
    for _ in 0..3 {
        refresh.execute().await.unwrap();
    }
    assert_eq!(ahead_of(&boards, 9), Some(4));
    assert!(!boards.watermarks().contains_key(&other_concert()));
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_leaves_the_boards_as_they_were() {
    let mut reader = MockQueueReader::new();
    reader.expect_news().return_once(|_| Err(unavailable()));
    let boards = boards(1, 5);
    let refresh = RefreshBoards::new(Arc::new(reader), boards.clone());
    assert_eq!(refresh.execute().await, Err(unavailable()));
    assert_eq!(ahead_of(&boards, 5), Some(3));
}

#[tokio::test(start_paused = true)]
async fn the_public_figures_come_from_storage() {
    let mut reader = MockQueueReader::new();
    reader.expect_figures().with(eq(concert_id())).returning(|id| Ok(Some(figures(id, 3, 8))));
    reader.expect_figures().returning(|_| Ok(None));
    let show = ShowQueue { reader: Arc::new(reader) };
    assert_eq!(show.execute(concert_id()).await, Ok(figures(concert_id(), 3, 8)));
    assert_eq!(show.execute(other_concert()).await, Err(QueueError::ConcertNotFound));
}
