use thiserror::Error;

/// Kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Seats are held.
    ReservationHeld,
    /// A hold was not paid in time.
    ReservationExpired,
    /// A hold was given up, or its performance was cancelled.
    ReservationCancelled,
    /// A reservation was paid.
    PaymentCompleted,
    /// A payment was refunded, or a part of it.
    PaymentRefunded,
    /// Points were charged.
    ChargeCompleted,
    /// A performance was changed, or the price of one of its sections.
    PerformanceChanged,
    /// A performance was cancelled.
    PerformanceCancelled,
    /// A ticket was used.
    TicketCheckedIn,
}

/// There is no such kind of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such type of events")]
pub struct UnknownEventKind;

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::ReservationHeld,
        Self::ReservationExpired,
        Self::ReservationCancelled,
        Self::PaymentCompleted,
        Self::PaymentRefunded,
        Self::ChargeCompleted,
        Self::PerformanceChanged,
        Self::PerformanceCancelled,
        Self::TicketCheckedIn,
    ];

    /// The name by which others know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReservationHeld => "reservation.held",
            Self::ReservationExpired => "reservation.expired",
            Self::ReservationCancelled => "reservation.cancelled",
            Self::PaymentCompleted => "payment.completed",
            Self::PaymentRefunded => "payment.refunded",
            Self::ChargeCompleted => "charge.completed",
            Self::PerformanceChanged => "performance.changed",
            Self::PerformanceCancelled => "performance.cancelled",
            Self::TicketCheckedIn => "ticket.checked_in",
        }
    }

    /// The kind of a name.
    ///
    /// # Errors
    /// [`UnknownEventKind`].
    pub fn parse(name: &str) -> Result<Self, UnknownEventKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(UnknownEventKind)
    }

    const fn bit(self) -> u16 {
        match self {
            Self::ReservationHeld => 1,
            Self::ReservationExpired => 1 << 1,
            Self::ReservationCancelled => 1 << 2,
            Self::PaymentCompleted => 1 << 3,
            Self::PaymentRefunded => 1 << 4,
            Self::ChargeCompleted => 1 << 5,
            Self::PerformanceChanged => 1 << 6,
            Self::PerformanceCancelled => 1 << 7,
            Self::TicketCheckedIn => 1 << 8,
        }
    }
}

/// A set of kinds of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct EventKinds(u16);

impl EventKinds {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self((1 << 9) - 1);

    /// Whether a kind is among them.
    pub const fn contains(self, kind: EventKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those in either set.
    #[must_use]
    pub const fn or(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The kinds, in the order of [`EventKind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = EventKind> {
        EventKind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }

    /// The set as a number, which [`Self::from_bits`] reads.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The set of a number; bits that are no kind's are left out.
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits & Self::ALL.0)
    }
}

impl FromIterator<EventKind> for EventKinds {
    fn from_iter<T: IntoIterator<Item = EventKind>>(kinds: T) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | kind.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_by_its_name() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.name()), Ok(kind));
        }
        for wrong in ["", "*", "Reservation.Held", "reservation", "payment.failed"] {
            assert_eq!(EventKind::parse(wrong), Err(UnknownEventKind), "{wrong}");
        }
    }

    #[test]
    fn a_set_knows_its_kinds() {
        assert_eq!(EventKind::ALL.into_iter().collect::<EventKinds>(), EventKinds::ALL);
        assert_eq!(EventKinds::ALL.iter().collect::<Vec<_>>(), EventKind::ALL);
        let two = [EventKind::TicketCheckedIn, EventKind::ReservationHeld];
        let set: EventKinds = two.into_iter().collect();
        assert!(two.into_iter().all(|kind| set.contains(kind)));
        assert_eq!(set.iter().count(), 2);
        assert_eq!(EventKinds::from_bits(set.bits()), set);
        assert_eq!(EventKinds::from_bits(u16::MAX), EventKinds::ALL);
        assert_eq!(EventKinds::NONE.or(set), set);
        assert!(EventKinds::NONE.is_empty() && !set.is_empty());
    }
}
