//! Seat maps: who may see them, what they show, and how they are watched.

mod show_seats;
mod show_seats_of_date;
mod watch;

pub use show_seats::{PerformanceSeats, SeatsError, ShowSeats};
pub use show_seats_of_date::{SeatsOfDate, ShowSeatsOfDate};
pub use watch::{
    MapVersion, SeatEvent, SeatNews, SeatReader, SeatSubscription, SharedRanges, WatchSeats, WatchSeatsError,
};
