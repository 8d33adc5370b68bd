use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::future::join;
use futures::{FutureExt, StreamExt, poll};
use seatline_domain::Timestamp;
use seatline_domain::commands::{
    ChangeSeatsCommand, ChangeSeatsError, HoldError, HoldSeatsCommand, TurnError,
};
use seatline_domain::concert::Performance;
use seatline_domain::id::{ConcertId, PerformanceId, ReservationId, UserId};
use seatline_domain::idempotency::Answer;
use seatline_domain::ports::{
    MockProgramme, MockQueueReader, MockSeatInventory, MockWaitingRooms, SeatInventory,
};
use seatline_domain::queue::{Pass, PassAt, PassEnd, PassState, QueueClaims, RoomStatus};
use seatline_domain::reservation::Reservation;
use seatline_domain::samples::{self, now, performance_id};
use seatline_domain::seat::{Seat, SeatKey, SeatMap, SeatNumber, SeatRange, SeatRanges, SeatState};
use seatline_domain::storage::StorageError;
use tokio::time::advance;
use uuid::Uuid;

use super::{MapVersion, SeatEvent, SeatSubscription, WatchSeats, WatchSeatsError};
use crate::queue::{Boards, Line, RefreshBoards, RequireTurn, TurnRefusal};
use crate::seats::SeatsError;
use crate::streams::{StreamPlaces, StreamRefusal};

/// What is so at the moment: nine seats, and whose turn it is.
#[derive(Default)]
struct Stage {
    taken: BTreeMap<u32, SeatState>,
    seconds: i64,
    unavailable: bool,
    ended: Option<PassEnd>,
    reads: usize,
    /// How long a read takes.
    takes: Duration,
}

struct World {
    stage: Arc<Mutex<Stage>>,
    places: Arc<StreamPlaces>,
    watch: WatchSeats,
}

fn after(seconds: i64) -> Timestamp {
    now() + TimeDelta::seconds(seconds)
}

fn user(n: u64) -> UserId {
    UserId::new(Uuid::from_u128(n.into()))
}

fn claims(n: u64) -> QueueClaims {
    QueueClaims { user_id: user(n), ..samples::claims(n) }
}

fn held(n: u64, until: i64) -> SeatState {
    let reservation_id = ReservationId::new(Uuid::from_u128(n.into()));
    SeatState::Held { reservation_id, user_id: user(n), until: after(until) }
}

fn sold(n: u64) -> SeatState {
    SeatState::Sold { reservation_id: ReservationId::new(Uuid::from_u128(n.into())), user_id: user(n) }
}

fn other_performance() -> PerformanceId {
    PerformanceId::new(Uuid::from_u128(77))
}

impl Stage {
    fn map(&self) -> SeatMap {
        let seats = (1..=9).map(|number| Seat {
            key: SeatKey { performance_id: performance_id(), number: SeatNumber::parse(number).unwrap() },
            section: "Floor".into(),
            price: samples::performance().price_from,
            state: self.taken.get(&number).copied().unwrap_or(SeatState::Available),
        });
        SeatMap::of(seats, after(self.seconds))
    }
}

/// Takes its time, as storage does.
struct Slow(Arc<Mutex<Stage>>);

#[async_trait]
impl SeatInventory for Slow {
    async fn hold(&self, command: HoldSeatsCommand) -> Result<Answer<Reservation>, TurnError<HoldError>> {
        MockSeatInventory::new().hold(command).await
    }

    async fn change_seats(
        &self,
        command: ChangeSeatsCommand,
    ) -> Result<Answer<PerformanceId>, ChangeSeatsError> {
        MockSeatInventory::new().change_seats(command).await
    }

    async fn seat_map(&self, _: PerformanceId) -> Result<Arc<SeatMap>, StorageError> {
        let takes = {
            let mut stage = self.0.lock().unwrap();
            stage.reads += 1;
            stage.takes
        };
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
        let stage = self.0.lock().unwrap();
        if stage.unavailable { Err(StorageError::Overloaded) } else { Ok(Arc::new(stage.map())) }
    }
}

