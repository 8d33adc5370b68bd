//! The domain's ports over PostgreSQL.
//!
//! * [`Postgres`] implements every port.
//! * `lane` queues commands up and handles them in batches; `cells` knows by whose lanes, and in whose tables.
//! * `tables` holds all SQL, one table a file: what a batch locks, loads and stores, and what is read besides.
//! * `statement` makes SQL a type: constant text, rows with named columns.
//! * `reads` shares and caches reads; `ports` holds one file per port.
//! * `connector` opens connections, to the newest history only; `pool` divides them into shares, bounds every wait and
//!   keeps the time from going back; `failure` reads PostgreSQL's errors; `changes` counts what was committed,
//!   `wanted_events` knows of which events anybody is told.
//! * `metrics` counts and measures; [`Postgres::publish_metrics`] shows what can be read at any moment.
//! * [`migrate`] brings a database to the schema that this version needs; [`add_cell`] makes another cell in it.

mod cells;
mod changes;
mod connector;
mod failure;
mod lane;
mod metrics;
mod migrations;
mod pool;
mod ports;
mod postgres;
mod reads;
mod statement;
mod tables;
mod wanted_events;

pub use migrations::{MigrationError, add_cell, migrate, pending_migrations, revert_all};
pub use pool::ConnectionSettings;
pub use postgres::Postgres;
