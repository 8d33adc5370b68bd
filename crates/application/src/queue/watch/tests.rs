use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as StdMutex};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::{FutureExt, StreamExt};
use seatline_domain::Timestamp;
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::ports::{MockWaitingRooms, QueueReader};
use seatline_domain::queue::{
    Admission, BoardNews, BoardUpdate, BoardWatermark, ClosedRoom, Number, Pass, PassAt, PassEnd, PassState,
    QueueClaims, RoomFigures, RoomSettings, RoomStatus,
};
use seatline_domain::seat::SeatsLeft;
use seatline_domain::storage::StorageError;
use seatline_domain::user::AccessTokenHash;
use tokio::time::Instant;
use uuid::Uuid;

use super::{LastSent, Subscription, WatchError, WatchQueue};
use crate::queue::{
    Boards, Holder, Line, QueueKey, QueueStatus, QueueToken, QueueTokens, RefreshBoards, TokenStatus,
};
use crate::streams::{StreamPlaces, StreamRefusal};

const STREAMS_MAX: usize = 3;

fn now() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

fn concert_id() -> ConcertId {
    ConcertId::new(Uuid::from_u128(1))
}

fn claims(number: u64) -> QueueClaims {
    let user_id = UserId::new(Uuid::from_u128(number.into()));
    QueueClaims { user_id, concert_id: concert_id(), number: Number::new(number), issued_at: now() }
}

fn token(number: u64) -> QueueToken {
    let tokens = QueueTokens::new(QueueKey::parse(&[1; 32]).unwrap(), Vec::new());
    tokens.issue(claims(number), Holder::of(&AccessTokenHash::new([2; 32])))
}

/// A room whose line reaches to number 10, and how its passes ended.
#[derive(Default)]
struct Room {
    now_serving: u64,
    ended: BTreeMap<u64, PassEnd>,
    unavailable: bool,
    paused: bool,
    /// Of whom nothing can be read.
    stuck: Option<u64>,
}

struct Reader {
    room: StdMutex<Room>,
    passes_read: AtomicUsize,
    begin: Instant,
}

impl Default for Reader {
    fn default() -> Self {
        Self { room: StdMutex::default(), passes_read: AtomicUsize::default(), begin: Instant::now() }
    }
}

#[async_trait]
impl QueueReader for Reader {
    async fn pass(&self, concert_id: ConcertId, number: Number) -> Result<Option<PassAt>, StorageError> {
        self.passes_read.fetch_add(1, Ordering::Relaxed);
        // Takes its time, as storage does.
        tokio::task::yield_now().await;
        while self.room.lock().unwrap().stuck == Some(number.get()) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let room = self.room.lock().unwrap();
        if room.unavailable {
            return Err(StorageError::Overloaded);
        }
        if number.get() > 10 {
            return Ok(None);
        }
        let user_id = claims(number.get()).user_id;
        let mut pass = Pass::waiting(concert_id, number, user_id, now());
        if number.get() <= room.now_serving {
            let expires_at = now() + TimeDelta::minutes(10);
            pass.state =
                PassState::Active { admitted_at: now(), expires_at, show_up_by: None, ends_by: expires_at };
        }
        if let Some(end) = room.ended.get(&number.get()) {
            pass.state = PassState::Ended { end: *end, at: now(), admitted_at: None };
        }
        Ok(Some(PassAt { pass, as_of: now(), room_status: RoomStatus::Open }))
    }

    async fn figures(&self, _: ConcertId) -> Result<Option<RoomFigures>, StorageError> {
        Err(StorageError::missing("a question for figures"))
    }

    async fn seats_left(&self, _: ConcertId) -> Result<Option<SeatsLeft>, StorageError> {
        Ok(Some(SeatsLeft { as_of: now(), last_number: 10, has_performances: true, available: 7, held: 0 }))
    }

    async fn closed_rooms(&self, _: TimeDelta, _: u16) -> Result<Vec<ClosedRoom>, StorageError> {
        Err(StorageError::missing("a question for closed rooms"))
    }

