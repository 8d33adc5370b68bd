//! Limits of points.

use super::Amount;

/// The most points one charge adds.
pub const MAX_CHARGE: Amount = Amount::whole(10_000_000);
/// The most points a wallet holds.
pub const MAX_BALANCE: Amount = Amount::whole(1_000_000_000);
/// The highest price of a seat.
pub const MAX_PRICE: Amount = Amount::whole(10_000_000);
