//! Operators: the programme, the waiting rooms, the sales and the record of changes.

mod audit;
mod concerts;
mod performances;
mod queue;
mod sales;

use crate::operation::Operation;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        concerts::operation(),
        performances::operation(),
        queue::operation(),
        sales::operation(),
        audit::operation(),
    ]
}