    async fn news(&self, _: BTreeMap<ConcertId, BoardWatermark>) -> Result<BoardNews, StorageError> {
        let Room { now_serving, paused, .. } = *self.room.lock().unwrap();
        let figures = RoomFigures {
            concert_id: concert_id(),
            status: if paused { RoomStatus::Paused } else { RoomStatus::Open },
            settings: RoomSettings::default(),
            last_number: 10,
            now_serving,
            waiting: 10 - now_serving,
            active: 1,
            expired: 0,
            line_end: None,
        };
        let long_ago = now() - TimeDelta::hours(1);
        let update = BoardUpdate {
            figures,
            served_before: 0,
            admissions: vec![Admission { up_to: Number::new(now_serving), at: long_ago }],
            departures: Vec::new(),
            departures_seen: 0,
        };
        let now = now() + TimeDelta::from_std(self.begin.elapsed()).unwrap();
        Ok(BoardNews { read_at: now, read_within: Duration::ZERO, complete_until: now, rooms: vec![update] })
    }
}

struct World {
    reader: Arc<Reader>,
    refresh: Arc<RefreshBoards>,
    places: Arc<StreamPlaces>,
    watch: WatchQueue,
}

impl World {
    async fn new() -> Self {
        Self::with(STREAMS_MAX).await
    }

    async fn with(streams_max: usize) -> Self {
        let (reader, boards) = (Arc::new(Reader::default()), Arc::new(Boards::default()));
        let refresh = Arc::new(RefreshBoards::new(reader.clone(), boards.clone()));
        let line = Arc::new(Line {
            reader: reader.clone(),
            rooms: Arc::new(MockWaitingRooms::new()),
            boards,
            refresh: refresh.clone(),
        });
        let places = StreamPlaces::new(streams_max);
        let watch = WatchQueue::new(line, places.clone());
        let world = Self { reader, refresh, places, watch };
        world.refreshed().await;
        world
    }

    /// Lets what happened be published.
    async fn refreshed(&self) {
        tokio::time::advance(Duration::from_secs(1)).await;
        self.refresh.execute().await.unwrap();
    }

    async fn subscribe(&self, number: u64) -> Subscription {
        self.watch.subscribe(token(number), None).await.unwrap()
    }

    async fn resume(&self, number: u64, last: LastSent) -> Subscription {
        self.watch.subscribe(token(number), Some(last)).await.unwrap()
    }

    /// Serves up to a number, and ticks.
    async fn serve(&self, now_serving: u64) -> usize {
        self.reader.room.lock().unwrap().now_serving = now_serving;
        self.refreshed().await;
        self.watch.tick().await.unwrap()
    }

    async fn end(&self, number: u64, end: PassEnd) -> usize {
        self.reader.room.lock().unwrap().ended.insert(number, end);
        self.watch.tick().await.unwrap()
    }

    fn passes_read(&self) -> usize {
        self.reader.passes_read.load(Ordering::Relaxed)
    }
}

fn waiting(position: u64) -> LastSent {
    LastSent::Waiting { position, room_status: RoomStatus::Open }
}

fn last_sent(status: &TokenStatus) -> LastSent {
    LastSent::of(&QueueStatus { position: status.position, outlook: status.outlook })
}

