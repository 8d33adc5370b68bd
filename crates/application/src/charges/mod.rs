//! Charges by a provider that takes money outside: begin, open, confirm, look up, and what is done with notices.
//!
//! [`ProviderCharges`] is the one place that asks the provider; nobody has a row locked or a place in a lane meanwhile.

mod charging;
mod confirm_charge;
mod look_up_charges;
mod open_checkout;
mod provider_charges;
mod receive_notice;
mod show_charge;

pub use charging::{Charging, ChargingMode};
pub use confirm_charge::ConfirmCharge;
pub use look_up_charges::LookUpCharges;
pub use open_checkout::OpenCheckout;
pub use provider_charges::{BeginChargeError, ChargeError, ProviderCharges};
pub use receive_notice::{NoticeRefusal, ReceiveNotice};
pub use show_charge::{ShowCharge, ShownCharge};
