//! Seatline over HTTP: parses requests strictly, calls one use case each, and renders answers.
//!
//! * [`Server`] serves the use cases on a bound listener; [`ServerHandle`] stops it.
//! * `routes` has one module per feature, with its handlers and what is read and written in JSON. Each lists its
//!   operations in one table, from which come both the routing and the OpenAPI document ([`openapi_json`]).
//! * `call` is what a handler asks for: who is asking, whose turn it is, ids, pages, keys, the body.
//! * `rate_limits` keeps clients to a rate, by `client_address` and by user.
//! * `problem` is the catalogue of errors ([`Code`]), from which come the answers, the document and the published list.
//! * `wire` reads and writes single values: exact amounts, strict dates and UUIDs.
//!
//! Invariants: no SQL and no rule of the business lives here; nothing that a client sent is repeated in an error or in
//! the log; every wait for a client is bounded.

mod call;
mod client_address;
mod connections;
mod cors;
mod envelope;
mod metrics;
mod operation;
mod problem;
#[cfg(test)]
mod published_file;
mod rate_limits;
mod readiness;
mod request_id;
mod routes;
mod seat_map_renderings;
mod security_headers;
mod server;
mod service;
mod settings;
#[cfg(test)]
mod tests;
mod wire;

pub use client_address::{TrustedProxies, TrustedProxiesError};
pub use cors::{CorsOrigins, CorsOriginsError};
pub use metrics::Metrics;
pub use problem::Code;
pub use readiness::Readiness;
pub use server::{Server, ServerHandle};
pub use service::openapi_json;
pub use settings::{AdminKey, AdminKeyError, HttpLimits, HttpSettings};
