//! How a change is decided: lane → lock → load → **decide** → store.
//!
//! An adapter asks each [`Command`] of a batch for its [`Footprint`], locks and loads what the footprints name into a
//! [`WorkingSet`], takes the time, lets the commands [`decide`](Command::decide) in their order of arrival, and stores
//! what changed in one transaction. The in-memory reference adapter keeps everything in one working set and calls the
//! same functions.

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
use crate::id::{ConcertId, ReservationId, UserId};
use crate::idempotency::{Fingerprint, IdempotencyKey, KeyReused, Outcome, Recorded};
use crate::payment::Payment;
use crate::point::{LedgerEntry, Wallet};
use crate::queue::Room;
use crate::seat::{Seat, SeatKey};
use crate::storage::StorageError;
use crate::user::RegisterUserCommand;

/// A change that somebody asks for.
pub trait Command: Send + Sync + 'static {
    /// What it gives when it is done.
    type Success: Send + 'static;
    /// Why it was refused.
    type Error: From<StorageError> + Send + 'static;

    /// Names the rows that must be locked and loaded before it can decide.
    fn footprint(&self, footprint: &mut Footprint);

    /// Decides, and changes the working set accordingly. A refusal leaves the set as it was.
    ///
    /// # Errors
    /// The refusal; or storage's, when a row that must be there is not.
    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Self::Success, Self::Error>;
}

/// The rows that a batch has locked, as domain types, and the rows that it adds.
#[derive(Debug, Default)]
pub struct WorkingSet {
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
    /// Payments by reservation.
    pub payments: TrackedRows<ReservationId, Payment>,
    /// Seats that a user has bought of a concert.
    pub bought: HashMap<(ConcertId, UserId), u32>,
    /// Idempotency keys and what they did.
    pub keys: TrackedRows<(UserId, IdempotencyKey), Recorded>,
    /// Ledger entries to add.
    pub entries: Vec<LedgerEntry>,
    /// Accounts to add.
    pub users: Vec<RegisterUserCommand>,
    /// Operators' changes to record.
    pub audit: Vec<AuditEntry>,
}

impl WorkingSet {
    /// What a key did before: `None` when there is no key, or it is new, or so old that it is as good as new.
    ///
    /// # Errors
    /// [`KeyReused`] when it was used for another request.
    pub fn recorded(
        &self,
        user_id: UserId,
        key: Option<&IdempotencyKey>,
        fingerprint: impl FnOnce() -> Fingerprint,
        now: Timestamp,
    ) -> Result<Option<&Outcome>, KeyReused> {
        let recorded = key.and_then(|key| self.keys.get(&(user_id, key.clone())));
        let Some(recorded) = recorded.filter(|recorded| !recorded.has_expired(now)) else {
            return Ok(None);
        };
        if recorded.fingerprint == fingerprint() { Ok(Some(&recorded.outcome)) } else { Err(KeyReused) }
    }

    /// Records what a key did, so that a retry finds out. A lapsed record of the same key is replaced.
    pub fn record(
        &mut self,
        user_id: UserId,
        key: &IdempotencyKey,
        fingerprint: Fingerprint,
        outcome: Outcome,
        now: Timestamp,
    ) {
        self.keys.insert((user_id, key.clone()), Recorded { fingerprint, outcome, recorded_at: now });
    }
}
