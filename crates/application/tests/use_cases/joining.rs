use std::sync::Arc;

use chrono::TimeDelta;
use seatline_application::queue::{Boards, JoinQueue, LeaveQueue, Line, QueueOutlook, QueuePosition};
use seatline_domain::commands::{JoinError, Joined, LeaveError};
use seatline_domain::idempotency::Answer;
use seatline_domain::ports::{MockQueueReader, MockWaitingRooms};
use seatline_domain::queue::{Pass, PassEnd, PassError, RoomFigures, RoomStatus};

use tokio::time::Instant;

use crate::samples::{
    active, ahead_of, boards, claims, concert_id, ended, figures, holder, in_minutes, line,
    line_without_storage, news, no_boards, no_news_after, now, read, seats_left, settings, tokens, update,
    user, waiting,
};

fn joined(pass: Pass, created: bool, ahead: Option<u64>) -> Joined {
    Joined { pass, created, replayed: false, ahead, as_of: now(), room_status: RoomStatus::Open }
}

/// Joins where storage answers so.
async fn join(
    answer: Result<Joined, JoinError>,
    line: Arc<Line>,
) -> Result<(QueuePosition, bool), JoinError> {
    let mut rooms = MockWaitingRooms::new();
    rooms.expect_join().times(1).return_once(move |command| {
        assert_eq!((command.concert_id, command.user_id), (concert_id(), user()));
        answer
    });
    let join = JoinQueue { rooms: Arc::new(rooms), line, tokens: tokens() };
    let Answer { value: status, created, .. } = join.execute(user(), concert_id(), holder(), None).await?;
    assert_eq!(status.token, tokens().issue(status.claims, holder()).text, "the token proves the claims");
    assert_eq!((status.claims.user_id, status.claims.issued_at), (user(), now()));
    Ok((status.position, created))
}

fn position_behind(ahead: u64, eta_seconds: Option<u64>) -> QueuePosition {
    QueuePosition::Waiting { ahead, eta_seconds, poll_after: TimeDelta::seconds(1) }
}

#[tokio::test(start_paused = true)]
async fn a_new_place_in_line_is_told_by_the_join() {
    let line = line(MockQueueReader::new(), MockWaitingRooms::new(), &no_boards());
    let answer = join(Ok(joined(waiting(9), true, Some(5))), line).await;
    assert_eq!(answer, Ok((position_behind(5, None), true)));
}

