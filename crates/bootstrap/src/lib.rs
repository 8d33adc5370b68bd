//! Puts Seatline together: configuration, wiring, background workers, and the commands of the `seatline` binary.
//!
//! * [`Cli`] is what an operator may say, by flag or by environment variable.
//! * [`Service::start`] wires the adapters to the use cases and serves; [`Service::stop`] ends it in order.
//! * `workers` admit people, record expired holds, remove what is over and tidy the metrics.

mod charging;
mod charging_options;
mod commands;
mod config;
mod database;
mod duration;
mod http_options;
mod ids;
mod key_strength;
mod logging;
mod metrics;
mod pages;
mod sample;
mod secrets;
mod service;
mod workers;

pub use charging_options::ChargingOptions;
pub use commands::run;
pub use config::{Cli, Command, KeptEvents, LogFormat, Options, SampleData, Switch};
pub use duration::Retention;
pub use http_options::HttpOptions;
pub use service::Service;

pub use seatline_adapters_payments::ApiAddress;
pub use seatline_domain::charge::Currency;

/// Requests are many small allocations that come and go on few threads, which is what it is good at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
