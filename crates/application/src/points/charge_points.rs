use std::sync::Arc;

use seatline_domain::charge::Charge;
use seatline_domain::commands::{ChargeError, ChargePointsCommand};
use seatline_domain::id::{LedgerEntryId, UserId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::ports::{Ids, Wallets};
use thiserror::Error;

use crate::charges::{BeginChargeError, Charging};

/// Charges points.
pub struct ChargePoints {
    /// How points are charged.
    pub charging: Charging,
    /// Keeps wallets.
    pub wallets: Arc<dyn Wallets>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

/// What came of charging points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Charged {
    /// They are there: with play money.
    Credited(Answer<LedgerEntry>),
    /// A provider waits for the money.
    Begun(Answer<Charge>),
}

/// Error of charging points.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChargePointsError {
    /// Users cannot charge points here: operators credit them.
    #[error("points are credited by operators")]
    Closed,
    /// Play money was refused.
    #[error(transparent)]
    Play(#[from] ChargeError),
    /// A charge by the provider was not begun.
    #[error(transparent)]
    Begin(#[from] BeginChargeError),
}

impl ChargePoints {
    /// Adds points to a user's wallet at once, with play money, or begins a charge by the provider; once per key.
    ///
    /// # Errors
    /// [`ChargePointsError`] saying why not; the balance is as it was then.
    pub async fn execute(
        &self,
        user_id: UserId,
        amount: Amount,
        key: IdempotencyKey,
    ) -> Result<Charged, ChargePointsError> {
        match &self.charging {
            Charging::Play => {
                let entry_id = LedgerEntryId::new(self.ids.next());
                let command = ChargePointsCommand { entry_id, user_id, amount, key };
                Ok(Charged::Credited(self.wallets.charge(command).await?))
            }
            Charging::Operator => Err(ChargePointsError::Closed),
            Charging::Provider(provider) => Ok(Charged::Begun(provider.begin(user_id, amount, key).await?)),
        }
    }
}
