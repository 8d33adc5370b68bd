use seatline_domain::id::ChargeId;

use super::{ChargeError, Charging};

/// Leads a browser to the provider's own page.
pub struct OpenCheckout {
    /// How points are charged.
    pub charging: Charging,
}

impl OpenCheckout {
    /// The address of the page on which a charge is paid; `None` when there is nothing to pay any more.
    ///
    /// # Errors
    /// [`ChargeError`].
    pub async fn execute(&self, charge_id: ChargeId) -> Result<Option<String>, ChargeError> {
        let provider = self.charging.provider().ok_or(ChargeError::NotFound)?;
        let charge = provider.find(charge_id).await?.filter(|charge| charge.provider == provider.name());
        let charge = charge.ok_or(ChargeError::NotFound)?;
        if charge.is_open() { provider.open(&charge).await.map(Some) } else { Ok(None) }
    }
}