impl World {
    fn new() -> Self {
        Self::with(10)
    }

    fn with(most: usize) -> Self {
        let stage = Arc::new(Mutex::new(Stage::default()));
        let mut programme = MockProgramme::new();
        programme.expect_performance().returning(|id| {
            let known = [performance_id(), other_performance()].contains(&id);
            Ok(known.then(|| Performance { id, ..samples::performance() }))
        });
        let (mut reader, ended) = (MockQueueReader::new(), stage.clone());
        reader.expect_pass().returning(move |concert_id, number| {
            let mut pass = Pass::waiting(concert_id, number, user(number.get()), now());
            let (admitted_at, expires_at) = (now(), after(600));
            pass.state = match ended.lock().unwrap().ended {
                None => PassState::Active { admitted_at, expires_at, show_up_by: None, ends_by: expires_at },
                Some(end) => PassState::Ended { end, at: now(), admitted_at: Some(admitted_at) },
            };
            Ok(Some(PassAt { pass, as_of: now(), room_status: RoomStatus::Open }))
        });
        let (reader, boards) = (Arc::new(reader), Arc::new(Boards::default()));
        let refresh = Arc::new(RefreshBoards::new(reader.clone(), boards.clone()));
        let line = Line { reader, rooms: Arc::new(MockWaitingRooms::new()), boards, refresh };
        let turn = Arc::new(RequireTurn { line: Arc::new(line) });
        let places = StreamPlaces::new(most);
        let inventory = Arc::new(Slow(stage.clone()));
        let watch = WatchSeats::new(Arc::new(programme), inventory, turn, places.clone());
        Self { stage, places, watch }
    }

    async fn subscribe(&self, n: u64) -> SeatSubscription {
        self.open(n, performance_id(), None).await.unwrap()
    }

    /// Opens a stream, with the tick that it may wait for.
    async fn open(
        &self,
        n: u64,
        performance_id: PerformanceId,
        known: Option<MapVersion>,
    ) -> Result<SeatSubscription, WatchSeatsError> {
        let claims = claims(n);
        let mut opened = pin!(self.watch.subscribe(&claims, performance_id, known));
        if let Poll::Ready(opened) = poll!(&mut opened) {
            return opened;
        }
        join(opened, self.tick()).await.0
    }

    /// Lets this come about.
    fn set<T>(&self, change: impl FnOnce(&mut Stage) -> T) -> T {
        change(&mut self.stage.lock().unwrap())
    }

    async fn tick(&self) -> Result<usize, StorageError> {
        advance(WatchSeats::TICK_EVERY).await;
        self.watch.tick().await
    }

    fn reads(&self) -> usize {
        self.stage.lock().unwrap().reads
    }
}

fn ranges(ranges: &[(u32, u32)]) -> Vec<SeatRange> {
    let seat = |number| SeatNumber::parse(number).unwrap();
    ranges
        .iter()
        .map(|(first, last)| SeatRange { first_seat: seat(*first), last_seat: seat(*last) })
        .collect()
}

/// What there is to read, and whether the stream has ended.
fn read(stream: &mut SeatSubscription) -> (Vec<SeatEvent>, bool) {
    let mut told = Vec::new();
    loop {
        match futures::future::poll_fn(|context| Poll::Ready(stream.poll_next_unpin(context))).now_or_never()
        {
            Some(Poll::Ready(Some(event))) => told.push(event),
            Some(Poll::Ready(None)) => return (told, true),
            Some(Poll::Pending) | None => return (told, false),
        }
    }
}

/// The only event that there is to read, of a stream that goes on.
#[track_caller]
fn one(stream: &mut SeatSubscription) -> (&'static str, SeatRanges, Option<Vec<SeatRange>>, MapVersion) {
    let (events, ended) = read(stream);
    assert!(!ended && events.len() == 1, "{events:?} {ended}");
    match events.into_iter().next().unwrap() {
        SeatEvent::Seats(news) => ("seats", news.shared.ranges().clone(), news.mine, news.version),
        SeatEvent::Changes(news) => ("changes", news.shared.ranges().clone(), news.mine, news.version),
        SeatEvent::Ended(end) => panic!("{end:?}"),
    }
}

