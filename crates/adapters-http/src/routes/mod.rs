//! What is served: one module per feature, each with its handlers, what it reads and writes in JSON, and its rows of
//! the table of [`operations`].

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

pub(crate) use documentation::serve_documentation;

use crate::operation::Operation;

/// Every operation, in the order of the document.
pub(crate) fn operations() -> Vec<Operation> {
    [
        accounts::operations(),
        programme::operations(),
        queue::operations(),
        seats::operations(),
        reservations::operations(),
        points::operations(),
        payments::operations(),
        operators::operations(),
        health::operations(),
        metrics::operations(),
        documentation::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
