//! Live maps: streams of what changes of a performance's seats.
//!
//! * [`WatchSeats`] opens streams and, at each tick, reads every performance that somebody watches once, and sends all
//!   who watch it what has changed.
//! * [`SeatSubscription`] is one stream, as the one who reads it has it, and [`SeatEvent`] what it tells.
//! * `live_map` is a performance's seats as a tick found them; `watchers` keeps who watches which.

mod live_map;
mod seat_event;
mod subscription;
#[cfg(test)]
mod tests;
mod watch_seats;
mod watchers;

pub use seat_event::{MapVersion, SeatEvent, SeatNews, SeatReader, SharedRanges};
pub use subscription::SeatSubscription;
pub use watch_seats::{WatchSeats, WatchSeatsError};
