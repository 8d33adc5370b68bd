//! Watching the queue: streams of positions.
//!
//! * [`WatchQueue`] opens streams and, at each tick, sends what is new on all of them.
//! * [`Subscription`] is one stream, as the one who reads it has it.
//! * [`LastSent`] is the last position sent on a stream, and so what would be news.
//! * `streams` keeps those that are open. Their number is bounded by [`StreamPlaces`](crate::streams::StreamPlaces).

mod error;
mod last_sent;
mod streams;
mod subscription;
#[cfg(test)]
mod tests;
mod watch_queue;

pub use error::WatchError;
pub use last_sent::LastSent;
pub use subscription::Subscription;
pub use watch_queue::WatchQueue;
