use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::mpsc::Sender;
use seatline_domain::id::PerformanceId;
use seatline_domain::queue::{PassEnd, QueueClaims};
use seatline_domain::seat::SeatRange;
use seatline_domain::storage::StorageError;
use tokio::sync::watch;
use tokio::time::Instant;

use super::live_map::LiveMap;
use super::seat_event::{MapVersion, SeatEvent, SeatNews};

/// Those who watch, by performance.
#[derive(Default)]
pub(super) struct Watchers {
    register: Mutex<Register>,
}

#[derive(Default)]
struct Register {
    performances: BTreeMap<PerformanceId, Watched>,
    /// What each stream tells of.
    streams: BTreeMap<u64, PerformanceId>,
}

/// A performance that somebody watches.
struct Watched {
    /// The map that all who watch were told last.
    map: Arc<LiveMap>,
    /// The instant at or after which a read found it last.
    as_of: Instant,
    reads: watch::Sender<ReadOutcome>,
    /// The instant from which it may be read again.
    rested: Instant,
    watchers: BTreeMap<u64, Watcher>,
}

struct Watcher {
    claims: QueueClaims,
    /// The user's own seats, as they were told last.
    mine: Vec<SeatRange>,
    events: Sender<SeatEvent>,
}

/// The last read of a performance: its begin, and its failure, if it was one.
#[derive(Clone)]
struct ReadOutcome {
    begun: Instant,
    failure: Option<StorageError>,
}

/// A map, and the instant at which its read began.
#[derive(Clone)]
pub(super) struct MapRead {
    pub(super) map: Arc<LiveMap>,
    pub(super) begun: Instant,
}

/// Has changes sent on a stream, until it is dropped.
pub(super) struct Watching {
    stream: u64,
    watchers: Arc<Watchers>,
}

/// A stream that is to be opened.
pub(super) struct NewWatcher {
    pub(super) stream: u64,
    pub(super) performance_id: PerformanceId,
    pub(super) claims: QueueClaims,
    /// The instant of asking: what is told first was read at this instant or later.
    pub(super) since: Instant,
    /// What the reader knows already.
    pub(super) known: Option<MapVersion>,
    pub(super) events: Sender<SeatEvent>,
}

impl Watchers {
    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The map that those were told last who watch a performance.
    pub(super) fn map(&self, performance_id: PerformanceId) -> Option<Arc<LiveMap>> {
        self.register().performances.get(&performance_id).map(|watched| watched.map.clone())
    }

    /// Waits for a read of a performance that somebody watches and that begins at an instant or later; the end of the
    /// wait says nothing where nobody watches it.
    ///
    /// # Errors
    /// Those of the read.
    pub(super) async fn read_since(
        &self,
        performance_id: PerformanceId,
        since: Instant,
    ) -> Result<Option<MapRead>, StorageError> {
        let reads = |watched: &Watched| watched.reads.subscribe();
        let Some(mut reads) = self.register().performances.get(&performance_id).map(reads) else {
            return Ok(None);
        };
        if let Ok(read) = reads.wait_for(|read| read.begun >= since).await
            && let Some(failure) = &read.failure
        {
            return Err(failure.clone());
        }
        let read = |watched: &Watched| MapRead { map: watched.map.clone(), begun: watched.as_of };
        Ok(self.register().performances.get(&performance_id).map(read))
    }

    /// Has changes sent on a stream from now on, and says what comes first; `None` where what all are told already is too
    /// old for it. The first who watches brings the map.
    pub(super) fn add(
        self: &Arc<Self>,
        new: &NewWatcher,
        read: MapRead,
    ) -> Option<(Watching, Option<SeatNews>)> {
        let mut register = self.register();
        let known = register.performances.get(&new.performance_id);
        if known.map_or(read.begun, |watched| watched.as_of) < new.since {
            return None;
        }
        let watched = register.performances.entry(new.performance_id).or_insert_with(|| Watched {
            map: read.map,
            as_of: read.begun,
            reads: watch::Sender::new(ReadOutcome { begun: read.begun, failure: None }),
            rested: Instant::now(),
            watchers: BTreeMap::new(),
        });
        let NewWatcher { stream, performance_id, claims, known, .. } = *new;
        let events = new.events.clone();
        let (map, mine) = (watched.map.clone(), watched.map.seats_of(claims.user_id));
        watched.watchers.insert(stream, Watcher { claims, mine: mine.clone(), events });
        register.streams.insert(stream, performance_id);
        drop(register);
        let version = map.version(&mine);
        let first =
            (known != Some(version)).then(|| SeatNews { shared: map.taken(), mine: Some(mine), version });
        Some((Watching { stream, watchers: self.clone() }, first))
    }

