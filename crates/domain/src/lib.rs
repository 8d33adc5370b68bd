//! The rules of Seatline, and nothing else.
//!
//! Everything here is pure: no I/O, no clock, no randomness, no runtime. Instants and ids come in as arguments.
//!
//! * One module per part of the business: [`concert`], [`user`], [`queue`], [`seat`], [`reservation`], [`point`],
//!   [`payment`]. Each holds its entity with states and transitions, its `policy` (limits and durations), its `error`s
//!   and its `port`s: the traits that adapters implement.
//! * [`working_set`] is how a change is decided: an adapter locks and loads the rows that a batch of commands names,
//!   each [`Command`](working_set::Command) decides on them in order of arrival, and the adapter stores what changed.
//! * [`idempotency`], [`audit`], [`invariant`], [`page`], [`storage`] and [`id`] are shared by all of them.

pub mod audit;
pub mod concert;
pub mod id;
pub mod idempotency;
pub mod invariant;
pub mod page;
pub mod payment;
pub mod point;
pub mod queue;
pub mod reservation;
pub mod seat;
pub mod storage;
pub mod text;
pub mod user;
pub mod working_set;

/// An instant in UTC. Seatline's instants all come from the database's clock.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
