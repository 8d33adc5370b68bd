//! Operators: the programme, the waiting rooms, the sales, the record of changes, the keys, the webhooks and the events.

mod audit;
mod cancellations;
mod check_ins;
mod concert_changes;
mod concerts;
mod credits;
mod deliveries;
mod events;
mod gate_list;
mod gate_list_csv;
mod keys;
mod performance_changes;
mod performances;
mod queue;
mod refunds;
mod sales;
mod seat_changes;
mod section_bodies;
mod section_changes;
mod webhook_bodies;
mod webhooks;

use crate::endpoint::Endpoint;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        concerts::endpoint(),
        performances::endpoint(),
        concert_changes::endpoint(),
        performance_changes::endpoint(),
        section_changes::endpoint(),
        seat_changes::endpoint(),
        queue::endpoint(),
        sales::endpoint(),
        gate_list::endpoint(),
        check_ins::endpoint(),
        audit::endpoint(),
        refunds::endpoint(),
        credits::endpoint(),
        events::endpoint(),
    ]
    .into_iter()
    .chain(cancellations::endpoints())
    .chain(keys::endpoints())
    .chain(webhooks::endpoints())
    .chain(deliveries::endpoints())
    .collect()
}
