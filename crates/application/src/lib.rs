//! What Seatline does for people: one use case a file, each a struct over ports with one `execute`.
//!
//! * [`accounts`]: register, authenticate, the user's page.
//! * [`programme`]: concerts, bookable dates, performances.
//! * [`queue`]: join, poll, leave; the boards in memory, admission.
//! * [`seats`], [`reservations`], [`payments`]: what the waiting room protects.
//! * [`tickets`]: what a user shows at the gate, and its code.
//! * [`points`]: charge and look up. [`charges`]: by a provider that takes money.
//! * [`idempotency`]: delete what retries need no more.
//! * [`operator_keys`]: the keys that the owner makes, and whose they are.
//! * [`support`]: look users up.
//! * [`operators`]: add to the programme, steer the waiting room, look at sales and the audit record,
//!   check tickets in.
//! * [`webhooks`]: tell other systems of events.
//!
//! [`streams`] bounds how many streams of events are open. [`Seatline`] holds them all, wired to one set of [`Ports`].

pub mod accounts;
pub mod charges;
pub mod idempotency;
pub mod operator_keys;
pub mod operators;
pub mod payments;
pub mod points;
mod ports;
pub mod programme;
pub mod queue;
pub mod reservations;
mod rounds;
mod seatline;
pub mod seats;
mod secret;
pub mod streams;
pub mod support;
pub mod tickets;
pub mod webhooks;

pub use ports::Ports;
pub use seatline::{Seatline, Settings};
