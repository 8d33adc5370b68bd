//! The rows that a batch of commands has locked and loaded, as domain types with change tracking.
//!
//! A [`Footprint`] says which rows those are. [`Command`](crate::commands::Command)s decide on a [`WorkingSet`];
//! afterwards it knows what to store.

mod change_tracking;
mod footprint;
mod loaded_passes;
mod loaded_reservations;

pub use change_tracking::TrackedRows;
pub use footprint::Footprint;
pub use loaded_passes::LoadedPasses;
pub use loaded_reservations::LoadedReservations;

use std::collections::HashMap;

use crate::Timestamp;
use crate::audit::AuditEntry;
use crate::charge::Charge;
use crate::concert::{Concert, Performance};
use crate::event::ToldEvents;
use crate::id::{
    ChargeId, ConcertId, EventId, OperatorKeyId, PerformanceId, ReservationId, UserId, WebhookId,
};
use crate::idempotency::{Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome, Recorded};
use crate::operator_key::OperatorKey;
use crate::payment::Payment;
use crate::point::{CreditRecord, LedgerEntry, Wallet};
use crate::queue::Room;
use crate::seat::{Seat, SeatKey};
use crate::ticket::{CheckIn, TicketId};
use crate::user::{Account, DeviceCode};
use crate::webhook::{Delivery, Webhook};

/// The rows that a batch has locked, as domain types, and the rows that it adds.
#[derive(Debug, Default)]
pub struct WorkingSet {
    /// Concerts, of which those that are changed are locked.
    pub concerts: TrackedRows<ConcertId, Concert>,
    /// Performances.
    pub performances: TrackedRows<PerformanceId, Performance>,
    /// Waiting rooms.
    pub rooms: TrackedRows<ConcertId, Room>,
    /// Passes, with what is known of each room's line.
    pub passes: LoadedPasses,
    /// Reservations, with who holds one.
    pub reservations: LoadedReservations,
    /// Seats and who has them.
    pub seats: TrackedRows<SeatKey, Seat>,
    /// Wallets.
    pub wallets: TrackedRows<UserId, Wallet>,
    /// Charges by providers.
    pub charges: TrackedRows<ChargeId, Charge>,
    /// Payments by reservation, with their refunds.
    pub payments: TrackedRows<ReservationId, Payment>,
    /// Seats that a user has bought of a concert.
    pub bought: HashMap<(ConcertId, UserId), u32>,
    /// Operators' keys.
    pub operator_keys: TrackedRows<OperatorKeyId, OperatorKey>,
    /// Webhooks: those that are named, or all where one may be added.
    pub webhooks: TrackedRows<WebhookId, Webhook>,
    /// Deliveries of events.
    pub deliveries: TrackedRows<(WebhookId, EventId), Delivery>,
    /// Device codes: each user has one.
    pub device_codes: TrackedRows<UserId, DeviceCode>,
    /// Check-ins of tickets.
    pub check_ins: TrackedRows<(PerformanceId, TicketId), CheckIn>,
    /// Idempotency keys and what they did.
    pub keys: TrackedRows<(KeyOwner, IdempotencyKey), Recorded>,
    /// Ledger entries to add.
    pub entries: Vec<LedgerEntry>,
    /// Operators' credits and debits to record, whose entries are among those to add.
    pub credits: Vec<CreditRecord>,
    /// Accounts to add.
    pub accounts: Vec<Account>,
    /// Operators' changes to record.
    pub audit: Vec<AuditEntry>,
    /// Events of which other systems are told.
    pub events: ToldEvents,
}

impl WorkingSet {
    /// What a key did before: `None` when there is no key, or it is new, or so old that it is as good as new.
    ///
    /// # Errors
    /// [`KeyReused`] when it was used for another request.
    pub fn recorded(
        &self,
        owner: KeyOwner,
        key: Option<&IdempotencyKey>,
        fingerprint: impl FnOnce() -> Fingerprint,
        now: Timestamp,
    ) -> Result<Option<&Outcome>, KeyReused> {
        let recorded = key.and_then(|key| self.keys.get(&(owner, key.clone())));
        let Some(recorded) = recorded.filter(|recorded| !recorded.has_expired(now)) else {
            return Ok(None);
        };
        if recorded.fingerprint == fingerprint() { Ok(Some(&recorded.outcome)) } else { Err(KeyReused) }
    }

    /// Records what a key did, so that a retry finds out. An expired record of the same key is replaced.
    pub fn record(
        &mut self,
        owner: KeyOwner,
        key: &IdempotencyKey,
        fingerprint: Fingerprint,
        outcome: Outcome,
        now: Timestamp,
    ) {
        self.keys.insert((owner, key.clone()), Recorded { fingerprint, outcome, recorded_at: now });
    }
}
