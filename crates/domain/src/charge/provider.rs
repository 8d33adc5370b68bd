use std::fmt;

use thiserror::Error;

/// A provider that takes money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderName {
    /// Stripe.
    Stripe,
    /// Toss Payments.
    Toss,
}

impl ProviderName {
    /// Its name in settings and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Toss => "toss",
        }
    }

    /// The provider of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Stripe, Self::Toss].into_iter().find(|provider| provider.as_str() == name)
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The provider's name of what a browser has agreed to pay: 1 to 200 printable ASCII characters without a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentKey(String);

impl PaymentKey {
    /// The most characters it has.
    pub const LENGTH_MAX: usize = 200;

    /// Checks one; `None` when it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        let fits = (1..=Self::LENGTH_MAX).contains(&text.len());
        (printable && fits).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Error of asking a provider.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProviderError {
    /// It is out of reach, did not answer in time, or said that it cannot answer. What it did is not known.
    #[error("the payment provider is unavailable: {0}")]
    Unavailable(String),
    /// It has said no to what was asked, and did nothing.
    #[error("the payment provider refused: {0}")]
    Refused(String),
}
