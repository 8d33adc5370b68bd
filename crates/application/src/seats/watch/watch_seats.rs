use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::channel::mpsc;
use seatline_domain::concert::Performance;
use seatline_domain::id::PerformanceId;
use seatline_domain::ports::{Programme, SeatInventory};
use seatline_domain::queue::QueueClaims;
use seatline_domain::seat::SeatMap;
use seatline_domain::storage::StorageError;
use thiserror::Error;
use tokio::spawn;
use tokio::sync::Mutex;
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::Instant;

use super::live_map::LiveMap;
use super::seat_event::MapVersion;
use super::subscription::SeatSubscription;
use super::watchers::{MapRead, NewWatcher, Watchers};
use crate::queue::{RequireTurn, TurnRefusal};
use crate::rounds::Rounds;
use crate::seats::{PerformanceSeats, SeatsError};
use crate::streams::{StreamPlaces, StreamRefusal};

/// Streams what changes of seats, to all who watch them, at each tick.
pub struct WatchSeats {
    programme: Arc<dyn Programme>,
    inventory: Arc<dyn SeatInventory>,
    turn: Arc<RequireTurn>,
    places: Arc<StreamPlaces>,
    watchers: Arc<Watchers>,
    /// One tick at a time.
    state: Mutex<TickState>,
    failed_reads: AtomicU64,
}

