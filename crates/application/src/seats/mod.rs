//! Seat maps: who may see them, and what they show.

mod show_seats;
mod show_seats_of_date;

pub use show_seats::{PerformanceSeats, SeatsError, ShowSeats};
pub use show_seats_of_date::{SeatsOfDate, ShowSeatsOfDate};
