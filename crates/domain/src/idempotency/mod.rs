//! One key, one effect, one answer.
//!
//! A command that carries a key leaves a record in the same transaction as its effect. The same key with the same
//! request finds the record and is answered as at first, with the same thing as it stands now; with another request it is
//! refused. A refusal leaves no record, so that a key can be used again once the reason is gone.
//!
//! A record answers for [`policy::KEY_TTL`]. After that it has expired: the key is as good as new from that instant on,
//! whether or not its record was removed yet.

mod owner;
pub mod policy;

pub use owner::{KeyOwner, NetworkDigest, NewcomerKey};

use thiserror::Error;

use crate::Timestamp;
use crate::id::{ChargeId, CheckInId, ConcertId, EventId, PerformanceId, RefundId, ReservationId, WebhookId};
use crate::operator_key::OperatorKey;
use crate::payment::Payment;
use crate::point::LedgerEntry;
use crate::queue::Number;
use crate::reservation::Reservation;
use crate::user::Account;

/// A client's key: 1 to 255 printable ASCII characters, kept by its [owner](KeyOwner).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

/// The key is empty, too long or not printable ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an idempotency key has 1 to {} printable ASCII characters", IdempotencyKey::MAX_LENGTH)]
pub struct IdempotencyKeyError;

impl IdempotencyKey {
    /// The most characters a key has.
    pub const MAX_LENGTH: usize = 255;

    /// Checks a key.
    ///
    /// # Errors
    /// [`IdempotencyKeyError`] when it is empty, too long or not printable ASCII.
    pub fn parse(key: &str) -> Result<Self, IdempotencyKeyError> {
        let printable = key.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if key.is_empty() || key.len() > Self::MAX_LENGTH || !printable {
            return Err(IdempotencyKeyError);
        }
        Ok(Self(key.to_owned()))
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is long enough to be known to nobody but its sender.
    pub fn may_be_secret(&self) -> bool {
        self.0.len() >= policy::SECRET_LENGTH_MIN
    }
}

/// What was asked for, in one line: two requests are the same when their fingerprints are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Wraps the one-line form of a request.
    pub fn new(request: String) -> Self {
        Self(request)
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The effect that a key had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A charge, by its ledger entry.
    Charged(LedgerEntry),
    /// A charge by a provider, which was begun.
    ChargeCreated(ChargeId),
    /// A hold; `created` is false when the caller already had it.
    Held {
        /// The reservation, as it was when the record was made or loaded.
        reservation: Reservation,
        /// Whether this request made it.
        created: bool,
    },
    /// A hold of a concert whose reservations are not where the command at hand is decided: it was another request.
    HeldElsewhere(ReservationId),
    /// A payment; `created` is false when the reservation was already paid.
    Paid {
        /// The payment, as it was when the record was made or loaded.
        payment: Payment,
        /// Whether this request made it.
        created: bool,
    },
    /// A refund of this id, of the payment that was asked about.
    Refunded(RefundId),
    /// A credit or a debit, by its ledger entry.
    Credited(LedgerEntry),
    /// An account.
    Registered(Account),
    /// A concert on the programme.
    ConcertAdded(ConcertId),
    /// A performance on the programme.
    PerformanceAdded(PerformanceId),
    /// A change of this concert.
    ConcertChanged(ConcertId),
    /// A change of this performance.
    PerformanceChanged(PerformanceId),
    /// The cancellation of this performance.
    PerformanceCancelled(PerformanceId),
    /// A change of the price of a section of this performance.
    SectionChanged(PerformanceId),
    /// A change of the seats of this performance that are blocked.
    SeatsChanged(PerformanceId),
    /// A change of the waiting room of this concert.
    QueueConfigured(ConcertId),
    /// A place in the line that was asked for; `created` is false when the caller already had it.
    Joined {
        /// Its number.
        number: Number,
        /// Whether this request took it.
        created: bool,
    },
    /// An operators' key, as it was when the record was made or loaded.
    OperatorKeyCreated(OperatorKey),
    /// A check-in.
    CheckedIn(CheckInId),
    /// A webhook.
    WebhookCreated(WebhookId),
    /// A change of this webhook, or of its secret.
    WebhookChanged(WebhookId),
    /// One more delivery of this event.
    DeliveryReplayed(EventId),
}

/// A key's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What was asked for.
    pub fingerprint: Fingerprint,
    /// What came of it.
    pub outcome: Outcome,
    /// The instant.
    pub recorded_at: Timestamp,
}

impl Recorded {
    /// Whether its time is up.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.recorded_at <= expiry_cutoff(now)
    }
}

/// The instant up to which records have expired at `now`.
pub fn expiry_cutoff(now: Timestamp) -> Timestamp {
    now - policy::KEY_TTL
}

/// The key was used before, for another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the idempotency key was used for another request")]
pub struct KeyReused;

/// What a command that may carry a key answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The thing made or found.
    pub value: T,
    /// Whether the request that first had this answer made the thing.
    pub created: bool,
    /// Whether this answer is a repetition from the key's record.
    pub replayed: bool,
}

impl<T> Answer<T> {
    /// The thing was made now.
    pub const fn created(value: T) -> Self {
        Self { value, created: true, replayed: false }
    }

    /// The thing was there already.
    pub const fn existing(value: T) -> Self {
        Self { value, created: false, replayed: false }
    }

    /// The key's first answer, once more, with the thing as it stands now.
    pub const fn replayed(value: T, created: bool) -> Self {
        Self { value, created, replayed: true }
    }

    /// The same answer with another value.
    pub fn with<U>(self, value: U) -> Answer<U> {
        Answer { value, created: self.created, replayed: self.replayed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bounded_printable_ascii() {
        assert!(IdempotencyKey::parse("order 7 / retry").is_ok());
        assert!(IdempotencyKey::parse(&"k".repeat(255)).is_ok());
        for bad in ["", "tab\t", "é", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(bad), Err(IdempotencyKeyError));
        }
    }
}