#[track_caller]
fn nothing(stream: &mut SeatSubscription) {
    let (events, ended) = read(stream);
    assert!(events.is_empty() && !ended, "{events:?} {ended}");
}

#[tokio::test(start_paused = true)]
async fn a_stream_begins_with_what_is_taken_and_tells_what_changes() {
    let world = World::new();
    world
        .set(|stage| stage.taken = BTreeMap::from([(1, held(1, 60)), (2, sold(2)), (3, SeatState::Blocked)]));
    let (mut ada, mut bob) = (world.subscribe(1).await, world.subscribe(2).await);
    let taken = SeatRanges {
        held: ranges(&[(1, 1)]),
        sold: ranges(&[(2, 2)]),
        blocked: ranges(&[(3, 3)]),
        ..SeatRanges::default()
    };
    let (name, told, mine, adas) = one(&mut ada);
    assert_eq!((name, told, mine), ("seats", taken.clone(), Some(ranges(&[(1, 1)]))));
    let (name, told, mine, bobs) = one(&mut bob);
    assert_eq!((name, told, mine), ("seats", taken, Some(ranges(&[(2, 2)]))));
    assert_ne!(adas, bobs, "they have different seats");

    assert_eq!(world.tick().await, Ok(0));
    nothing(&mut ada);
    world.set(|stage| stage.taken.extend([(4, held(2, 60)), (5, held(2, 60)), (1, sold(1))]));
    assert_eq!(world.tick().await, Ok(2));
    let changes = SeatRanges { held: ranges(&[(4, 5)]), sold: ranges(&[(1, 1)]), ..SeatRanges::default() };
    let (name, told, mine, _) = one(&mut ada);
    assert_eq!((name, told, mine), ("changes", changes.clone(), None), "her own seats are the same");
    let (name, told, mine, _) = one(&mut bob);
    assert_eq!((name, told, mine), ("changes", changes, Some(ranges(&[(2, 2), (4, 5)]))));
}

#[tokio::test(start_paused = true)]
async fn a_hold_that_expires_is_told_although_nothing_was_written() {
    let world = World::new();
    world.set(|stage| stage.taken = BTreeMap::from([(7, held(1, 10))]));
    let mut ada = world.subscribe(1).await;
    one(&mut ada);
    world.set(|stage| stage.seconds = 10);
    assert_eq!(world.tick().await, Ok(1));
    let (_, told, mine, _) = one(&mut ada);
    let free = SeatRanges { free: ranges(&[(7, 7)]), ..SeatRanges::default() };
    assert_eq!((told, mine), (free, Some(Vec::new())));
}

#[tokio::test(start_paused = true)]
async fn a_seat_that_passes_from_one_to_another_is_told_to_these_alone() {
    let world = World::new();
    world.set(|stage| stage.taken = BTreeMap::from([(7, held(1, 10))]));
    let (mut ada, mut bob, mut eve) =
        (world.subscribe(1).await, world.subscribe(2).await, world.subscribe(3).await);
    for stream in [&mut ada, &mut bob, &mut eve] {
        one(stream);
    }
    world.set(|stage| stage.taken = BTreeMap::from([(7, held(2, 10))]));
    assert_eq!(world.tick().await, Ok(2));
    let told = |stream: &mut SeatSubscription| {
        let (_, told, mine, _) = one(stream);
        (told.is_empty(), mine)
    };
    assert_eq!(told(&mut ada), (true, Some(Vec::new())));
    assert_eq!(told(&mut bob), (true, Some(ranges(&[(7, 7)]))));
    nothing(&mut eve);
}

