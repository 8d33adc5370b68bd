//! The record of operators' changes: what was changed, when, and how it was before and after.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;

use crate::Timestamp;
use crate::id::{AuditEntryId, ConcertId, OperatorKeyId};
use crate::text::Text;

/// An operator's reason for a change that is about somebody's points: 1 to 200 characters.
pub type Reason = Text<200>;

/// The record of changes that concern no concert.
pub const NO_CONCERT: ConcertId = ConcertId::new(uuid::Uuid::nil());

/// Kinds of operators' changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// Added a concert.
    ConcertAdded,
    /// Added a performance.
    PerformanceAdded,
    /// Changed a concert.
    ConcertChanged,
    /// Changed a performance.
    PerformanceChanged,
    /// Cancelled a performance.
    PerformanceCancelled,
    /// Refunded a payment.
    PaymentRefunded,
    /// Changed the price of a section.
    SectionChanged,
    /// Blocked seats, or gave them back.
    SeatsChanged,
    /// Changed a waiting room.
    QueueChanged,
    /// Checked in a ticket.
    TicketCheckedIn,
    /// Added a webhook.
    WebhookAdded,
    /// Changed a webhook.
    WebhookChanged,
    /// Deleted a webhook.
    WebhookDeleted,
    /// Delivered an event once more.
    DeliveryReplayed,
    /// Added points to a wallet.
    PointsCredited,
    /// Took points back from a wallet.
    PointsDebited,
    /// Made an operators' key.
    OperatorKeyAdded,
    /// Deleted an operators' key.
    OperatorKeyDeleted,
}

/// An operator, by a short fingerprint of the key that was used: of the owner's the beginning of a digest, of others the
/// end of their id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorId(u32);

impl OperatorId {
    /// Seatline itself, without anybody's key.
    pub const SEATLINE: Self = Self(0);

    /// The fingerprint that starts with these bytes of a key's digest.
    pub const fn from_digest(digest: [u8; 4]) -> Self {
        Self(u32::from_be_bytes(digest))
    }

    /// The holder of a key that the owner made.
    pub const fn of_key(id: OperatorKeyId) -> Self {
        // The end of an id is random.
        let [.., first, second, third, fourth] = id.uuid().into_bytes();
        Self::from_digest([first, second, third, fourth])
    }

    /// The bytes of the digest.
    pub const fn digest(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    /// Reads eight hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 8 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        if digits { u32::from_str_radix(text, 16).ok().map(Self) } else { None }
    }
}

impl fmt::Display for OperatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// An audit entry's id and operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditStamp {
    /// The entry that it gets.
    pub entry_id: AuditEntryId,
    /// The operator who makes the change.
    pub operator: OperatorId,
}

/// One value of a recorded thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A text, or anything that reads as one.
    Text(String),
    /// A whole number.
    Number(u64),
    /// Points: at most two decimals, negative where they leave a wallet.
    Points(Decimal),
    /// An instant.
    Instant(Timestamp),
    /// Numbers of seats.
    Seats(Vec<u32>),
    /// Not set.
    None,
}

impl From<Option<u32>> for Fact {
    fn from(number: Option<u32>) -> Self {
        number.map_or(Self::None, |number| Self::Number(number.into()))
    }
}

impl From<u32> for Fact {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<Timestamp> for Fact {
    fn from(instant: Timestamp) -> Self {
        Self::Instant(instant)
    }
}

impl From<Option<Timestamp>> for Fact {
    fn from(instant: Option<Timestamp>) -> Self {
        instant.map_or(Self::None, Self::Instant)
    }
}

impl From<Decimal> for Fact {
    fn from(points: Decimal) -> Self {
        Self::Points(points)
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A thing as it was at one moment: its values by the names that the HTTP contract gives them.
pub type Facts = BTreeMap<String, Fact>;

/// Builds [`Facts`] from pairs.
pub fn facts<const N: usize>(pairs: [(&str, Fact); N]) -> Facts {
    pairs.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect()
}

/// One operator's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The entry's id and the operator.
    pub stamp: AuditStamp,
    /// The concert, or [`NO_CONCERT`].
    pub concert_id: ConcertId,
    /// The kind of change.
    pub action: AuditAction,
    /// How it was before; `None` when it was not there.
    pub before: Option<Facts>,
    /// How it is after.
    pub after: Facts,
    /// The instant, by the database's clock.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_read_as_they_are_shown() {
        for (id, text) in
            [(OperatorId::SEATLINE, "00000000"), (OperatorId::from_digest([0, 0xab, 1, 0x2c]), "00ab012c")]
        {
            assert_eq!(id.to_string(), text);
            assert_eq!(OperatorId::parse(text), Some(id));
        }
        for wrong in ["", "ab012c", "+0ab012c", "00ab012g", "000ab012c"] {
            assert_eq!(OperatorId::parse(wrong), None, "{wrong}");
        }
    }
}
