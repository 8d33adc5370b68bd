//! One id type per entity, so that a seat is never looked up by a payment's id.

use std::fmt;

use uuid::Uuid;

use crate::Timestamp;

macro_rules! entity_ids {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// The same id as one that is made at this instant, by the clock that decides.
            ///
            /// Instances make ids by clocks of their own; lists that are ordered by ids are in the order of these.
            #[must_use]
            pub fn made_at(self, now: Timestamp) -> Self {
                Self(version_7(self.0, now))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )* };
}

entity_ids! {
    /// A person with an account.
    UserId
    /// A concert, which has one waiting room and any number of performances.
    ConcertId
    /// One performance of a concert, with its own seats.
    PerformanceId
    /// A reservation of one or more seats of one performance.
    ReservationId
    /// The payment of one reservation.
    PaymentId
    /// One entry of a wallet's ledger.
    LedgerEntryId
    /// One entry of the record of operators' changes.
    AuditEntryId
}

/// A UUID of version 7 with the milliseconds of an instant, their fraction in the place of the first random bits (RFC
/// 9562, method 3), and the other random bits of `random`.
fn version_7(random: Uuid, at: Timestamp) -> Uuid {
    const RANDOM_BITS: u128 = (1 << 62) - 1;
    let micros = u128::try_from(at.timestamp_micros()).unwrap_or(0);
    let (milliseconds, fraction) = (micros / 1_000, micros % 1_000 * 4_096 / 1_000);
    let random = random.as_u128() & RANDOM_BITS;
    Uuid::from_u128(milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use uuid::Variant;

    #[test]
    fn ids_are_in_the_order_of_the_instants_at_which_they_are_made() {
        let start: Timestamp = "2026-11-26T12:00:00.000999Z".parse().unwrap();
        let mut last = Uuid::nil();
        for (micros, random) in [(0, u128::MAX), (1, 0), (2, 7), (1_000, 3), (1_001, 2), (10_000_000, 1)] {
            let id = PaymentId::new(Uuid::from_u128(random)).made_at(start + TimeDelta::microseconds(micros));
            assert!(id.uuid() > last, "{micros}");
            assert_eq!((id.uuid().get_version_num(), id.uuid().get_variant()), (7, Variant::RFC4122));
            assert_eq!(id.uuid().as_u128() & 0xff, random & 0xff, "what is random stays");
            last = id.uuid();
        }
    }
}
