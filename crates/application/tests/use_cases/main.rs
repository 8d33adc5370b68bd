//! Every use case over mocked ports: the exact commands it gives, and what it makes of the answers.

#![expect(clippy::unwrap_used, reason = "an unexpected answer is to fail the test at once")]

mod accounts;
mod admitting;
mod announcing;
mod best_seats;
mod charges;
mod ending_lines;
mod forgetting;
mod halls;
mod holding;
mod joining;
mod operator_keys;
mod operators;
mod payments;
mod points;
mod polling;
mod programme;
mod refunding;
mod reservations;
mod samples;
mod seats;
mod support;
mod tickets;
mod turns;
