use async_trait::async_trait;

use crate::charge::{
    Charge, Checkout, Finding, Notice, NoticeError, PaymentKey, ProviderError, ProviderName, VerifiedNotice,
};

/// Takes money outside, for points here.
///
/// Every call ends within a bound, far below [`LOOK_UP_LEASE`](crate::charge::policy::LOOK_UP_LEASE), and is safe to
/// repeat: the charge's id is the idempotency key. Only what the provider itself answers is a [`Finding`]; nothing that a
/// browser or a notice says.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Its name.
    fn name(&self) -> ProviderName;

    /// Prepares a checkout. Asked again for the same charge, gives the same one.
    ///
    /// # Errors
    /// [`ProviderError`]; after [`ProviderError::Unavailable`] there may be a checkout all the same.
    async fn start(&self, charge: &Charge) -> Result<Checkout, ProviderError>;

    /// The address of the provider's own page, for a checkout that begins at a page of ours; the checkout's own address
    /// otherwise.
    ///
    /// # Errors
    /// [`ProviderError`].
    async fn open(&self, charge: &Charge) -> Result<String, ProviderError>;

    /// Takes the money that a browser has agreed to pay, where the provider waits for that; asks for nothing otherwise.
    /// What came of it is to be looked up, after errors too.
    ///
    /// # Errors
    /// [`ProviderError`]; after [`ProviderError::Unavailable`] the money may have been taken.
    async fn confirm(&self, charge: &Charge, payment: &PaymentKey) -> Result<(), ProviderError>;

    /// Asks what became of a charge. `reference` is the provider's own id, for a charge that does not know it yet; it is
    /// taken only when the provider says that it belongs to this charge.
    ///
    /// # Errors
    /// [`ProviderError`]; [`ProviderError::Refused`] when asking again cannot help. A charge that the provider does not know
    /// is [`Finding::Pending`].
    async fn look_up(&self, charge: &Charge, reference: Option<String>) -> Result<Finding, ProviderError>;

    /// Finds out which charge a notice is about, and whether the provider signed it.
    ///
    /// # Errors
    /// [`NoticeError`] naming what is wrong with it. Its age is for the caller to look at.
    #[allow(clippy::elidable_lifetime_names, reason = "the mock needs a name for it")]
    fn verify<'n>(&self, notice: Notice<'n>) -> Result<VerifiedNotice, NoticeError>;
}
