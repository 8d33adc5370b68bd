//! A long past: what is kept for audit, and people who go their way through it.
//!
//! [`Journey`] does what people and operators do on the paths of requests, through the ports. [`fill`] puts rows into
//! PostgreSQL as they are left behind when such journeys are over. What a journey costs must not depend on them.

mod fill;
mod journey;

pub use fill::fill;
pub use journey::Journey;
