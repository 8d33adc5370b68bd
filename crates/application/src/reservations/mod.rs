//! Reservations: holding seats, giving them up, and sweeping up what lapsed.

mod give_up_reservation;
mod hold_seats;
mod list_reservations;
mod show_reservation;
mod sweep_holds;

pub use give_up_reservation::GiveUpReservation;
pub use hold_seats::{HoldRequest, HoldSeats, HoldSeatsError, PerformanceChoice};
pub use list_reservations::ListReservations;
pub use show_reservation::{ReservationError, ShowReservation};
pub use sweep_holds::SweepHolds;
