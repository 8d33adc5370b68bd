use super::{Currency, ProviderError};
use crate::Timestamp;
use crate::point::Amount;

/// Where somebody pays, as the provider has set it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The provider's own id of it, if it has one: what it is looked up by.
    pub reference: Option<String>,
    /// The address that they are sent to.
    pub url: String,
    /// The instant after which they can no longer pay there.
    pub expires_at: Timestamp,
    /// The instant after which the provider says nothing new, and nobody asks any more.
    pub gives_up_at: Timestamp,
}

/// Money that a provider took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// How much.
    pub amount: Amount,
    /// Of which currency.
    pub currency: Currency,
}

/// What a provider says of a charge when it is asked, or that it does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The checkout is open.
    Started(Checkout),
    /// Nothing is decided: nobody has paid yet, or the provider is at it.
    Pending,
    /// The money was taken.
    Paid(Received),
    /// The provider took none, and will not.
    Refused,
    /// Nobody paid in time.
    Expired,
    /// It refuses to say, and will not say anything else for being asked again.
    Withheld,
    /// It could not be asked, or its answer could not be read.
    Unanswered,
}

impl From<ProviderError> for Finding {
    /// What is known of a charge after a look-up that failed.
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::Refused(_) => Self::Withheld,
            ProviderError::Unavailable(_) => Self::Unanswered,
        }
    }
}