#[tokio::test(start_paused = true)]
async fn where_the_board_knows_a_rate_a_new_place_has_an_eta() {
    let boards = boards(3, 8);
    let figures = RoomFigures { settings: settings(500, Some(6)), ..figures(concert_id(), 3, 8) };
    boards.apply(&news(vec![update(figures, &[])]), Instant::now());
    let answer = join(Ok(joined(waiting(9), true, Some(5))), line_without_storage(&boards)).await;
    assert_eq!(answer, Ok((position_behind(5, Some(60)), true)));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_comes_at_once_is_no_sign_of_life() {
    let line = line(MockQueueReader::new(), MockWaitingRooms::new(), &no_boards());
    let answer = join(Ok(joined(active(1, false), true, Some(0))), line).await;
    let told = QueuePosition::Active { until: in_minutes(10), show_up_by: Some(in_minutes(2)) };
    assert_eq!(answer, Ok((told, true)));
}

#[tokio::test(start_paused = true)]
async fn what_is_left_is_counted_where_it_may_be_little() {
    for (known, counts) in [(5_000, 0), (999, 1), (0, 1)] {
        let boards = Boards::default();
        let nobody_waits = RoomFigures { waiting: 0, ..figures(concert_id(), 8, 8) };
        boards.apply(&news(vec![update(nobody_waits, &[])]), Instant::now());
        boards.observe_seats_left(concert_id(), seats_left(known, 8));
        let mut reader = MockQueueReader::new();
        reader.expect_seats_left().times(counts).returning(|_| Ok(Some(seats_left(3, 8))));
        let line = line(reader, MockWaitingRooms::new(), &Arc::new(boards));
        let mut rooms = MockWaitingRooms::new();
        let evidence = (counts > 0).then(|| seats_left(3, 8));
        rooms.expect_join().times(1).return_once(move |command| {
            assert_eq!(command.seats_left, evidence);
            Ok(joined(active(9, false), true, Some(0)))
        });
        let join = JoinQueue { rooms: Arc::new(rooms), line, tokens: tokens() };
        join.execute(user(), concert_id(), holder(), None).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_room_that_is_marked_as_sold_out_is_looked_at_once_more() {
    for (left, expected) in [(0, Some(JoinError::SoldOut)), (1, None)] {
        let mut reader = MockQueueReader::new();
        reader.expect_seats_left().times(1).returning(move |_| Ok(Some(seats_left(left, 8))));
        let line = line(reader, MockWaitingRooms::new(), &boards(3, 8));
        let mut rooms = MockWaitingRooms::new();
        rooms.expect_join().times(2).returning(move |command| match command.seats_left {
            Some(seats) if seats.available > 0 => Ok(joined(active(9, false), true, Some(0))),
            _ => Err(JoinError::SoldOut),
        });
        let join = JoinQueue { rooms: Arc::new(rooms), line, tokens: tokens() };
        assert_eq!(join.execute(user(), concert_id(), holder(), None).await.err(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn joining_tells_the_outlook() {
    let answer = JoinQueue {
        rooms: {
            let mut rooms = MockWaitingRooms::new();
            rooms.expect_join().return_once(|_| {
                let paused = RoomStatus::Paused;
                Ok(Joined { room_status: paused, ..joined(waiting(9), true, Some(5)) })
            });
            Arc::new(rooms)
        },
        line: line_without_storage(&boards(3, 8)),
        tokens: tokens(),
    };
    let joined = answer.execute(user(), concert_id(), holder(), None).await.unwrap();
    let outlook = QueueOutlook { room_status: RoomStatus::Paused, available_seats: 5_000 };
    assert_eq!(joined.value.outlook, outlook);
}

#[tokio::test(start_paused = true)]
async fn joining_again_tells_the_old_place_from_the_board() {
    let answer = join(Ok(joined(waiting(4), false, None)), line_without_storage(&boards(1, 9))).await;
    assert_eq!(answer, Ok((position_behind(2, None), false)));
}

#[tokio::test(start_paused = true)]
async fn joining_again_once_admitted_is_showing_up() {
    let (mut reader, mut rooms) = (MockQueueReader::new(), MockWaitingRooms::new());
    reader.expect_pass().times(1).return_once(|_, _| Ok(read(active(4, false))));
    rooms.expect_show_up().times(1).return_once(|_| Ok(active(4, true)));
    let line = line(reader, rooms, &no_boards());
    let answer = join(Ok(joined(active(4, false), false, None)), line).await;
    assert_eq!(answer, Ok((QueuePosition::Active { until: in_minutes(10), show_up_by: None }, false)));
}

#[tokio::test(start_paused = true)]
async fn a_late_retry_is_told_what_became_of_the_pass() {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().returning(|_, _| Ok(read(ended(4, PassEnd::Left))));
    let over = JoinError::Over { number: ended(4, PassEnd::Left).number, created: true };
    let answer = join(Err(over), line(reader, MockWaitingRooms::new(), &no_boards())).await.unwrap();
    assert!(matches!(answer, (QueuePosition::Ended { .. }, true)), "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_concert_cannot_be_joined() {
    let answer = join(
        Err(JoinError::ConcertNotFound),
        line(MockQueueReader::new(), MockWaitingRooms::new(), &no_boards()),
    )
    .await;
    assert_eq!(answer, Err(JoinError::ConcertNotFound));
}

#[tokio::test(start_paused = true)]
async fn leaving_is_known_to_this_instances_board_at_once() {
    let mut rooms = MockWaitingRooms::new();
    rooms.expect_leave().times(1).return_once(|command| {
        assert_eq!((command.concert_id, command.user_id), (concert_id(), user()));
        assert_eq!(command.number.get(), 3);
        Ok(ended(3, seatline_domain::queue::PassEnd::Left))
    });
    let boards = boards(1, 5);
    assert!(ahead_of(&boards, 3).is_some());
    let leave = LeaveQueue { rooms: Arc::new(rooms), boards: boards.clone() };
    assert_eq!(leave.execute(&claims(3)).await, Ok(()));
    assert_eq!(ahead_of(&boards, 3), None);
    assert_eq!(ahead_of(&boards, 5), Some(3), "not published yet");
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    boards.apply(&no_news_after(1), Instant::now());
    assert_eq!(ahead_of(&boards, 5), Some(2));
}

#[tokio::test(start_paused = true)]
async fn somebody_who_could_not_leave_stays_on_the_board() {
    let refusal = LeaveError::Pass(PassError::Mismatch);
    let (mut rooms, returned) = (MockWaitingRooms::new(), refusal.clone());
    rooms.expect_leave().return_once(move |_| Err(returned));
    let boards = boards(1, 5);
    let leave = LeaveQueue { rooms: Arc::new(rooms), boards: boards.clone() };
    assert_eq!(leave.execute(&claims(3)).await, Err(refusal));
    assert!(ahead_of(&boards, 3).is_some());
}
