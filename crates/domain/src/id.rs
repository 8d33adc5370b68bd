//! One id type per entity, so that a seat is never looked up by a payment's id.

use std::fmt;

use uuid::Uuid;

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
    /// One refund of a payment.
    RefundId
    /// One entry of a wallet's ledger.
    LedgerEntryId
    /// One charge by a provider, which knows it by this id.
    ChargeId
    /// The use of one ticket at a gate.
    CheckInId
    /// One entry of the record of operators' changes.
    AuditEntryId
    /// An operators' key that the owner made.
    OperatorKeyId
    /// An event that other systems are told of.
    EventId
    /// An address that is told of events.
    WebhookId
}