#[tokio::test(start_paused = true)]
async fn however_many_watch_a_tick_reads_once_and_nothing_when_nobody_does() {
    let world = World::with(100);
    let watching: Vec<_> = [1, 2, 3, 1, 2, 3].map(|n| world.subscribe(n)).into_iter().collect();
    let watching = futures::future::join_all(watching).await;
    let begun = world.reads();
    assert!(begun <= 1 + 6, "{begun}");
    world.tick().await.unwrap();
    world.tick().await.unwrap();
    assert_eq!(world.reads(), begun + 2);
    let elsewhere = world.watch.subscribe(&claims(4), other_performance(), None).await.unwrap();
    world.tick().await.unwrap();
    assert_eq!(world.reads(), begun + 2 + 1 + 2);
    drop((watching, elsewhere));
    world.tick().await.unwrap();
    assert_eq!((world.reads(), world.places.open()), (begun + 5, 0));
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_knows_that_version_is_told_only_what_changes() {
    let world = World::new();
    world.set(|stage| stage.taken = BTreeMap::from([(7, held(1, 60))]));
    let (mut ada, mut bob) = (world.subscribe(1).await, world.subscribe(2).await);
    let ((_, _, _, adas), (_, _, _, bobs)) = (one(&mut ada), one(&mut bob));
    let again = async |n, version: MapVersion| {
        let known = version.to_string().parse().ok();
        assert_eq!(known, Some(version));
        world.open(n, performance_id(), known).await.unwrap()
    };
    let (mut same, mut other) = (again(1, adas).await, again(2, adas).await);
    nothing(&mut same);
    assert_eq!(one(&mut other).3, bobs, "what was told to somebody else counts for nothing");
    world.set(|stage| stage.taken.insert(8, sold(3)));
    world.tick().await.unwrap();
    let (name, told, mine, version) = one(&mut same);
    assert_eq!((name, told.sold, mine), ("changes", ranges(&[(8, 8)]), None));
    assert_eq!(version, one(&mut ada).3);
    for text in ["", "0", "x123456789abcdef", "+123456789abcdef", "00000000000000000"] {
        assert!(text.parse::<MapVersion>().is_err(), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_turn_ends_the_stream() {
    let world = World::new();
    let mut ada = world.subscribe(1).await;
    one(&mut ada);
    world.set(|stage| stage.ended = Some(PassEnd::Completed));
    world.tick().await.unwrap();
    let (events, ended) = read(&mut ada);
    assert!(matches!(events[..], [SeatEvent::Ended(PassEnd::Completed)]) && ended, "{events:?}");
    let refused = world.watch.subscribe(&claims(1), performance_id(), None).await.err();
    let over = SeatsError::from(TurnRefusal::Ended(PassEnd::Completed));
    assert_eq!(refused, Some(over.into()));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_given_up_and_holds_nobody_up() {
    let world = World::new();
    let (mut slow, mut quick) = (world.subscribe(1).await, world.subscribe(2).await);
    let mut seen = read(&mut quick).0.len();
    for number in 1..=6 {
        world.set(|stage| stage.taken.insert(number, sold(3)));
        world.tick().await.unwrap();
        seen += read(&mut quick).0.len();
    }
    assert_eq!(seen, 7);
    let (events, ended) = read(&mut slow);
    assert_eq!((events.len(), ended), (1 + WatchSeats::BUFFER_CAPACITY, true));
}

#[tokio::test(start_paused = true)]
async fn streams_of_all_kinds_share_their_places() {
    let world = World::with(2);
    let first = world.subscribe(1).await;
    let _second = world.subscribe(2).await;
    let full = world.watch.subscribe(&claims(3), performance_id(), None).await.err();
    assert_eq!(full, Some(WatchSeatsError::Refused(StreamRefusal::Full)));
    drop(first);
    let mut third = world.subscribe(3).await;
    world.places.close();
    assert_eq!((read(&mut third).0.len(), read(&mut third).1), (1, true), "what was sent is still read");
    let closed = world.watch.subscribe(&claims(3), performance_id(), None).await.err();
    assert_eq!(closed, Some(WatchSeatsError::Refused(StreamRefusal::Closed)));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_stays_as_it_was_told_and_is_counted() {
    let world = World::new();
    let mut ada = world.subscribe(1).await;
    one(&mut ada);
    world.set(|stage| stage.unavailable = true);
    assert_eq!(world.tick().await, Err(StorageError::Overloaded));
    assert_eq!(world.watch.failed_reads(), 1);
    nothing(&mut ada);
    let refused = world.open(2, performance_id(), None).await.err();
    assert_eq!(
        refused,
        Some(SeatsError::from(StorageError::Overloaded).into()),
        "nothing old is told as new"
    );
    nothing(&mut ada);
    world.set(|stage| {
        stage.unavailable = false;
        stage.taken.insert(7, sold(3));
    });
    assert_eq!(world.tick().await, Ok(1));
    assert_eq!(one(&mut ada).1.sold, ranges(&[(7, 7)]));
}

#[tokio::test(start_paused = true)]
async fn a_stream_begins_with_what_was_so_when_it_was_opened_whatever_others_were_told() {
    let world = World::new();
    let mut ada = world.subscribe(1).await;
    one(&mut ada);
    advance(Duration::from_millis(1)).await;
    world.set(|stage| stage.taken.insert(7, sold(3)));
    let mut bob = world.subscribe(2).await;
    let (name, told, _, version) = one(&mut bob);
    assert_eq!((name, told.sold), ("seats", ranges(&[(7, 7)])));
    let (name, told, _, adas) = one(&mut ada);
    assert_eq!((name, told.sold, adas), ("changes", ranges(&[(7, 7)]), version));

    // A read that is under way already counts for nothing.
    world.set(|stage| stage.takes = Duration::from_millis(1_400));
    world.tick().await.unwrap();
    world.set(|stage| stage.taken.insert(8, sold(3)));
    let claims = claims(4);
    let mut opened = pin!(world.watch.subscribe(&claims, performance_id(), None));
    let mut early = 0;
    let mut dan = loop {
        if let Poll::Ready(opened) = poll!(&mut opened) {
            break opened.unwrap();
        }
        early += 1;
        world.tick().await.unwrap();
    };
    assert!(early > 3, "the next read began after the one that was under way: {early}");
    assert_eq!(one(&mut dan).1.sold, ranges(&[(7, 8)]));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_read_with_others_reads_alone_when_these_leave() {
    let world = World::new();
    let ada = world.subscribe(1).await;
    advance(Duration::from_millis(1)).await;
    world.set(|stage| stage.taken.insert(7, sold(3)));
    let claims = claims(2);
    let mut opened = pin!(world.watch.subscribe(&claims, performance_id(), None));
    assert!(poll!(&mut opened).is_pending());
    drop(ada);
    assert_eq!(one(&mut opened.await.unwrap()).1.sold, ranges(&[(7, 7)]));
}

#[tokio::test(start_paused = true)]
async fn a_read_that_takes_long_is_not_waited_for_and_then_rests_as_long() {
    let world = World::new();
    let mut ada = world.subscribe(1).await;
    one(&mut ada);
    world.set(|stage| {
        stage.takes = Duration::from_millis(1_400);
        stage.taken.insert(7, sold(3));
    });
    let before = world.reads();
    let mut reads = Vec::new();
    for _ in 0..12 {
        world.tick().await.unwrap();
        reads.push(world.reads() - before);
    }
    assert_eq!(one(&mut ada).1.sold, ranges(&[(7, 7)]));
    assert_eq!(reads[0], 1);
    assert!(reads[11] <= 3, "half of the time at most is spent reading: {reads:?}");
}

#[tokio::test(start_paused = true)]
async fn seats_of_another_concert_are_not_watched() {
    let world = World::new();
    let nowhere = world.watch.subscribe(&claims(1), PerformanceId::new(Uuid::nil()), None).await.err();
    assert_eq!(nowhere, Some(SeatsError::PerformanceNotFound.into()));
    let concert_id = ConcertId::new(Uuid::nil());
    let elsewhere = QueueClaims { concert_id, ..claims(1) };
    let refused = world.watch.subscribe(&elsewhere, performance_id(), None).await.err();
    assert_eq!(refused, Some(SeatsError::from(TurnRefusal::Mismatch).into()));
}
