//! Points: what users charge beforehand and pay with. Every change of a balance is an entry of the wallet's ledger.

mod amount;
mod charge;
mod error;
mod ledger;
pub mod policy;
mod port;
mod wallet;

pub use amount::{Amount, AmountError};
pub use charge::ChargePointsCommand;
pub use error::ChargeError;
pub use ledger::{LedgerEntry, LedgerEntryKind};
#[cfg(any(test, feature = "mocks"))]
pub use port::MockWallets;
pub use port::Wallets;
pub use wallet::{InsufficientPoints, Wallet, WalletFull};
