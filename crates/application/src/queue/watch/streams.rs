use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::mpsc::Sender;
use seatline_domain::queue::QueueClaims;

use super::{Told, WatchError};
use crate::queue::Standing;

/// The open streams of this instance.
pub(super) struct Streams {
    most: usize,
    register: Mutex<Register>,
}

#[derive(Default)]
struct Register {
    closed: bool,
    /// How many places are taken; some of them by streams that have nothing more to be told.
    taken: usize,
    next: u64,
    watched: BTreeMap<u64, Watched>,
}

/// A stream that is told what changes.
struct Watched {
    claims: QueueClaims,
    told: Told,
    events: Sender<Standing>,
}

/// What has to be known of a stream to look after it.
pub(super) struct Seen {
    pub(super) stream: u64,
    pub(super) claims: QueueClaims,
    pub(super) told: Told,
}

/// One of the bounded number of places, until it is dropped.
pub(super) struct Place {
    stream: u64,
    streams: Arc<Streams>,
}

impl Streams {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, register: Mutex::default() })
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a stream.
    pub(super) fn take_place(self: &Arc<Self>) -> Result<Place, WatchError> {
        let mut register = self.register();
        if register.closed {
            return Err(WatchError::Closed);
        }
        if register.taken >= self.most {
            return Err(WatchError::Full);
        }
        register.taken += 1;
        register.next += 1;
        Ok(Place { stream: register.next, streams: self.clone() })
    }

    /// The next streams after one of them, in the order in which they were opened.
    pub(super) fn part_after(&self, stream: u64, most: usize) -> Vec<Seen> {
        let register = self.register();
        let rest = register.watched.range((Bound::Excluded(stream), Bound::Unbounded));
        let seen = rest.take(most).map(|(stream, watched)| Seen {
            stream: *stream,
            claims: watched.claims,
            told: watched.told,
        });
        seen.collect()
    }

    /// Tells a stream where its reader stands, if that is news, and says whether it was. A reader who has not taken
    /// what there was before is given up: their stream ends with what they have not taken yet.
    pub(super) fn tell(&self, stream: u64, standing: Standing) -> bool {
        let mut register = self.register();
        let Some(watched) = register.watched.get_mut(&stream) else { return false };
        let told = Told::of(&standing);
        if !told.is_news_after(watched.told) {
            return false;
        }
        let sent = watched.events.try_send(standing).is_ok();
        watched.told = told;
        if !sent || told == Told::Ended {
            register.watched.remove(&stream);
        }
        sent
    }

    /// Ends a stream.
    pub(super) fn end(&self, stream: u64) {
        self.register().watched.remove(&stream);
    }

    /// Ends all streams, and opens no more.
    pub(super) fn close(&self) {
        let mut register = self.register();
        register.closed = true;
        let ended = std::mem::take(&mut register.watched);
        drop(register);
        drop(ended);
    }
}

impl Place {
    /// Has the stream told what changes from now on; ends it when all streams have been closed meanwhile.
    pub(super) fn watch(&self, claims: QueueClaims, told: Told, events: Sender<Standing>) {
        let mut register = self.streams.register();
        if !register.closed {
            register.watched.insert(self.stream, Watched { claims, told, events });
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut register = self.streams.register();
        register.watched.remove(&self.stream);
        register.taken -= 1;
    }
}
