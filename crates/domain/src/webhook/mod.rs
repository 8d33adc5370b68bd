//! Webhooks: addresses of other systems that are told of events.

mod delivery;
mod entity;
pub mod policy;
mod secret;
mod url;

pub use delivery::{
    Attempt, AttemptFailure, AttemptOutcome, Delivery, DeliveryLease, DeliveryState, DueDelivery,
    EventBacklog, RecordedAttempts, SettledDelivery,
};
pub use entity::{Webhook, WebhookChange};
pub use secret::{PreviousSecret, WebhookSecret};
pub use url::{WebhookUrl, WebhookUrlError};
