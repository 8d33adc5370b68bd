//! Webhooks: other systems are told of events, or ask for them.
//!
//! The owner makes and changes them. [`DeliverEvents`] publishes what batches have told and delivers it, on every instance;
//! [`ListEvents`] is for those who would rather ask.

mod change_webhook;
mod create_webhook;
mod delete_webhook;
mod deliver_events;
mod delivery_ports;
mod delivery_run;
mod forget_events;
mod list_deliveries;
mod list_events;
mod list_webhooks;
mod replay_delivery;
#[cfg(test)]
mod tests;

pub use change_webhook::ChangeWebhook;
pub use create_webhook::{CreateWebhook, NewWebhook};
pub use delete_webhook::DeleteWebhook;
pub use deliver_events::DeliverEvents;
pub use delivery_ports::DeliveryPorts;
pub use forget_events::ForgetEvents;
pub use list_deliveries::ListDeliveries;
pub use list_events::{EventPage, ListEvents};
pub use list_webhooks::ListWebhooks;
pub use replay_delivery::ReplayDelivery;

use seatline_domain::storage::StorageError;
use seatline_domain::webhook::WebhookSecret;

/// A new secret, from the operating system's random numbers.
fn new_secret() -> Result<WebhookSecret, StorageError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| StorageError::Unavailable(format!("no random numbers: {error}")))?;
    Ok(WebhookSecret::new(bytes))
}
