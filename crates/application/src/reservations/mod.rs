//! Reservations: holding seats, cancelling holds, and recording which have expired.

mod cancel_reservation;
mod expire_holds;
mod hold_seats;
mod list_reservations;
mod offers;
mod show_reservation;

pub use cancel_reservation::CancelReservation;
pub use expire_holds::ExpireHolds;
pub use hold_seats::{HoldRequest, HoldSeats, HoldSeatsError, PerformanceChoice, SeatChoice};
pub use list_reservations::ListReservations;
pub use show_reservation::{ReservationError, ShowReservation};
