//! Points: what users charge beforehand and pay with. Every change of a balance is an entry of the wallet's ledger.

mod amount;
mod credit;
mod ledger;
pub mod policy;
mod wallet;

pub use amount::{Amount, AmountError};
pub use credit::{CreditRecord, PointsChange};
pub use ledger::{LedgerEntry, LedgerEntryKind};
pub use wallet::{InsufficientPoints, Wallet, WalletFull};
