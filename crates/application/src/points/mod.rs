//! Points: charging them and looking them up.

mod charge_points;
mod list_entries;
mod show_balance;

pub use charge_points::{ChargePoints, ChargePointsError, Charged};
pub use list_entries::ListEntries;
pub use show_balance::ShowBalance;
