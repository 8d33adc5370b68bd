//! Routes: one module per feature, each with its handlers, what they read and write in JSON, and how the errors of
//! their use cases become problems.

mod accounts;
mod documentation;
mod health;
mod metrics;
mod operators;
mod payments;
mod points;
mod programme;
mod queue;
mod reservations;
mod seats;

pub(crate) use documentation::{front_door, swagger_ui};

use crate::endpoint::Endpoint;

/// Every endpoint, in the order of the document.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    [
        accounts::endpoints(),
        programme::endpoints(),
        queue::endpoints(),
        seats::endpoints(),
        reservations::endpoints(),
        points::endpoints(),
        payments::endpoints(),
        operators::endpoints(),
        health::endpoints(),
        metrics::endpoints(),
        documentation::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
