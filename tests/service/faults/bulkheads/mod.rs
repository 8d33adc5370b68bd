//! What harms some harms nobody else: those who look do not harm those who book, nor one room another.

mod kept_rooms;
mod lookers;
mod readers;

use std::time::Duration;

use seatline_tests::ClusterOptions;

/// An instance as it is by default: whoever finds no connection is refused after half a second.
fn as_deployed() -> ClusterOptions {
    ClusterOptions { db_pool_size: 16, db_wait: Duration::from_millis(500), ..ClusterOptions::default() }
}
