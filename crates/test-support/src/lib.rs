//! What the tests of every layer share.
//!
//! * [`InMemory`]: the reference implementation of every port. It decides with the very same functions as the adapter
//!   that stores things, and keeps everything in one locked working set.
//! * [`TestServer`] and [`TestDatabase`]: a PostgreSQL for the process, a database for each test.
//! * [`Setup`]: sales, users and passes, set up through the ports of any implementation.
//! * [`contracts`]: what the ports promise, one test a promise, for any implementation: [`port_contracts!`].
//! * [`history`]: a long past, and people on their way through it.
//! * [`model`]: random sequences of operations on two implementations, which must answer and end alike.

#![expect(clippy::unwrap_used, clippy::panic, reason = "an unexpected answer is to fail the test at once")]
#![expect(clippy::missing_panics_doc, reason = "everything here panics when a test is to fail")]
#![expect(clippy::similar_names, reason = "setup and state, hold and held are the words of this field")]
#![expect(clippy::missing_errors_doc, reason = "the ports say why they refuse")]

pub mod contracts;
mod database;
mod fixture;
pub mod history;
mod ids;
mod in_memory;
pub mod model;
mod setup;
mod test_server;

pub use database::{TestDatabase, cells, execute, plain_client, query};
pub use fixture::Fixture;
pub use ids::SequentialIds;
pub use in_memory::{FixedClock, InMemory, InMemoryFixture};
pub use setup::{SaleBuilder, Setup, TestUser, key};
pub use test_server::TestServer;