    /// The performances that somebody watches and that have rested: those after one of them first.
    pub(super) fn rested_after(&self, last: Option<PerformanceId>) -> Vec<PerformanceId> {
        let (register, now) = (self.register(), Instant::now());
        let all = &register.performances;
        let after = last.map_or(Bound::Unbounded, Bound::Excluded);
        let up_to = last.map(|last| all.range(..=last)).into_iter().flatten();
        let rotated = all.range((after, Bound::Unbounded)).chain(up_to);
        rotated.filter(|(_, watched)| watched.rested <= now).map(|(id, _)| *id).collect()
    }

    /// Has a performance rest until an instant before it is read again.
    pub(super) fn rest_until(&self, performance_id: PerformanceId, rested: Instant) {
        if let Some(watched) = self.register().performances.get_mut(&performance_id) {
            watched.rested = rested;
        }
    }

    /// Sends all who watch a performance what is different from the map before; says how many were sent something.
    /// Backpressure ends a stream: a reader whose buffer is full gets no more than what is in it.
    pub(super) fn publish(
        &self,
        performance_id: PerformanceId,
        before: &Arc<LiveMap>,
        MapRead { map, begun }: MapRead,
    ) -> usize {
        let mut register = self.register();
        let Register { performances, streams } = &mut *register;
        // Those who have begun to watch since all others left know a newer one.
        let Some(watched) = performances.get_mut(&performance_id).filter(|now| Arc::ptr_eq(&now.map, before))
        else {
            return 0;
        };
        watched.as_of = begun;
        watched.reads.send_replace(ReadOutcome { begun, failure: None });
        if map.is_same_as(before) {
            return 0;
        }
        let mut sent = 0;
        watched.watchers.retain(|stream, watcher| {
            let mine = map.seats_of(watcher.claims.user_id);
            let is_new = mine != watcher.mine;
            if !is_new && map.changes().ranges().is_empty() {
                return true;
            }
            let version = map.version(&mine);
            let told = is_new.then(|| mine.clone());
            watcher.mine = mine;
            let news = SeatNews { shared: map.changes().clone(), mine: told, version };
            let has_room = watcher.events.try_send(SeatEvent::Changes(news)).is_ok();
            if has_room {
                sent += 1;
            } else {
                streams.remove(stream);
            }
            has_room
        });
        watched.map = map;
        if watched.watchers.is_empty() {
            performances.remove(&performance_id);
        }
        sent
    }

    /// Tells those who wait for a read of a performance that it failed.
    pub(super) fn fail(&self, performance_id: PerformanceId, begun: Instant, failure: StorageError) {
        if let Some(watched) = self.register().performances.get(&performance_id) {
            watched.reads.send_replace(ReadOutcome { begun, failure: Some(failure) });
        }
    }

    /// The next streams after one of them, in the order in which they were opened, with whom they are for.
    pub(super) fn page_after(&self, stream: u64, most: usize) -> Vec<(u64, QueueClaims)> {
        let register = self.register();
        let rest = register.streams.range((Bound::Excluded(stream), Bound::Unbounded)).take(most);
        let claims = |stream, performance_id| {
            register.performances.get(performance_id)?.watchers.get(stream).map(|watcher| watcher.claims)
        };
        rest.filter_map(|(stream, performance_id)| Some((*stream, claims(stream, performance_id)?))).collect()
    }

    /// Ends a stream, with how the turn ended where it is known.
    pub(super) fn end(&self, stream: u64, end: Option<PassEnd>) {
        let mut register = self.register();
        let Some(performance_id) = register.streams.remove(&stream) else { return };
        let Some(watched) = register.performances.get_mut(&performance_id) else { return };
        if let (Some(mut watcher), Some(end)) = (watched.watchers.remove(&stream), end) {
            // A reader who has fallen behind is told when they ask again.
            let _ = watcher.events.try_send(SeatEvent::Ended(end));
        }
        if watched.watchers.is_empty() {
            register.performances.remove(&performance_id);
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.watchers.end(self.stream, None);
    }
}
