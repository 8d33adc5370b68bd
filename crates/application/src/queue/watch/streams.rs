use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::mpsc::Sender;
use seatline_domain::id::UserId;
use seatline_domain::queue::QueueClaims;

use super::{LastSent, WatchError};
use crate::queue::QueuePosition;

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
    /// Each user's streams, the oldest first.
    of_users: HashMap<UserId, Vec<u64>>,
}

/// A stream that is told what changes.
struct Watched {
    claims: QueueClaims,
    told: LastSent,
    events: Sender<QueuePosition>,
}

/// What has to be known of a stream to look after it.
pub(super) struct Seen {
    pub(super) stream: u64,
    pub(super) claims: QueueClaims,
    pub(super) told: LastSent,
}

/// One of the bounded number of places, until it is dropped.
pub(super) struct Place {
    stream: u64,
    user_id: UserId,
    streams: Arc<Streams>,
}

impl Streams {
    /// How many streams one user has at the most, so that nobody takes everybody's places.
    pub(super) const OF_ONE_USER_MAX: usize = 8;

    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, register: Mutex::default() })
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for another stream of a user. When they have as many as one user may have, their oldest ends: it
    /// is the likeliest to be one that they have lost.
    pub(super) fn take_place(self: &Arc<Self>, user_id: UserId) -> Result<Place, WatchError> {
        let mut register = self.register();
        if register.closed {
            return Err(WatchError::Closed);
        }
        if register.taken >= self.most {
            return Err(WatchError::Full);
        }
        register.taken += 1;
        register.next += 1;
        let stream = register.next;
        let of_user = register.of_users.entry(user_id).or_default();
        of_user.push(stream);
        if of_user.len() > Self::OF_ONE_USER_MAX {
            let oldest = of_user.remove(0);
            register.watched.remove(&oldest);
        }
        Ok(Place { stream, user_id, streams: self.clone() })
    }

    /// How many places are taken.
    pub(super) fn taken(&self) -> usize {
        self.register().taken
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
    pub(super) fn tell(&self, stream: u64, standing: QueuePosition) -> bool {
        let mut register = self.register();
        let Some(watched) = register.watched.get_mut(&stream) else { return false };
        let told = LastSent::of(&standing);
        if !told.is_news_after(watched.told) {
            return false;
        }
        let sent = watched.events.try_send(standing).is_ok();
        watched.told = told;
        if !sent || told == LastSent::Ended {
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
    /// Has the stream told what changes from now on; ends it when it was ended meanwhile, or all were.
    pub(super) fn watch(&self, claims: QueueClaims, told: LastSent, events: Sender<QueuePosition>) {
        let mut register = self.streams.register();
        let of_user = register.of_users.get(&self.user_id);
        let counts = of_user.is_some_and(|streams| streams.contains(&self.stream));
        if counts && !register.closed {
            register.watched.insert(self.stream, Watched { claims, told, events });
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut register = self.streams.register();
        register.watched.remove(&self.stream);
        register.taken -= 1;
        if let Some(of_user) = register.of_users.get_mut(&self.user_id) {
            of_user.retain(|stream| *stream != self.stream);
            if of_user.is_empty() {
                register.of_users.remove(&self.user_id);
            }
        }
    }
}
