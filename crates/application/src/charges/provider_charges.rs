use std::sync::Arc;
use std::time::Duration;

use seatline_domain::charge::{
    Charge, Currency, Finding, Notice, NoticeError, PaymentKey, ProviderError, ProviderName, VerifiedNotice,
};
use seatline_domain::commands::{
    CreateChargeCommand, CreateChargeError, RecordFindingCommand, RecordFindingError,
};
use seatline_domain::id::{ChargeId, LedgerEntryId, UserId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::point::Amount;
use seatline_domain::ports::{Charges, Ids, PaymentProvider};
use seatline_domain::storage::StorageError;
use thiserror::Error;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// Asks the provider, and records what it says.
pub struct ProviderCharges {
    provider: Arc<dyn PaymentProvider>,
    currency: Currency,
    charges: Arc<dyn Charges>,
    ids: Arc<dyn Ids>,
    /// Places for calls that users and the provider's signed notices lead to.
    places: Semaphore,
    /// Places for calls that anybody can lead to, so that they keep nobody else waiting.
    strangers: Semaphore,
}

/// The reason for a call to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// A user, a worker or a notice of which is known who sent it.
    Known,
    /// A notice that anybody may have sent.
    Stranger,
}

/// Error of asking about a charge.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChargeError {
    /// The user has no such charge.
    #[error("there is no such charge")]
    NotFound,
    /// The provider cannot be asked.
    #[error("the payment provider is unavailable: {0}")]
    ProviderUnavailable(String),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Error of beginning a charge.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BeginChargeError {
    /// It was not begun.
    #[error(transparent)]
    Create(#[from] CreateChargeError),
    /// The provider does not take this amount.
    #[error("the payment provider does not take this charge")]
    Refused,
    /// It was begun, and the provider cannot be asked. A retry with the same key goes on.
    #[error(transparent)]
    Asking(#[from] ChargeError),
}

impl ProviderCharges {
    /// The most calls to the provider at the same time.
    const PLACES: usize = 64;
    /// The most calls at the same time that notices without a signature lead to.
    const STRANGERS: usize = 4;
    /// The longest wait for a place.
    const PLACE_WAIT: Duration = Duration::from_secs(2);

    /// Charges of a provider.
    pub fn new(
        provider: Arc<dyn PaymentProvider>,
        currency: Currency,
        charges: Arc<dyn Charges>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        let (places, strangers) = (Semaphore::new(Self::PLACES), Semaphore::new(Self::STRANGERS));
        Self { provider, currency, charges, ids, places, strangers }
    }

    /// The provider's name.
    pub fn name(&self) -> ProviderName {
        self.provider.name()
    }

    /// What a point costs one of.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Writes a charge down, and has the provider prepare its checkout. A retry with the same key goes on where the first
    /// request stopped.
    ///
    /// # Errors
    /// [`BeginChargeError`] saying why not.
    pub async fn begin(
        &self,
        user_id: UserId,
        amount: Amount,
        key: IdempotencyKey,
    ) -> Result<Answer<Charge>, BeginChargeError> {
        let command = CreateChargeCommand {
            charge_id: ChargeId::new(self.ids.next()),
            user_id,
            amount,
            currency: self.currency,
            provider: self.name(),
            key,
        };
        let begun = self.charges.create(command).await?;
        let missing = || ChargeError::Storage(StorageError::missing("the charge"));
        let charge = self.find(begun.value).await?.ok_or_else(missing)?;
        let charge =
            if charge.is_open() && charge.checkout.is_none() { self.start(&charge).await? } else { charge };
        let is_refused = !charge.is_open() && charge.entry_id().is_none() && charge.checkout.is_none();
        if is_refused { Err(BeginChargeError::Refused) } else { Ok(begun.with(charge)) }
    }

    /// One charge.
    pub(super) async fn find(&self, id: ChargeId) -> Result<Option<Charge>, ChargeError> {
        Ok(self.charges.charge(id).await?)
    }

    /// Has the provider prepare the checkout of a charge that has none.
    pub(super) async fn start(&self, charge: &Charge) -> Result<Charge, ChargeError> {
        let _place = self.place(Asking::Known).await?;
        let finding = match self.provider.start(charge).await {
            Ok(checkout) => Finding::Started(checkout),
            Err(ProviderError::Refused(reason)) => {
                tracing::warn!(charge_id = %charge.id, reason, "the payment provider refused to start a charge");
                Finding::Refused
            }
            Err(ProviderError::Unavailable(reason)) => return Err(unavailable(charge, reason)),
        };
        self.record(charge, finding).await
    }

    /// Finds out what became of a charge whose time has come: asks, or starts it again where it is not known whether the
    /// provider has heard of it. That there was no answer is recorded too, so that it is asked for more and more seldom, and
    /// not for ever.
    pub(super) async fn find_out(&self, charge: &Charge) -> Result<Charge, ChargeError> {
        if charge.is_open() && charge.checkout.is_none() {
            // Starting again with the same key finds out.
            return match self.start(charge).await {
                Err(ChargeError::ProviderUnavailable(_)) => self.record(charge, Finding::Unanswered).await,
                started => started,
            };
        }
        let finding = {
            let _place = self.place(Asking::Known).await?;
            self.provider.look_up(charge, None).await
        };
        let finding = finding.unwrap_or_else(|error| {
            tracing::warn!(charge_id = %charge.id, %error, "what became of a charge is not found out");
            error.into()
        });
        self.record(charge, finding).await
    }

    /// The address of the provider's own page.
    pub(super) async fn open(&self, charge: &Charge) -> Result<String, ChargeError> {
        let _place = self.place(Asking::Known).await?;
        self.provider.open(charge).await.map_err(|error| match error {
            ProviderError::Refused(reason) | ProviderError::Unavailable(reason) => {
                unavailable(charge, reason)
            }
        })
    }

    /// Takes the money that a browser has agreed to pay, and looks what came of it.
    pub(super) async fn confirm(&self, charge: &Charge, payment: &PaymentKey) -> Result<Charge, ChargeError> {
        if charge.entry_id().is_some() {
            return Ok(charge.clone());
        }
        if charge.look_up_at.is_none() {
            // Nobody looks any more what became of it. Should this instance end before it does, somebody must.
            self.record(charge, Finding::Unanswered).await?;
        }
        let confirmed = {
            let _place = self.place(Asking::Known).await?;
            self.provider.confirm(charge, payment).await
        };
        let found = self.look_up(charge, None, Asking::Known).await?;
        match confirmed {
            Err(ProviderError::Unavailable(reason)) if found.look_up_at.is_some() => {
                Err(unavailable(charge, reason))
            }
            Err(ProviderError::Refused(reason)) if found.is_open() => {
                tracing::info!(charge_id = %charge.id, reason, "the payment provider refused a confirmation");
                Ok(found)
            }
            _ => Ok(found),
        }
    }

    /// Asks the provider what became of a charge, and records it.
    pub(super) async fn look_up(
        &self,
        charge: &Charge,
        reference: Option<&str>,
        asking: Asking,
    ) -> Result<Charge, ChargeError> {
        let finding = {
            let _place = self.place(asking).await?;
            self.provider.look_up(charge, reference.map(str::to_owned)).await
        };
        match finding {
            Ok(finding) => self.record(charge, finding).await,
            Err(ProviderError::Refused(reason) | ProviderError::Unavailable(reason)) => {
                Err(unavailable(charge, reason))
            }
        }
    }

    pub(super) fn verify(&self, notice: Notice<'_>) -> Result<VerifiedNotice, NoticeError> {
        self.provider.verify(notice)
    }

    async fn record(&self, charge: &Charge, finding: Finding) -> Result<Charge, ChargeError> {
        if let Finding::Paid(received) = &finding
            && (received.amount != charge.amount || received.currency != charge.currency)
        {
            tracing::error!(
                charge_id = %charge.id,
                received = %received.amount, currency = %received.currency,
                expected = %charge.amount, expected_currency = %charge.currency,
                "the payment provider took other money than the charge's: nothing is credited, and somebody must look"
            );
        }
        let command = RecordFindingCommand {
            charge_id: charge.id,
            user_id: charge.user_id,
            finding,
            entry_id: LedgerEntryId::new(self.ids.next()),
        };
        self.charges.record(command).await.map_err(|error| match error {
            RecordFindingError::NotFound => ChargeError::NotFound,
            RecordFindingError::Storage(error) => error.into(),
        })
    }

    async fn place(&self, asking: Asking) -> Result<SemaphorePermit<'_>, ChargeError> {
        let places = match asking {
            Asking::Known => &self.places,
            Asking::Stranger => &self.strangers,
        };
        let busy = || ChargeError::ProviderUnavailable("too many calls are under way".into());
        timeout(Self::PLACE_WAIT, places.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())
    }
}

fn unavailable(charge: &Charge, reason: String) -> ChargeError {
    tracing::warn!(charge_id = %charge.id, reason, "the payment provider cannot be asked");
    ChargeError::ProviderUnavailable(reason)
}
