use thiserror::Error;

use super::{ChargeError, Command};
use crate::Timestamp;
use crate::charge::{Charge, ChargeState, Currency, ProviderName, policy as charges};
use crate::id::{ChargeId, UserId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::point::Amount;
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Writes down a charge that a provider is to take the money of, once per key. The provider hears of it afterwards.
#[derive(Debug, Clone)]
pub struct CreateChargeCommand {
    /// The id that the new charge gets.
    pub charge_id: ChargeId,
    /// The user.
    pub user_id: UserId,
    /// How many points: above 0, at most [`policy::MAX_CHARGE`](crate::point::policy::MAX_CHARGE).
    pub amount: Amount,
    /// The currency.
    pub currency: Currency,
    /// The provider.
    pub provider: ProviderName,
    /// The key that makes a retry safe.
    pub key: IdempotencyKey,
}

/// Error of beginning a charge.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CreateChargeError {
    /// What refuses any charge of points.
    #[error(transparent)]
    Charge(#[from] ChargeError),
    /// The currency has no parts, and the amount has.
    #[error("the amount must be whole")]
    NotWhole,
}

impl From<StorageError> for CreateChargeError {
    fn from(error: StorageError) -> Self {
        ChargeError::from(error).into()
    }
}

impl CreateChargeCommand {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(format!("charge {} {} by {}", self.amount, self.currency, self.provider))
    }
}

impl Command for CreateChargeCommand {
    type Success = Answer<ChargeId>;
    type Error = CreateChargeError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.wallets.insert(self.user_id);
        footprint.keys.insert((KeyOwner::User(self.user_id), self.key.clone()));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<ChargeId>, CreateChargeError> {
        let owner = KeyOwner::User(self.user_id);
        match set.recorded(owner, Some(&self.key), || self.fingerprint(), now).map_err(ChargeError::from)? {
            Some(Outcome::ChargeCreated(id)) => return Ok(Answer::replayed(*id, true)),
            Some(_) => return Err(ChargeError::from(KeyReused).into()),
            None => {}
        }
        ChargeError::check_amount(self.amount)?;
        if !self.currency.can_express(self.amount) {
            return Err(CreateChargeError::NotWhole);
        }
        let wallet = set.wallets.get(&self.user_id).ok_or_else(|| StorageError::missing("the wallet"))?;
        wallet.require_room(self.amount).map_err(ChargeError::from)?;
        let charge = Charge {
            id: self.charge_id,
            user_id: self.user_id,
            amount: self.amount,
            currency: self.currency,
            provider: self.provider,
            state: ChargeState::Created,
            checkout: None,
            look_ups: 0,
            // Whoever began it asks the provider at once; this is for when they cannot.
            look_up_at: Some(now + charges::LOOK_UP_LEASE),
            created_at: now,
        };
        set.charges.insert(charge.id, charge);
        set.record(owner, &self.key, self.fingerprint(), Outcome::ChargeCreated(self.charge_id), now);
        Ok(Answer::created(self.charge_id))
    }
}
