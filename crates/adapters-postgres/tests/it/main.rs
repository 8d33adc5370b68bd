//! The adapter against a real PostgreSQL. Every test has its own database, cloned from a migrated template.

#![expect(clippy::unwrap_used, reason = "in a test, an unexpected answer is a failure to be shown at once")]

mod backstop;
mod bounded_reads;
mod cells;
mod commit_order;
mod contracts;
mod fixture;
mod growth;
mod history;
mod lock_order;
mod locks;
mod migrations;
mod model;
mod odd_rows;
mod outbox;
mod plans;
mod reads;
mod recent_reads;
mod schema;
mod waits;
