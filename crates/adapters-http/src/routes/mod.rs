//! Routes: one module per feature, each with its handlers, what they read and write in JSON, and how the errors of
//! their use cases become problems.

mod accounts;
mod board;
mod charges;
mod documentation;
mod health;
mod layout;
mod live_map;
mod metrics;
mod operators;
mod payments;
mod points;
mod programme;
mod provider_notices;
mod queue;
mod reservations;
mod seats;
mod support;
mod tickets;

pub(crate) use documentation::{front_door, swagger_ui};

use actix_web::{Resource, web};

use crate::endpoint::Endpoint;

/// Every endpoint, in the order of the document.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    [
        accounts::endpoints(),
        programme::endpoints(),
        layout::endpoints(),
        queue::endpoints(),
        board::endpoints(),
        seats::endpoints(),
        live_map::endpoints(),
        reservations::endpoints(),
        points::endpoints(),
        charges::endpoints(),
        provider_notices::endpoints(),
        payments::endpoints(),
        tickets::endpoints(),
        operators::endpoints(),
        support::endpoints(),
        health::endpoints(),
        metrics::endpoints(),
        documentation::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Health and metrics, without a key, as they are on the address that is for monitoring alone.
pub(crate) fn monitoring() -> [Resource; 3] {
    [
        web::resource("/health/live").route(web::get().to(health::show_liveness)),
        web::resource("/health/ready").route(web::get().to(health::show_readiness)),
        web::resource("/metrics").route(web::get().to(metrics::show_metrics_unlocked)),
    ]
}
