//! Black-box tests of the whole service: what a client sees, over HTTP, with a real PostgreSQL.
//!
//! One binary, because linking takes longer than most tests.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a surprise is to fail the test"
)]

mod access;
mod architecture;
// Elsewhere nobody can ask from every address of the loopback network, or tell the memory of a process.
#[cfg(target_os = "linux")]
mod attacks;
mod authorisation;
mod best_seats;
mod cancellations;
// Elsewhere nobody can count connections, and what stays untaken is not bounded.
#[cfg(target_os = "linux")]
mod blocking;
mod browser;
mod cells;
mod charging;
mod clients;
mod codings;
mod console;
mod contention;
mod corrections;
mod credits;
mod document;
mod errors;
mod events;
mod faults;
mod growth;
mod halls;
mod high_availability;
mod holding;
mod idempotency;
mod input;
mod journey;
mod lists;
mod live_map;
mod metrics;
mod operator_keys;
mod outages;
mod pages;
mod process;
mod readme;
mod refunds;
mod rehearsal;
mod scripts;
mod tickets;
mod traces;
mod waiting_room;
mod webhooks;
