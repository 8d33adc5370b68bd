//! Places for open streams of events, whatever these tell: bounded for an instance, and for each user.

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures::channel::{mpsc, oneshot};
use futures::{FutureExt, Stream};
use seatline_domain::id::UserId;
use thiserror::Error;

/// The places of this instance's open streams of events.
pub struct StreamPlaces {
    most: usize,
    register: Mutex<Register>,
}

/// Reasons for which no stream is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StreamRefusal {
    /// As many streams are open as there may be.
    #[error("as many streams are open as there may be")]
    Full,
    /// This instance is about to stop.
    #[error("no more streams are opened")]
    Closed,
}

#[derive(Default)]
struct Register {
    closed: bool,
    /// How many places are taken; some of them by streams to which nothing more will be sent.
    taken: usize,
    next: u64,
    /// Each user's streams, the oldest first.
    of_users: HashMap<UserId, Vec<OpenStream>>,
}

/// A stream that has not been ended. Dropping this ends it.
struct OpenStream {
    stream: u64,
    _end: oneshot::Sender<Infallible>,
}

/// One of the bounded number of places, until it is dropped.
pub(crate) struct StreamPlace {
    stream: u64,
    user_id: UserId,
    end: oneshot::Receiver<Infallible>,
    places: Arc<StreamPlaces>,
}

impl StreamPlaces {
    /// The most streams of an instance, unless configured otherwise.
    pub const MAX: usize = 20_000;
    /// The most streams of one user, so that nobody takes all of them.
    pub(crate) const OF_ONE_USER_MAX: usize = 8;

    /// At most so many streams at the same time.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, register: Mutex::default() })
    }

    /// How many streams are open.
    pub fn open(&self) -> usize {
        self.register().taken
    }

    /// Ends every stream, and opens no more. What was sent before is still read.
    pub fn close(&self) {
        let mut register = self.register();
        register.closed = true;
        let ended = std::mem::take(&mut register.of_users);
        drop(register);
        drop(ended);
    }

    /// Takes a place for another stream of a user. When they have as many as one user may have, their oldest ends: it
    /// is the likeliest to be one that they have lost.
    ///
    /// # Errors
    /// [`StreamRefusal`] saying why not.
    pub(crate) fn take(self: &Arc<Self>, user_id: UserId) -> Result<StreamPlace, StreamRefusal> {
        let mut register = self.register();
        if register.closed {
            return Err(StreamRefusal::Closed);
        }
        if register.taken >= self.most {
            return Err(StreamRefusal::Full);
        }
        register.taken += 1;
        register.next += 1;
        let stream = register.next;
        let (sender, end) = oneshot::channel();
        let of_user = register.of_users.entry(user_id).or_default();
        of_user.push(OpenStream { stream, _end: sender });
        if of_user.len() > Self::OF_ONE_USER_MAX {
            drop(of_user.remove(0));
        }
        Ok(StreamPlace { stream, user_id, end, places: self.clone() })
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StreamPlace {
    /// The stream's number: one that is opened later has a higher one.
    pub(crate) const fn stream(&self) -> u64 {
        self.stream
    }

    /// The next event; `None` when all was read and there will be no more, be it that the stream was ended.
    pub(crate) fn poll_event<E>(
        &mut self,
        events: &mut mpsc::Receiver<E>,
        context: &mut Context<'_>,
    ) -> Poll<Option<E>> {
        match Pin::new(events).poll_next(context) {
            Poll::Pending => self.end.poll_unpin(context).map(|_| None),
            event @ Poll::Ready(_) => event,
        }
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut register = self.places.register();
        register.taken -= 1;
        if let Some(of_user) = register.of_users.get_mut(&self.user_id) {
            of_user.retain(|open| open.stream != self.stream);
            if of_user.is_empty() {
                register.of_users.remove(&self.user_id);
            }
        }
    }
}
