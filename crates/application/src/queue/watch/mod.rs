//! Watching the line: streams that tell people where they stand, whenever that changes.
//!
//! * [`WatchQueue`] opens streams and, at each tick, looks after all of them at once.
//! * [`Subscription`] is one stream, as the one who reads it has it.
//! * [`Told`] is what a stream has told last, and so what would be news.
//! * `streams` keeps those that are open, a bounded number.

mod streams;
mod subscription;
#[cfg(test)]
mod tests;
mod told;
mod watch_queue;

pub use subscription::Subscription;
pub use told::Told;
pub use watch_queue::{WatchError, WatchQueue};
