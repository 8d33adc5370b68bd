use std::sync::Arc;

use seatline_domain::charge::PaymentKey;
use seatline_domain::id::{ChargeId, UserId};
use seatline_domain::ports::Wallets;

use super::provider_charges::Asking;
use super::{ChargeError, Charging, ShownCharge};

/// Takes the money that a browser has agreed to pay.
pub struct ConfirmCharge {
    /// How points are charged.
    pub charging: Charging,
    /// Keeps wallets.
    pub wallets: Arc<dyn Wallets>,
}

impl ConfirmCharge {
    /// Confirms a user's charge at the provider, and gives it as the provider then says that it is.
    ///
    /// # Errors
    /// [`ChargeError`].
    pub async fn execute(
        &self,
        user_id: UserId,
        charge_id: ChargeId,
        payment: &PaymentKey,
    ) -> Result<ShownCharge, ChargeError> {
        let provider = self.charging.provider().ok_or(ChargeError::NotFound)?;
        let charge = provider.find(charge_id).await?.filter(|charge| charge.user_id == user_id);
        let charge = charge.filter(|charge| charge.provider == provider.name());
        let charge = provider.confirm(&charge.ok_or(ChargeError::NotFound)?, payment).await?;
        let balance = self.wallets.balance(charge.user_id).await?;
        Ok(ShownCharge { charge, balance })
    }

    /// Takes notice of a browser that comes back from the provider: confirms what it agreed to pay, where it says so, and
    /// looks up what became of the charge.
    ///
    /// # Errors
    /// [`ChargeError`].
    pub async fn on_return(
        &self,
        charge_id: ChargeId,
        payment: Option<&PaymentKey>,
    ) -> Result<ShownCharge, ChargeError> {
        let provider = self.charging.provider().ok_or(ChargeError::NotFound)?;
        let charge = provider.find(charge_id).await?.ok_or(ChargeError::NotFound)?;
        let asks = charge.entry_id().is_none() && charge.provider == provider.name();
        let charge = match payment {
            Some(payment) if asks => provider.confirm(&charge, payment).await?,
            None if asks => provider.look_up(&charge, None, Asking::Known).await?,
            _ => charge,
        };
        let balance = self.wallets.balance(charge.user_id).await?;
        Ok(ShownCharge { charge, balance })
    }
}