/// What there is to read, and whether the stream has ended.
fn read(stream: &mut Subscription) -> (Vec<LastSent>, bool) {
    let mut told = Vec::new();
    loop {
        match futures::future::poll_fn(|context| Poll::Ready(stream.poll_next_unpin(context))).now_or_never()
        {
            Some(Poll::Ready(Some(status))) => told.push(last_sent(&status)),
            Some(Poll::Ready(None)) => return (told, true),
            Some(Poll::Pending) | None => return (told, false),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_tells_what_changes_and_nothing_else() {
    let world = World::new().await;
    let mut stream = world.subscribe(4).await;
    assert_eq!(read(&mut stream), (vec![waiting(4)], false));
    assert_eq!(world.serve(0).await, 0);
    assert_eq!(read(&mut stream), (vec![], false));
    assert_eq!((world.serve(1).await, world.serve(3).await), (1, 1));
    assert_eq!(read(&mut stream), (vec![waiting(3), waiting(1)], false));
    assert_eq!(world.passes_read(), 0, "those who wait are not looked up");
    assert_eq!((world.serve(4).await, world.serve(5).await), (1, 0));
    assert_eq!(read(&mut stream), (vec![LastSent::Active], false));
    assert_eq!(world.end(4, PassEnd::Completed).await, 1);
    assert_eq!(read(&mut stream), (vec![LastSent::Ended], true));
    assert_eq!(world.watch.tick().await, Ok(0));
}

#[tokio::test(start_paused = true)]
async fn a_stream_tells_of_a_pause_and_how_many_seats_are_left() {
    let world = World::new().await;
    let mut stream = world.subscribe(4).await;
    assert_eq!(stream.next().await.unwrap().outlook.available_seats, 7);
    for (paused, room_status) in [(true, RoomStatus::Paused), (false, RoomStatus::Open)] {
        world.reader.room.lock().unwrap().paused = paused;
        assert_eq!((world.serve(0).await, world.serve(0).await), (1, 0));
        assert_eq!(read(&mut stream), (vec![LastSent::Waiting { position: 4, room_status }], false));
    }
}

#[tokio::test(start_paused = true)]
async fn events_carry_the_token_and_where_its_bearer_stands() {
    let world = World::new().await;
    let mut stream = world.subscribe(4).await;
    let status = stream.next().await.unwrap();
    assert_eq!(status, stream.first());
    assert_eq!(status.claims, claims(4));
    assert_eq!(status.token, token(4).text);
}

#[tokio::test(start_paused = true)]
async fn a_stream_goes_on_after_what_was_told_last() {
    let world = World::new().await;
    let mut same = world.resume(4, waiting(4)).await;
    let mut lagging = world.resume(4, waiting(2)).await;
    let mut behind = world.resume(4, waiting(9)).await;
    assert_eq!(read(&mut same), (vec![], false));
    assert_eq!(read(&mut lagging), (vec![], false), "a position never rises");
    assert_eq!(read(&mut behind), (vec![waiting(4)], false));
    world.serve(2).await;
    assert_eq!(read(&mut same), (vec![waiting(2)], false));
    assert_eq!(read(&mut lagging), (vec![], false));
    world.serve(3).await;
    assert_eq!(read(&mut lagging), (vec![waiting(1)], false));
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_what_has_ended_says_so_and_ends() {
    let world = World::new().await;
    world.end(4, PassEnd::Left).await;
    world.serve(4).await;
    for last in [None, Some(waiting(3)), Some(LastSent::Active), Some(LastSent::Ended)] {
        let mut stream = world.watch.subscribe(token(4), last).await.unwrap();
        assert_eq!(read(&mut stream), (vec![LastSent::Ended], true), "{last:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_turn_is_told_once() {
    let world = World::new().await;
    world.serve(4).await;
    let mut stream = world.resume(4, LastSent::Active).await;
    world.watch.tick().await.unwrap();
    assert_eq!(read(&mut stream), (vec![], false));
    world.end(4, PassEnd::Expired).await;
    assert_eq!(read(&mut stream), (vec![LastSent::Ended], true));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_given_up() {
    let world = World::new().await;
    let (mut slow, mut quick) = (world.subscribe(9).await, world.subscribe(9).await);
    let mut seen = Vec::new();
    for now_serving in 1..=6 {
        world.serve(now_serving).await;
        seen.extend(read(&mut quick).0);
    }
    assert_eq!(seen, (3..=9).rev().map(waiting).collect::<Vec<_>>());
    assert!(!read(&mut quick).1);
    let (told, ended) = read(&mut slow);
    assert_eq!((told, ended), ((6..=9).rev().map(waiting).collect(), true));
}

#[tokio::test(start_paused = true)]
async fn streams_are_bounded_and_places_come_back() {
    let world = World::new().await;
    let mut streams = vec![world.subscribe(4).await, world.subscribe(5).await, world.subscribe(6).await];
    assert_eq!(world.places.open(), STREAMS_MAX);
    assert_eq!(
        world.watch.subscribe(token(7), None).await.err(),
        Some(WatchError::Refused(StreamRefusal::Full))
    );
    streams.pop();
    streams.push(world.subscribe(7).await);
    assert_eq!(
        world.watch.subscribe(token(7), None).await.err(),
        Some(WatchError::Refused(StreamRefusal::Full))
    );
    streams.clear();
    assert_eq!(world.places.open(), 0);
    for _ in 0..2 * STREAMS_MAX {
        assert_eq!(world.watch.subscribe(token(11), None).await.err(), Some(WatchError::Unknown));
    }
    assert_eq!(world.serve(1).await, 0, "nobody is told who is gone");
}

#[tokio::test(start_paused = true)]
async fn one_user_has_a_few_streams_and_loses_the_oldest() {
    let world = World::with(100).await;
    let mut oldest = world.subscribe(4).await;
    let mut others = Vec::new();
    for _ in 1..StreamPlaces::OF_ONE_USER_MAX {
        others.push(world.subscribe(4).await);
    }
    let mut neighbour = world.subscribe(5).await;
    assert_eq!(read(&mut oldest), (vec![waiting(4)], false));
    others.push(world.subscribe(4).await);
    assert_eq!(read(&mut oldest), (vec![], true));
    drop(oldest);
    drop(others.remove(0));
    others.push(world.subscribe(4).await);
    world.serve(1).await;
    for stream in &mut others {
        assert_eq!(read(stream), (vec![waiting(4), waiting(3)], false));
    }
    assert_eq!(read(&mut neighbour), (vec![waiting(5), waiting(4)], false));
}

#[tokio::test(start_paused = true)]
async fn closing_ends_every_stream_and_opens_no_more() {
    let world = World::new().await;
    let (mut told, mut idle) = (world.subscribe(4).await, world.resume(5, waiting(5)).await);
    world.places.close();
    assert_eq!(read(&mut told), (vec![waiting(4)], true), "what was told before is still read");
    assert_eq!(read(&mut idle), (vec![], true));
    assert_eq!(
        world.watch.subscribe(token(6), None).await.err(),
        Some(WatchError::Refused(StreamRefusal::Closed))
    );
    assert_eq!(world.watch.tick().await, Ok(0));
}

#[tokio::test(start_paused = true)]
async fn storage_that_fails_costs_nobody_their_stream() {
    let world = World::new().await;
    let (mut first, mut second) = (world.subscribe(4).await, world.subscribe(6).await);
    read(&mut first);
    read(&mut second);
    world.reader.room.lock().unwrap().now_serving = 5;
    world.refreshed().await;
    world.reader.room.lock().unwrap().unavailable = true;
    assert_eq!(world.watch.tick().await, Err(StorageError::Overloaded));
    assert_eq!(read(&mut second), (vec![waiting(1)], false), "others are told all the same");
    world.reader.room.lock().unwrap().unavailable = false;
    assert_eq!(world.watch.tick().await, Ok(1));
    assert_eq!(read(&mut first), (vec![LastSent::Active], false));
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_takes_long_keeps_nobody_else_from_being_told() {
    let world = World::new().await;
    let (mut stuck, mut next, mut waits) = (
        world.resume(4, waiting(4)).await,
        world.resume(5, waiting(5)).await,
        world.resume(9, waiting(9)).await,
    );
    world.reader.room.lock().unwrap().stuck = Some(4);
    assert_eq!(world.serve(5).await, 2);
    assert_eq!(read(&mut next), (vec![LastSent::Active], false));
    assert_eq!(read(&mut waits), (vec![waiting(4)], false));
    assert_eq!(world.serve(6).await, 1);
    assert_eq!((read(&mut waits), read(&mut stuck)), ((vec![waiting(3)], false), (vec![], false)));
    world.reader.room.lock().unwrap().stuck = None;
    assert_eq!(world.watch.tick().await, Ok(1));
    assert_eq!(read(&mut stuck), (vec![LastSent::Active], false));
}
