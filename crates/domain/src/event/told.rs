use super::{Event, EventBody, EventKind, EventKinds};
use crate::Timestamp;

/// The events of a batch, of the kinds that somebody wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToldEvents {
    wanted: EventKinds,
    events: Vec<Event>,
}

impl ToldEvents {
    /// Nothing told yet, of these kinds.
    pub const fn wanting(wanted: EventKinds) -> Self {
        Self { wanted, events: Vec::new() }
    }

    /// Tells an event, which is made only if its kind is wanted.
    pub fn tell(&mut self, kind: EventKind, at: Timestamp, body: impl FnOnce() -> EventBody) {
        if self.wanted.contains(kind) {
            self.events.push(Event { at, body: body() });
        }
    }

    /// Those that were told, in their order.
    pub fn all(&self) -> &[Event] {
        &self.events
    }

    /// Takes those that were told.
    pub fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}
