//! Charges by a provider that takes money: begun here, paid there, and credited once.
//!
//! A [`Charge`] is written down before the provider hears of it, and its id is the provider's idempotency key. What the
//! provider says of it is a [`Finding`], which has been looked up and not been told by a browser or a notice. A charge
//! that is paid stays paid; money that arrives late makes one paid that was refused or had expired.

mod backlog;
mod currency;
mod finding;
mod notice;
pub mod policy;
mod provider;
mod state;

pub use backlog::ChargeBacklog;
pub use currency::{Currency, CurrencyError};
pub use finding::{Checkout, Finding, Received};
pub use notice::{Notice, NoticeError, NoticeSignature, VerifiedNotice};
pub use provider::{PaymentKey, ProviderError, ProviderName};
pub use state::{Charge, ChargeState, Credit};
