//! The rules of Seatline, and nothing else.
//!
//! Everything here is pure: no I/O, no clock, no randomness, no runtime. Instants and ids come in as arguments.
//!
//! From the bottom up, each layer knowing only those before it:
//!
//! * [`concert`], [`user`], [`queue`], [`seat`], [`reservation`], [`point`], [`charge`], [`payment`],
//!   [`ticket`], [`event`], [`webhook`]: entities with their states,
//!   transitions and errors, and the limits and durations of each (`policy`). [`id`], [`text`], [`page`], [`storage`],
//!   [`idempotency`], [`audit`], [`operator_key`],
//!   [`operator_session`] and [`invariant`] are shared by all of them.
//! * [`working_set`]: the rows that a batch of commands has locked and loaded, and what changed of them.
//! * [`commands`]: every change, as a decision on the working set.
//! * [`ports`]: the traits that adapters implement.

pub mod audit;
pub mod charge;
pub mod commands;
pub mod concert;
pub mod event;
pub mod id;
pub mod idempotency;
pub mod invariant;
pub mod operator_key;
pub mod operator_session;
pub mod page;
pub mod payment;
pub mod point;
pub mod ports;
pub mod queue;
pub mod reservation;
#[cfg(feature = "mocks")]
pub mod samples;
pub mod seat;
pub mod storage;
pub mod text;
pub mod ticket;
pub mod user;
pub mod webhook;
pub mod working_set;

/// An instant in UTC. Seatline's instants all come from the database's clock.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
