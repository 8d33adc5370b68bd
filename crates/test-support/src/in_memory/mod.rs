//! The reference implementation of every port, in memory.
//!
//! One working set holds everything, so that a command always finds what its footprint names. Nobody looks at which
//! rows were changed or added: what one command leaves is what the next one finds, as after a store.

mod accounts;
mod announced_boards;
mod audit_log;
mod cancellations;
mod charges;
mod clock;
mod deliveries;
mod device_codes;
mod event_feed;
mod fixture;
mod idempotency_keys;
mod idle_accounts;
mod inspection;
mod inspection_of_queues;
mod inspection_of_sales;
mod operator_keys;
mod paging;
mod payments;
mod programme;
mod programme_editor;
mod queue_reader;
mod reservations;
mod seat_inventory;
mod tickets;
mod waiting_rooms;
mod wallets;
mod webhooks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use seatline_domain::Timestamp;
use seatline_domain::commands::Command;
use seatline_domain::concert::{Concert, Performance};
use seatline_domain::event::{EventKinds, ToldEvents};
use seatline_domain::id::{ChargeId, ConcertId, OperatorKeyId, PerformanceId, UserId, WebhookId};
use seatline_domain::queue::{AnnouncedBoard, Pass};
use seatline_domain::seat::hall::Hall;
use seatline_domain::seat::{Seat, SeatKey};
use seatline_domain::working_set::{Footprint, WorkingSet};

pub use clock::FixedClock;
pub use fixture::InMemoryFixture;

/// Every port, over one locked working set and a clock that moves only when told to.
#[derive(Debug, Default)]
pub struct InMemory {
    clock: FixedClock,
    state: Mutex<State>,
}

/// Everything that is kept. The ledger, the accounts and the audit record are the set's own, complete.
#[derive(Debug, Default)]
struct State {
    set: WorkingSet,
    /// The concerts in the order in which they were added.
    concerts: Vec<ConcertId>,
    /// The performances in the order in which they were added.
    performances: Vec<PerformanceId>,
    /// The halls of the performances.
    halls: BTreeMap<PerformanceId, Arc<Hall>>,
    /// The operators' keys in the order in which they were made.
    operator_keys: Vec<OperatorKeyId>,
    /// The webhooks in the order in which they were made.
    webhooks: Vec<WebhookId>,
    /// What was told and published.
    events: event_feed::Events,
    /// The boards that were announced last.
    announced_boards: BTreeMap<ConcertId, AnnouncedBoard>,
    /// The instants at which accounts were opened.
    registered_at: BTreeMap<UserId, Timestamp>,
    /// Until when charges are leased to whoever looks them up.
    leased_until: BTreeMap<ChargeId, Timestamp>,
    /// The instants at which accounts were found idle.
    idle: BTreeMap<UserId, Timestamp>,
}

impl InMemory {
    /// Nothing in it yet.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Its clock.
    pub fn clock(&self) -> &FixedClock {
        &self.clock
    }

    /// Changes what is kept past all rules, for tests that need a state no command leads to.
    pub fn tamper(&self, with: impl FnOnce(&mut WorkingSet)) {
        with(&mut self.state().set);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn decide<C: Command>(&self, command: &C) -> Result<C::Success, C::Error> {
        let (mut state, now) = (self.state(), self.now());
        let mut footprint = Footprint::default();
        command.footprint(&mut footprint);
        if !footprint.webhooks.is_empty() {
            state.publish_told(usize::MAX, now);
        }
        let wanted = state.set.webhooks.iter().map(|(_, webhook)| webhook.wanted());
        state.set.events = ToldEvents::wanting(wanted.fold(EventKinds::NONE, EventKinds::or));
        let decided = command.decide(&mut state.set, now);
        let told = state.set.events.take();
        state.events.told.extend(told);
        decided
    }
}

impl State {
    fn concert(&self, id: ConcertId) -> Option<&Concert> {
        self.set.concerts.get(&id)
    }

    /// The performances of a concert, by start, and in the order in which they were added.
    fn performances_of(&self, concert_id: ConcertId) -> Vec<&Performance> {
        let added = self.performances.iter().filter_map(|id| self.set.performances.get(id));
        let mut performances: Vec<_> = added.filter(|one| one.concert_id == concert_id).collect();
        performances.sort_by_key(|performance| performance.starts_at);
        performances
    }

    /// The passes of a room, by number.
    fn passes_of(&self, concert_id: ConcertId) -> impl Iterator<Item = &Pass> {
        self.set.passes.iter().filter(move |pass| pass.concert_id == concert_id)
    }

    /// The seats of a performance, by number.
    fn seats_of(&self, performance_id: PerformanceId) -> impl Iterator<Item = &Seat> {
        let of_performance = move |(key, _): &(&SeatKey, &Seat)| key.performance_id == performance_id;
        self.set.seats.iter().filter(of_performance).map(|(_, seat)| seat)
    }
}
