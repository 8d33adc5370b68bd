//! The whole HTTP side over mocked ports.

mod accounts;
mod authorisation;
mod boards;
mod bodies;
mod charges;
mod corrections;
mod document;
mod events;
mod framework;
mod large_answers;
mod live_map;
mod metrics;
mod operator_keys;
mod operators;
mod pages;
mod payments;
mod points;
mod programme;
mod queue;
mod rate_limits;
mod reservations;
mod seats;
mod server;
mod support;
mod tickets;
mod world;
