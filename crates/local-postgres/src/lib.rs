//! Finds or starts a PostgreSQL, so that nobody has to set one up first.
//!
//! * [`Embedded`] is the database of `seatline serve` without a `DATABASE_URL`: durable, kept in
//!   a data folder, reachable through a Unix socket only.
//! * [`TemporaryCluster`] is a server of one's own to crash and restart. It leaves nothing behind,
//!   nor does whatever else a [`Watchdog`] watches over.
//!
//! Both use PostgreSQL's own server binaries, found in `PATH`, through `pg_config` or in the usual
//! install folders. Without binaries, [`Embedded`] uses a container. With neither,
//! [`StartError::NoPostgres`] names the ways out.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use std::path::Path;
//! use seatline_local_postgres::Embedded;
//!
//! let database = Embedded::start(Path::new("/var/lib/seatline")).await?;
//! println!("{database}; connect to {}", database.url());
//! database.stop().await?;
//! # Ok(())
//! # }
//! ```

mod account;
mod binaries;
mod cluster;
mod connection;
mod container;
mod data_folder;
mod embedded;
mod error;
mod postmaster_file;
mod process;
mod server;
mod server_log;
mod socket_folder;
mod temporary_cluster;
mod watchdog;

pub use embedded::Embedded;
pub use error::{ProgramError, StartError, StopError};
pub use temporary_cluster::{Durability, TemporaryCluster};
pub use watchdog::Watchdog;

/// Whether PostgreSQL's server binaries are found, without which there is a container at best.
pub fn is_installed() -> bool {
    binaries::Binaries::find().is_some()
}
