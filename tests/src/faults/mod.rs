//! Breaking things on purpose, while a crowd goes about its business.
//!
//! * [`Stage`] is instances of the service as processes, their database, and what lies in between.
//! * [`Proxy`] stands between two parties and does to them what a bad network does: a [`Mishap`].
//! * [`Fault`] is what is done to a stage again and again; [`Ordeal`] does it, and then looks whether every promise was
//!   kept. A scenario is one line: a stage and a fault.

mod fault;
mod mishap;
mod ordeal;
mod proxy;
mod stage;

pub use fault::{Clocks, Crash, Fault, Freeze, Kill, Weather};
pub use mishap::Mishap;
pub use ordeal::Ordeal;
pub use proxy::{Proxy, Upstream};
pub use stage::{Scenery, Stage};
