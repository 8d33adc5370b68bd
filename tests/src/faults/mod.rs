//! Breaks things on purpose, while a crowd goes about its business.
//!
//! * [`ProxiedCluster`] is instances of the service as processes, their database, and a [`Proxy`] before each.
//! * [`Proxy`] stands between two parties and does to them what a bad network does: a [`NetworkFault`].
//! * [`Fault`] is injected into a cluster again and again; [`FaultScenario`] does it, and then looks whether every
//!   promise was kept. A scenario is one line: a [`Topology`] and a fault.

mod fault;
mod network_fault;
mod proxied_cluster;
mod proxy;
mod scenario;

pub use fault::{CrashDatabase, DisturbNetwork, Fault, FreezeInstance, KillInstance, SkewClocks, TakeOver};
pub use network_fault::NetworkFault;
pub use proxied_cluster::{ProxiedCluster, Topology};
pub use proxy::{Proxy, Upstream};
pub use scenario::FaultScenario;
