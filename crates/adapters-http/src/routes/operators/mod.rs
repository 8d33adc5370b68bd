//! Operators: the programme, the waiting rooms, the sales and the record of changes.

mod audit;
mod concerts;
mod performances;
mod queue;
mod sales;

use crate::endpoint::Endpoint;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        concerts::endpoint(),
        performances::endpoint(),
        queue::endpoint(),
        sales::endpoint(),
        audit::endpoint(),
    ]
}
