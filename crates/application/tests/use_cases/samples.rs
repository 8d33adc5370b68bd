//! The samples of all tests, and what use cases make of them.

pub(crate) use seatline_domain::samples::{claims, concert_id, now, user_id as user};

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use seatline_application::queue::{
    BoardAnswer, Boards, Holder, Line, QueueKey, QueueTokens, RefreshBoards, RequireTurn,
};
use seatline_domain::Timestamp;
use seatline_domain::concert::{Concert, Performance, SeatLimit};
use seatline_domain::id::{ConcertId, PerformanceId, ReservationId, UserId};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::point::Amount;
use seatline_domain::ports::{MockIds, MockQueueReader, MockWaitingRooms};
use seatline_domain::queue::{
    AdmitRate, BoardNews, BoardUpdate, Capacity, Departure, Number, Pass, PassAt, PassEnd, PassState,
    QueueClaims, RoomFigures, RoomSettings, RoomStatus,
};
use seatline_domain::reservation::{Reservation, ReservationState, ReservedSeat};
use seatline_domain::samples;
use seatline_domain::seat::{SeatNumber, SeatsLeft};
use seatline_domain::storage::StorageError;
use seatline_domain::user::AccessTokenHash;
use tokio::time::Instant;
use uuid::Uuid;

pub(crate) fn in_minutes(minutes: i64) -> Timestamp {
    now() + TimeDelta::minutes(minutes)
}

pub(crate) fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub(crate) fn other_user() -> UserId {
    UserId::new(id(0xB))
}

pub(crate) fn other_concert() -> ConcertId {
    ConcertId::new(id(0xD))
}

pub(crate) fn reservation_id() -> ReservationId {
    ReservationId::new(id(0xE))
}

/// New ids: 1001, 1002, 1003, …
pub(crate) fn ids() -> Arc<MockIds> {
    let (mut ids, given) = (MockIds::new(), AtomicU64::new(1_000));
    ids.expect_next().returning(move || id((given.fetch_add(1, Ordering::Relaxed) + 1).into()));
    Arc::new(ids)
}

pub(crate) fn unavailable() -> StorageError {
    StorageError::Unavailable("the cable is cut".into())
}

pub(crate) fn page<C>(limit: u16, after: Option<C>) -> PageRequest<C> {
    PageRequest { limit: PageLimit::parse(limit).unwrap(), after }
}

/// The sample concert, with four seats for everybody.
pub(crate) fn concert() -> Concert {
    Concert { max_seats_per_user: SeatLimit::parse(4).unwrap(), ..samples::concert() }
}

pub(crate) fn date() -> NaiveDate {
    samples::performance().date
}

/// One of the concert's performances.
pub(crate) fn performance(n: u128) -> Performance {
    Performance { id: PerformanceId::new(id(n)), ..samples::performance() }
}

pub(crate) fn reservation() -> Reservation {
    let seat = ReservedSeat {
        number: SeatNumber::parse(7).unwrap(),
        section: "General".into(),
        price: Amount::whole(100),
    };
    Reservation {
        id: reservation_id(),
        concert_id: concert_id(),
        performance_id: PerformanceId::new(id(1)),
        user_id: user(),
        seats: vec![seat],
        amount: Amount::whole(100),
        state: ReservationState::Held,
        held_at: now(),
        expires_at: in_minutes(5),
        performance_cancelled_at: None,
    }
}

pub(crate) fn waiting(number: u64) -> Pass {
    Pass::waiting(concert_id(), Number::new(number), user(), now())
}

/// An admitted pass whose user still has to show up, or has.
pub(crate) fn active(number: u64, shown_up: bool) -> Pass {
    let show_up_by = (!shown_up).then(|| in_minutes(2));
    let (expires_at, ends_by) = (in_minutes(10), in_minutes(30));
    let state = PassState::Active { admitted_at: now(), expires_at, show_up_by, ends_by };
    Pass { state, ..waiting(number) }
}

pub(crate) fn ended(number: u64, end: PassEnd) -> Pass {
    Pass { state: PassState::Ended { end, at: now(), admitted_at: Some(now()) }, ..waiting(number) }
}

#[expect(clippy::unnecessary_wraps, reason = "as the port gives it")]
pub(crate) fn read(pass: Pass) -> Option<PassAt> {
    Some(PassAt { pass, as_of: now(), room_status: RoomStatus::Open })
}

/// Settings with this capacity and rate, and the usual durations.
pub(crate) fn settings(capacity: u32, per_minute: Option<u32>) -> RoomSettings {
    let usual = RoomSettings::default();
    let rate = per_minute.map(|people| AdmitRate::parse(people).unwrap());
    let capacity = Capacity::parse(capacity).unwrap();
    RoomSettings::new(capacity, rate, usual.pass_ttl(), usual.show_up_within()).unwrap()
}

