//! Providers that take money for points: the port [`PaymentProvider`](seatline_domain::ports::PaymentProvider) over the
//! HTTP interfaces of [`Stripe`] and [`Toss`] Payments.
//!
//! * `api` asks: every call has a bound, and is tried again where that is safe. The charge's id is the idempotency key of
//!   whatever takes or promises money. `calls` counts them.
//! * `stripe` and `toss` translate between a provider's words and Seatline's.
//!
//! Invariants: a provider's address is a setting; no redirect is followed, and no proxy of the environment is used; no
//! secret is in a message; nothing that was not asked for at the provider becomes a finding.

mod api;
mod calls;
mod stripe;
mod toss;

pub use api::{ApiAddress, ApiAddressError, SetUpError};
pub use calls::register_metrics;
pub use stripe::{Stripe, StripeSettings};
pub use toss::{Toss, TossSettings};
