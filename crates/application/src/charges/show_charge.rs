use std::sync::Arc;

use seatline_domain::charge::Charge;
use seatline_domain::id::{ChargeId, UserId};
use seatline_domain::point::Amount;
use seatline_domain::ports::{Charges, Wallets};

use super::ChargeError;

/// Shows one charge.
pub struct ShowCharge {
    /// Keeps charges.
    pub charges: Arc<dyn Charges>,
    /// Keeps wallets.
    pub wallets: Arc<dyn Wallets>,
}

/// A charge, and its user's balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCharge {
    /// The charge.
    pub charge: Charge,
    /// The balance.
    pub balance: Amount,
}

impl ShowCharge {
    /// A user's charge, as it was last recorded.
    ///
    /// # Errors
    /// [`ChargeError::NotFound`] when the user has no such charge; storage's.
    pub async fn execute(&self, user_id: UserId, charge_id: ChargeId) -> Result<ShownCharge, ChargeError> {
        let charge = self.charges.charge(charge_id).await?.filter(|charge| charge.user_id == user_id);
        let charge = charge.ok_or(ChargeError::NotFound)?;
        let balance = self.wallets.balance(user_id).await?;
        Ok(ShownCharge { charge, balance })
    }
}
