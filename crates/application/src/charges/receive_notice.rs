use std::sync::Arc;

use seatline_domain::charge::{Notice, NoticeError, NoticeSignature, ProviderName, policy};
use seatline_domain::ports::Charges;
use seatline_domain::storage::StorageError;
use thiserror::Error;

use super::provider_charges::Asking;
use super::{ChargeError, Charging};

/// Takes notices of a provider. What they say is looked up there before it counts.
pub struct ReceiveNotice {
    /// How points are charged.
    pub charging: Charging,
    /// Keeps charges.
    pub charges: Arc<dyn Charges>,
}

/// Reason for not taking a notice.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoticeRefusal {
    /// Points are not charged by this provider here.
    #[error("points are not charged by this provider here")]
    NotServed,
    /// It cannot be read, or is not the provider's.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// It was signed too long ago, or is dated ahead.
    #[error("the notice was not signed within the last minutes")]
    Stale,
    /// What it says cannot be looked up now. The provider sends it again.
    #[error("the payment provider is unavailable: {0}")]
    ProviderUnavailable(String),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ReceiveNotice {
    /// Looks up the charge that a notice is about. One about nothing that is known here, or about what is settled, is
    /// taken and does nothing.
    ///
    /// # Errors
    /// [`NoticeRefusal`].
    pub async fn execute(&self, from: ProviderName, notice: Notice<'_>) -> Result<(), NoticeRefusal> {
        let provider = self.charging.provider().filter(|provider| provider.name() == from);
        let provider = provider.ok_or(NoticeRefusal::NotServed)?;
        let notice = provider.verify(notice)?;
        let asking = match notice.signature {
            NoticeSignature::SignedAt(signed_at) => {
                let age = (self.charges.time().await? - signed_at).abs();
                if age > policy::NOTICE_AGE_MAX {
                    return Err(NoticeRefusal::Stale);
                }
                Asking::Known
            }
            NoticeSignature::Unsigned => Asking::Stranger,
        };
        let Some(charge_id) = notice.charge else { return Ok(()) };
        let charge = self.charges.charge(charge_id).await?.filter(|charge| charge.provider == from);
        let Some(charge) = charge.filter(|charge| charge.entry_id().is_none()) else { return Ok(()) };
        match provider.look_up(&charge, notice.reference.as_deref(), asking).await {
            Ok(_) | Err(ChargeError::NotFound) => Ok(()),
            Err(ChargeError::ProviderUnavailable(reason)) => Err(NoticeRefusal::ProviderUnavailable(reason)),
            Err(ChargeError::Storage(error)) => Err(error.into()),
        }
    }
}
