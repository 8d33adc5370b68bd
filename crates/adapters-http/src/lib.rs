//! Seatline over HTTP: parses requests strictly, calls one use case each, and renders answers.
//!
//! * [`Server`] serves the use cases on a bound listener; [`ServerHandle`] stops it.
//! * `client_stream` is a client's connection, `connections` looks after all of them.
//! * `app` is the application as each worker runs it, `state` what its handlers share.
//! * `routes` has one module per feature: handlers, bodies, and how the errors of its use cases become problems.
//! * `extract` has what handlers ask for by their argument types, first of all whom they serve; `answer` what they return.
//! * `endpoint` takes a handler into the application and into the document, which `openapi` puts together
//!   ([`openapi_json`]).
//! * `middleware` is what goes around handlers; `rate_limits` keeps clients to a rate, by `client_address` and by user.
//! * `problem` is the catalogue of errors ([`Code`]), from which come the answers, the document and the published list.
//! * `coding` codes large answers, once for all who are given the same.
//! * `layouts` keeps what is shown of halls, `boards` of lines. `seat_maps` writes seat maps while they are sent; `unsent` bounds what large answers take until they are.
//! * [`Pages`] of another adapter are served beside the API.
//! * `wire` reads and writes single values: exact amounts, strict dates and UUIDs.
//!
//! Invariants: no SQL and no rule of the business lives here; nothing that a client sent is repeated in an error or in
//! the log; every wait for a client is bounded.

mod address_shares;
mod answer;
mod answer_headers;
mod app;
mod boards;
mod client_address;
mod client_stream;
mod coding;
mod connections;
mod cors_origins;
mod endpoint;
mod extract;
mod layouts;
mod metrics;
mod middleware;
mod openapi;
mod page_bounds;
mod pages;
mod problem;
#[cfg(test)]
mod published_file;
mod queue_state;
mod rate_limits;
mod raw_problem;
mod readiness;
mod request_id;
mod routes;
mod seat_maps;
mod send_bounds;
mod server;
mod settings;
mod state;
#[cfg(test)]
mod tests;
mod unsent;
mod wire;

pub use client_address::{TrustedProxies, TrustedProxiesError};
pub use cors_origins::{CorsOrigins, CorsOriginsError};
pub use metrics::Metrics;
pub use openapi::openapi_json;
pub use page_bounds::{admit, count_refused_stream, count_wrong_key, may_guess, network_of, send_events};
pub use pages::Pages;
pub use problem::Code;
pub use rate_limits::Limited;
pub use readiness::Readiness;
pub use server::{Server, ServerHandle};
pub use settings::{AdminKey, AdminKeyError, HttpLimits, HttpSettings};
