//! Calls other systems when something happens: webhooks, as [Standard Webhooks](https://www.standardwebhooks.com) has them.
//!
//! * [`HttpWebhookCalls`] implements the port of the domain.
//! * `addresses` says which addresses may be reached; `guarded_names` looks names up and lets no other through.
//! * `message` is what is sent, and how it is signed.

mod addresses;
mod calls;
mod guarded_names;
mod message;
mod outcomes;

pub use addresses::{AllowedNetworks, NetworkError};
pub use calls::{CallSettings, CallsError, HttpWebhookCalls};
pub use guarded_names::{LookUpNames, SystemNames};