/// The figures of a room in which everybody waits behind the number that was served last.
pub(crate) fn figures(concert_id: ConcertId, now_serving: u64, last_number: u64) -> RoomFigures {
    RoomFigures { concert_id, ..samples::room_figures(now_serving, last_number) }
}

/// What is new in all rooms, read just now.
pub(crate) fn news(rooms: Vec<BoardUpdate>) -> BoardNews {
    BoardNews { read_at: now(), read_within: Duration::ZERO, complete_until: now(), rooms }
}

/// No news, read so many seconds later.
pub(crate) fn no_news_after(seconds: i64) -> BoardNews {
    let at = now() + TimeDelta::seconds(seconds);
    BoardNews { read_at: at, read_within: Duration::ZERO, complete_until: at, rooms: Vec::new() }
}

/// Boards of no room, by which those are known to be up to date who wait for nothing.
pub(crate) fn no_boards() -> Arc<Boards> {
    let boards = Boards::default();
    boards.apply(&news(Vec::new()), Instant::now());
    Arc::new(boards)
}

/// What is new in a room. Whoever left, left an hour ago.
pub(crate) fn update(figures: RoomFigures, left: &[(u64, u64)]) -> BoardUpdate {
    let at = in_minutes(-60);
    let departure =
        |(sequence, number): &(u64, u64)| Departure { sequence: *sequence, number: Number::new(*number), at };
    BoardUpdate {
        figures,
        served_before: figures.now_serving,
        admissions: Vec::new(),
        departures: left.iter().map(departure).collect(),
        departures_seen: left.last().map_or(0, |(sequence, _)| *sequence),
    }
}

/// So many free seats of a concert on sale, counted when its room had given out so many numbers.
pub(crate) fn seats_left(available: u64, last_number: u64) -> SeatsLeft {
    SeatsLeft { as_of: now(), last_number, has_performances: true, available, held: 0 }
}

/// Boards that show one room, with plenty of seats left: `now_serving` to `last_number`.
pub(crate) fn boards(now_serving: u64, last_number: u64) -> Arc<Boards> {
    let boards = Boards::default();
    boards.apply(&news(vec![update(figures(concert_id(), now_serving, last_number), &[])]), Instant::now());
    boards.observe_seats_left(concert_id(), seats_left(5_000, last_number));
    Arc::new(boards)
}

/// What the token proves of somebody who joined long ago.
pub(crate) fn old_claims(number: u64) -> QueueClaims {
    QueueClaims { issued_at: in_minutes(-60), ..claims(number) }
}

/// How many people these boards see ahead of a number that waits and joined long ago.
pub(crate) fn ahead_of(boards: &Boards, number: u64) -> Option<u64> {
    match boards.answer_for(&old_claims(number), None) {
        BoardAnswer::Waiting(position) => Some(position.ahead),
        BoardAnswer::LineEnded { .. } | BoardAnswer::Unknown | BoardAnswer::Lagging(_) => None,
    }
}

/// A line over these ports and boards.
pub(crate) fn line(mut reader: MockQueueReader, rooms: MockWaitingRooms, boards: &Arc<Boards>) -> Arc<Line> {
    // Where no test says otherwise.
    reader.expect_seats_left().returning(|_| Ok(Some(seats_left(77, 0))));
    line_of(reader, rooms, boards)
}

fn line_of(reader: MockQueueReader, rooms: MockWaitingRooms, boards: &Arc<Boards>) -> Arc<Line> {
    let reader = Arc::new(reader);
    let refresh = RefreshBoards::new(reader.clone(), boards.clone());
    Arc::new(Line { reader, rooms: Arc::new(rooms), boards: boards.clone(), refresh: Arc::new(refresh) })
}

/// A line that finds everything on its boards and touches no storage.
pub(crate) fn line_without_storage(boards: &Arc<Boards>) -> Arc<Line> {
    line_of(MockQueueReader::new(), MockWaitingRooms::new(), boards)
}

/// Asks about turns where this pass is what storage has.
pub(crate) fn turn_with(pass: Option<PassAt>) -> Arc<RequireTurn> {
    let mut reader = MockQueueReader::new();
    reader.expect_pass().returning(move |_, _| Ok(pass.clone()));
    Arc::new(RequireTurn { line: line(reader, MockWaitingRooms::new(), &no_boards()) })
}

/// Asks about turns where somebody waits behind two others.
pub(crate) fn turn_of_number_three() -> Arc<RequireTurn> {
    Arc::new(RequireTurn { line: line_without_storage(&boards(0, 5)) })
}

/// Asks about turns where nobody is expected to.
pub(crate) fn turn_not_asked() -> Arc<RequireTurn> {
    Arc::new(RequireTurn { line: line_without_storage(&no_boards()) })
}

/// To whom tokens are given.
pub(crate) fn holder() -> Holder {
    Holder::of(&AccessTokenHash::new([5; 32]))
}

pub(crate) fn tokens() -> Arc<QueueTokens> {
    Arc::new(QueueTokens::new(QueueKey::parse(&[7; 32]).unwrap(), vec![]))
}
