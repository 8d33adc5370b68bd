//! Events: what other systems are told of.
//!
//! A command that does something of which others hear tells its [`Event`] to the working set, in the commit that does it.
//! Only kinds that somebody [wants](EventKinds) are told at all.

mod body;
mod kind;
mod told;

pub use body::{EventBody, PaidSeats, Refunded};
pub use kind::{EventKind, EventKinds, UnknownEventKind};
pub use told::ToldEvents;

use uuid::Uuid;

use crate::Timestamp;
use crate::id::EventId;

/// Something that happened, of which other systems are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The instant, by the database's clock.
    pub at: Timestamp,
    /// What happened.
    pub body: EventBody,
}

impl Event {
    /// What its receivers get to know in the order in which it happened: a reservation with its payment and its tickets, a
    /// performance, or a wallet.
    pub fn subject(&self) -> Uuid {
        self.body.subject()
    }
}

/// The place of an event among all, in the order of their commits: 1, 2, 3, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventPosition(i64);

impl EventPosition {
    /// Before the first event.
    pub const START: Self = Self(0);

    /// Wraps a place.
    pub const fn new(position: i64) -> Self {
        Self(position)
    }

    /// The place.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// An event as it was published, with its data as they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedEvent {
    /// Its place.
    pub position: EventPosition,
    /// Its id, the same for everybody who is told.
    pub id: EventId,
    /// Its kind.
    pub kind: EventKind,
    /// The instant at which it happened.
    pub at: Timestamp,
    /// The data, as one JSON object.
    pub data: String,
}