/// Error of opening a stream.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WatchSeatsError {
    /// The seats are not shown to this user.
    #[error(transparent)]
    Seats(#[from] SeatsError),
    /// No stream can be opened here now.
    #[error(transparent)]
    Refused(#[from] StreamRefusal),
}

/// What one tick leaves for the next.
#[derive(Default)]
struct TickState {
    count: u64,
    streams: u64,
    /// The performance that was read last.
    last: Option<PerformanceId>,
    reads: Rounds<PerformanceId, Read>,
    look_ups: Rounds<u64, TurnFound>,
}

/// What a tick read of a performance, from when on and for how long.
struct Read {
    found: Result<(Arc<LiveMap>, Arc<LiveMap>), StorageError>,
    begun: Instant,
    took: Duration,
}

/// What was found of a watcher's turn.
type TurnFound = Result<Result<(), TurnRefusal>, StorageError>;

/// What came of one tick.
#[derive(Default)]
struct TickOutcome {
    sent: usize,
    failure: Option<StorageError>,
}

impl WatchSeats {
    /// How often a tick is due. What it finds is told at most as often.
    pub const TICK_EVERY: Duration = Duration::from_millis(500);
    /// How many unread events are buffered for a reader before backpressure ends their stream.
    pub(super) const BUFFER_CAPACITY: usize = 4;
    /// How many performances are read at the same time.
    const READS_AT_ONCE: usize = 8;
    /// How long after its begin a read is begun again at the earliest: a little less than a tick.
    const REST_MIN: Duration = Duration::from_millis(400);
    /// How many streams a tick looks at before it yields the thread.
    const PAGE: usize = 512;
    /// How many look-ups of turns wait at the same time.
    const LOOK_UPS_AT_ONCE: usize = 64;
    /// About how many of those who watch each tick looks up, whether it is still their turn.
    const LOOK_UPS: u64 = 256;
    /// The most seats of a map of which is worked out at once what is told.
    const SMALL: usize = 1_000;

    /// Streams have the places in common with those of other kinds.
    pub fn new(
        programme: Arc<dyn Programme>,
        inventory: Arc<dyn SeatInventory>,
        turn: Arc<RequireTurn>,
        places: Arc<StreamPlaces>,
    ) -> Self {
        let (watchers, state) = (Arc::default(), Mutex::default());
        Self { programme, inventory, turn, places, watchers, state, failed_reads: AtomicU64::new(0) }
    }

    /// Opens a stream for somebody whose turn it is. It begins with every seat that is not free as a read finds them that
    /// began after this was called, unless the reader knows that version: with a read of its own where nobody else
    /// watches, and otherwise with the next one that a tick begins. Somebody who has many streams already loses the
    /// oldest.
    ///
    /// # Errors
    /// [`WatchSeatsError`] saying why not.
    pub async fn subscribe(
        &self,
        claims: &QueueClaims,
        performance_id: PerformanceId,
        known: Option<MapVersion>,
    ) -> Result<SeatSubscription, WatchSeatsError> {
        let performance = self.programme.performance(performance_id).await.map_err(SeatsError::from)?;
        let performance = performance.ok_or(SeatsError::PerformanceNotFound)?;
        if performance.concert_id != claims.concert_id {
            return Err(SeatsError::from(TurnRefusal::Mismatch).into());
        }
        self.turn.execute(claims).await.map_err(SeatsError::from)?.map_err(SeatsError::from)?;
        let place = self.places.take(claims.user_id)?;
        // A channel has room for one more than it is asked for.
        let (events, receiver) = mpsc::channel(Self::BUFFER_CAPACITY - 1);
        let (stream, claims, since) = (place.stream(), *claims, Instant::now());
        let new = NewWatcher { stream, performance_id, claims, since, known, events };
        let (watching, first) = loop {
            let read = self.read_since(&performance, since).await.map_err(SeatsError::from)?;
            // Somebody else may have begun to watch meanwhile, with a read that began before.
            if let Some(added) = self.watchers.add(&new, read) {
                break added;
            }
        };
        Ok(SeatSubscription { first, events: receiver, place, _watching: watching })
    }

    /// Reads what is watched, and sends every stream what has changed; says how many were sent something. To be called
    /// every [`TICK_EVERY`](Self::TICK_EVERY).
    ///
    /// A performance is read once, however many watch it, and not more than half of the time. Of those who watch, a
    /// bounded number is looked up each tick, in rotation: where the turn is over, the stream ends. Nobody who reads is
    /// waited for, nor is a read that takes long: what it finds is sent by a later tick.
    ///
    /// # Errors
    /// Storage's. Those who watch what could not be read keep what they were told last.
    pub async fn tick(&self) -> Result<usize, StorageError> {
        let mut state = self.state.lock().await;
        let mut outcome = TickOutcome::default();
        self.read_maps(&mut state, &mut outcome).await;
        self.look_up_turns(&mut state, &mut outcome).await;
        outcome.failure.map_or(Ok(outcome.sent), Err)
    }

    /// How many reads for ticks have failed.
    pub fn failed_reads(&self) -> u64 {
        self.failed_reads.load(Ordering::Relaxed)
    }

    /// A map that was read at an instant or later: with others who watch, or alone.
    async fn read_since(&self, performance: &Performance, since: Instant) -> Result<MapRead, StorageError> {
        if let Some(read) = self.watchers.read_since(performance.id, since).await? {
            return Ok(read);
        }
        let begun = Instant::now();
        let map = self.inventory.seat_map(performance.id).await?;
        let map = worked_out(PerformanceSeats::of(performance.clone(), map).map, None).await?;
        Ok(MapRead { map, begun })
    }

    async fn read_maps(&self, state: &mut TickState, outcome: &mut TickOutcome) {
        let TickState { last, reads, .. } = state;
        let deadline = Rounds::<PerformanceId, Read>::deadline();
        // What has ended since the last tick may be read again.
        while let Some((found, read)) = reads.next_until(Instant::now()).await {
            self.publish(found, read, outcome);
        }
        for performance_id in self.watchers.rested_after(*last) {
            while reads.len() >= Self::READS_AT_ONCE {
                let Some((found, read)) = reads.next_until(deadline).await else { return };
                self.publish(found, read, outcome);
            }
            if let Some(before) =
                self.watchers.map(performance_id).filter(|_| !reads.is_under_way(performance_id))
            {
                let (programme, inventory) = (self.programme.clone(), self.inventory.clone());
                // It goes on between ticks too.
                let reading = spawn(async move {
                    let begun = Instant::now();
                    let found = read(&*programme, &*inventory, performance_id, before).await;
                    Read { found, begun, took: begun.elapsed() }
                });
                reads.begin(performance_id, async move {
                    let failed = |error: JoinError| Read {
                        found: Err(StorageError::Unavailable(error.to_string())),
                        begun: Instant::now(),
                        took: Duration::ZERO,
                    };
                    reading.await.unwrap_or_else(failed)
                });
                *last = Some(performance_id);
            }
        }
        while let Some((found, read)) = reads.next_until(deadline).await {
            self.publish(found, read, outcome);
        }
    }

    fn publish(&self, performance_id: PerformanceId, read: Read, outcome: &mut TickOutcome) {
        let Read { found, begun, took } = read;
        self.watchers.rest_until(performance_id, begun + (took * 2).max(Self::REST_MIN));
        match found {
            Ok((before, map)) => {
                outcome.sent += self.watchers.publish(performance_id, &before, MapRead { map, begun });
            }
            Err(error) => {
                self.watchers.fail(performance_id, begun, error.clone());
                self.failed_reads.fetch_add(1, Ordering::Relaxed);
                outcome.failure = Some(error);
            }
        }
    }

    async fn look_up_turns(&self, state: &mut TickState, outcome: &mut TickOutcome) {
        let TickState { count, streams, look_ups, .. } = state;
        *count = count.wrapping_add(1);
        let stride = std::mem::take(streams) / Self::LOOK_UPS + 1;
        let (mut last, deadline) = (0, Rounds::<u64, TurnFound>::deadline());
        loop {
            let page = self.watchers.page_after(last, Self::PAGE);
            let Some((end, _)) = page.last() else { break };
            last = *end;
            for (stream, claims) in page {
                *streams += 1;
                if stream.wrapping_add(*count) % stride != 0 || look_ups.is_under_way(stream) {
                    continue;
                }
                while look_ups.len() >= Self::LOOK_UPS_AT_ONCE {
                    let Some((stream, found)) = look_ups.next_until(deadline).await else { return };
                    self.apply(stream, found, outcome);
                }
                let turn = self.turn.clone();
                look_ups.begin(stream, async move { turn.execute(&claims).await });
            }
            tokio::task::yield_now().await;
        }
        while let Some((stream, found)) = look_ups.next_until(deadline).await {
            self.apply(stream, found, outcome);
        }
    }

    /// Ends a stream whose user's turn is over.
    fn apply(&self, stream: u64, found: TurnFound, outcome: &mut TickOutcome) {
        match found {
            Ok(Ok(())) => {}
            Ok(Err(TurnRefusal::Ended(end))) => self.watchers.end(stream, Some(end)),
            Ok(Err(TurnRefusal::NotAdmitted { .. } | TurnRefusal::Mismatch | TurnRefusal::Unknown)) => {
                self.watchers.end(stream, None);
            }
            Err(error) => outcome.failure = Some(error),
        }
    }
}

/// Reads a performance's seats, to be told after those of `before`.
async fn read(
    programme: &dyn Programme,
    inventory: &dyn SeatInventory,
    performance_id: PerformanceId,
    before: Arc<LiveMap>,
) -> Result<(Arc<LiveMap>, Arc<LiveMap>), StorageError> {
    let map = inventory.seat_map(performance_id).await?;
    // As it was up to a second ago: without a read for each tick.
    let map = match programme.performance(performance_id).await? {
        Some(performance) => PerformanceSeats::of(performance, map).map,
        None => map,
    };
    let map = worked_out(map, Some(before.clone())).await?;
    Ok((before, map))
}

/// Works out what is told of a map: of a large one on a thread for what takes long.
async fn worked_out(map: Arc<SeatMap>, before: Option<Arc<LiveMap>>) -> Result<Arc<LiveMap>, StorageError> {
    let is_small = map.seats.len() <= WatchSeats::SMALL;
    let work = move || Arc::new(LiveMap::of(&map, before.as_deref()));
    if is_small {
        return Ok(work());
    }
    spawn_blocking(work).await.map_err(|error| StorageError::Unavailable(error.to_string()))
}
