use metrics::{Counter, Gauge, Unit, counter, describe_counter, describe_gauge, gauge};

use super::Client;

const BYTES: &str = "seatline_unsent_bytes";
const MEMORY: &str = "seatline_unsent_memory_bytes";
const REFUSED: &str = "seatline_unsent_refused_total";
const BY_ADDRESS: &str = "address";
const BY_USER: &str = "user";
const BY_INSTANCE: &str = "instance";

/// Says what is measured, and starts it at zero.
pub(crate) fn describe() {
    describe_gauge!(BYTES, Unit::Bytes, "Bytes of large answers that are not sent yet.");
    describe_gauge!(MEMORY, Unit::Bytes, "Memory that large answers keep which are not sent yet.");
    describe_counter!(REFUSED, Unit::Count, "Large answers refused because too much was unsent.");
    bytes().increment(0);
    memory().increment(0);
    for limit in [BY_ADDRESS, BY_USER, BY_INSTANCE] {
        drop(refused(limit));
    }
}

pub(super) fn bytes() -> Gauge {
    gauge!(BYTES)
}

pub(super) fn memory() -> Gauge {
    gauge!(MEMORY)
}

/// The refusals of a client for what is unsent of its own.
pub(super) fn refused_to(client: Client) -> Counter {
    refused(if matches!(client, Client::User(_)) { BY_USER } else { BY_ADDRESS })
}

/// The refusals for what is unsent of all clients.
pub(super) fn refused_to_all() -> Counter {
    refused(BY_INSTANCE)
}

fn refused(limit: &'static str) -> Counter {
    counter!(REFUSED, "limit" => limit)
}
