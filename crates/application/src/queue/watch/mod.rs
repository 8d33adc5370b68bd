//! Watching the line: streams that tell people where they stand, whenever that changes.
//!
//! * [`WatchQueue`] opens streams and, at each tick, looks after all of them at once.
//! * [`Subscription`] is one stream, as the one who reads it has it.
//! * [`LastSent`] is what a stream has told last, and so what would be news.
//! * `streams` keeps those that are open, a bounded number.

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
