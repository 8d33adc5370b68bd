use uuid::Uuid;

use super::EventKind;
use crate::concert::Performance;
use crate::id::{ConcertId, PerformanceId, UserId};
use crate::payment::{Payment, Refund};
use crate::point::LedgerEntry;
use crate::reservation::Reservation;
use crate::ticket::CheckIn;

/// What happened, as it was after its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventBody {
    /// Seats are held.
    ReservationHeld(Reservation),
    /// A hold was not paid in time.
    ReservationExpired(Reservation),
    /// A hold was given up, or its performance was cancelled.
    ReservationCancelled(Reservation),
    /// A reservation was paid.
    PaymentCompleted(PaidSeats),
    /// A payment was refunded, or a part of it.
    PaymentRefunded(Refunded),
    /// Points were charged.
    ChargeCompleted(LedgerEntry),
    /// A performance was changed, or the price of one of its sections.
    PerformanceChanged(Performance),
    /// A performance was cancelled.
    PerformanceCancelled(Performance),
    /// A ticket was used.
    TicketCheckedIn {
        /// The concert.
        concert_id: ConcertId,
        /// The user who bought it.
        user_id: UserId,
        /// Its use.
        check_in: CheckIn,
    },
}

/// A payment and what it was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidSeats {
    /// The concert.
    pub concert_id: ConcertId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// The payment.
    pub payment: Payment,
}

/// A payment and the refund of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refunded {
    /// The payment, after the refund.
    pub paid: PaidSeats,
    /// The refund.
    pub refund: Refund,
}

impl EventBody {
    /// The kind.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::ReservationHeld(_) => EventKind::ReservationHeld,
            Self::ReservationExpired(_) => EventKind::ReservationExpired,
            Self::ReservationCancelled(_) => EventKind::ReservationCancelled,
            Self::PaymentCompleted(_) => EventKind::PaymentCompleted,
            Self::PaymentRefunded(_) => EventKind::PaymentRefunded,
            Self::ChargeCompleted(_) => EventKind::ChargeCompleted,
            Self::PerformanceChanged(_) => EventKind::PerformanceChanged,
            Self::PerformanceCancelled(_) => EventKind::PerformanceCancelled,
            Self::TicketCheckedIn { .. } => EventKind::TicketCheckedIn,
        }
    }

    pub(super) fn subject(&self) -> Uuid {
        match self {
            Self::ReservationHeld(reservation)
            | Self::ReservationExpired(reservation)
            | Self::ReservationCancelled(reservation) => reservation.id.uuid(),
            Self::PaymentCompleted(paid) | Self::PaymentRefunded(Refunded { paid, .. }) => {
                paid.payment.reservation_id.uuid()
            }
            Self::ChargeCompleted(entry) => entry.user_id.uuid(),
            Self::PerformanceChanged(performance) | Self::PerformanceCancelled(performance) => {
                performance.id.uuid()
            }
            Self::TicketCheckedIn { check_in, .. } => check_in.ticket_id.reservation_id.uuid(),
        }
    }
}
