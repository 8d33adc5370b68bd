use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::mpsc::Sender;
use seatline_domain::id::UserId;
use seatline_domain::queue::QueueClaims;

use super::{LastSent, WatchError};
use crate::queue::QueueStatus;

/// The open streams of this instance.
pub(super) struct Streams {
    most: usize,
    register: Mutex<Register>,
}

#[derive(Default)]
struct Register {
    closed: bool,
    /// How many permits are out; some of them for streams to which nothing more will be sent.
    open: usize,
    next: u64,
    watched: BTreeMap<u64, Watched>,
    /// Each user's streams, the oldest first.
    of_users: HashMap<UserId, Vec<u64>>,
}

/// A stream to which changes are sent.
struct Watched {
    claims: QueueClaims,
    last_sent: LastSent,
    events: Sender<QueueStatus>,
}

/// What a tick knows of a stream.
pub(super) struct StreamState {
    pub(super) id: u64,
    pub(super) claims: QueueClaims,
    pub(super) last_sent: LastSent,
}

/// Permit for one of the bounded number of streams, until it is dropped.
pub(super) struct StreamPermit {
    stream: u64,
    user_id: UserId,
    streams: Arc<Streams>,
}

impl Streams {
    /// The most streams of one user, so that nobody takes all of them.
    pub(super) const OF_ONE_USER_MAX: usize = 8;

    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, register: Mutex::default() })
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a permit for another stream of a user. When they have as many as one user may have, their oldest ends: it
    /// is the likeliest to be one that they have lost.
    pub(super) fn acquire(self: &Arc<Self>, user_id: UserId) -> Result<StreamPermit, WatchError> {
        let mut register = self.register();
        if register.closed {
            return Err(WatchError::Closed);
        }
        if register.open >= self.most {
            return Err(WatchError::Full);
        }
        register.open += 1;
        register.next += 1;
        let stream = register.next;
        let of_user = register.of_users.entry(user_id).or_default();
        of_user.push(stream);
        if of_user.len() > Self::OF_ONE_USER_MAX {
            let oldest = of_user.remove(0);
            register.watched.remove(&oldest);
        }
        Ok(StreamPermit { stream, user_id, streams: self.clone() })
    }

    /// How many streams are open.
    pub(super) fn open(&self) -> usize {
        self.register().open
    }

    /// The next streams after one of them, in the order in which they were opened.
    pub(super) fn page_after(&self, stream: u64, most: usize) -> Vec<StreamState> {
        let register = self.register();
        let rest = register.watched.range((Bound::Excluded(stream), Bound::Unbounded));
        let page = rest.take(most).map(|(stream, watched)| StreamState {
            id: *stream,
            claims: watched.claims,
            last_sent: watched.last_sent,
        });
        page.collect()
    }

    /// Sends a position on a stream, if it is news; says whether it was sent. Backpressure ends a stream: a reader
    /// whose buffer is full gets no more than what is in it.
    pub(super) fn send(&self, stream: u64, status: QueueStatus) -> bool {
        let mut register = self.register();
        let Some(watched) = register.watched.get_mut(&stream) else { return false };
        let last_sent = LastSent::of(&status);
        if !last_sent.is_news_after(watched.last_sent) {
            return false;
        }
        let sent = watched.events.try_send(status).is_ok();
        watched.last_sent = last_sent;
        if !sent || last_sent == LastSent::Ended {
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

impl StreamPermit {
    /// Has changes sent on the stream from now on; ends it when it was ended meanwhile, or all were.
    pub(super) fn watch(&self, claims: QueueClaims, last_sent: LastSent, events: Sender<QueueStatus>) {
        let mut register = self.streams.register();
        let of_user = register.of_users.get(&self.user_id);
        let counts = of_user.is_some_and(|streams| streams.contains(&self.stream));
        if counts && !register.closed {
            register.watched.insert(self.stream, Watched { claims, last_sent, events });
        }
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut register = self.streams.register();
        register.watched.remove(&self.stream);
        register.open -= 1;
        if let Some(of_user) = register.of_users.get_mut(&self.user_id) {
            of_user.retain(|stream| *stream != self.stream);
            if of_user.is_empty() {
                register.of_users.remove(&self.user_id);
            }
        }
    }
}
