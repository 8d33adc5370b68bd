use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::mpsc::Sender;
use seatline_domain::queue::QueueClaims;

use super::LastSent;
use crate::queue::QueueStatus;

/// The open streams of positions, to which changes are sent.
#[derive(Default)]
pub(super) struct Streams {
    watched: Mutex<BTreeMap<u64, Watched>>,
}

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

/// Has changes sent on a stream, until it is dropped.
pub(super) struct Watching {
    stream: u64,
    streams: Arc<Streams>,
}

impl Streams {
    fn watched(&self) -> MutexGuard<'_, BTreeMap<u64, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has changes sent on a stream from now on.
    pub(super) fn watch(
        self: &Arc<Self>,
        stream: u64,
        claims: QueueClaims,
        last_sent: LastSent,
        events: Sender<QueueStatus>,
    ) -> Watching {
        self.watched().insert(stream, Watched { claims, last_sent, events });
        Watching { stream, streams: self.clone() }
    }

    /// The next streams after one of them, in the order in which they were opened.
    pub(super) fn page_after(&self, stream: u64, most: usize) -> Vec<StreamState> {
        let watched = self.watched();
        let rest = watched.range((Bound::Excluded(stream), Bound::Unbounded));
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
        let mut all = self.watched();
        let Some(watched) = all.get_mut(&stream) else { return false };
        let last_sent = LastSent::of(&status);
        if !last_sent.is_news_after(watched.last_sent) {
            return false;
        }
        let sent = watched.events.try_send(status).is_ok();
        watched.last_sent = last_sent;
        if !sent || last_sent == LastSent::Ended {
            all.remove(&stream);
        }
        sent
    }

    /// Ends a stream.
    pub(super) fn end(&self, stream: u64) {
        self.watched().remove(&stream);
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.streams.end(self.stream);
    }
}
