//! How many calls were made, and what came of them.

use metrics::{Unit, counter, describe_counter};
use seatline_domain::charge::ProviderName;

const CALLS: &str = "seatline_provider_calls_total";

/// What a provider is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// A checkout of a charge (Stripe).
    Start,
    /// The provider's own page (Toss Payments).
    Open,
    /// The money that a browser has agreed to pay (Toss Payments).
    Confirm,
    /// What became of a charge.
    LookUp,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It did what it was asked for.
    Answered,
    /// It does not know the charge.
    Unknown,
    /// It said no.
    Refused,
    /// It is out of reach, did not answer in time, or said that it cannot answer.
    Unavailable,
}

impl Operation {
    const fn all_of(provider: ProviderName) -> &'static [Self] {
        match provider {
            ProviderName::Stripe => &[Self::Start, Self::LookUp],
            ProviderName::Toss => &[Self::Open, Self::Confirm, Self::LookUp],
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Open => "open",
            Self::Confirm => "confirm",
            Self::LookUp => "look_up",
        }
    }
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Answered, Self::Unknown, Self::Refused, Self::Unavailable];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Describes what is counted here, and has every counter begin at zero.
pub fn register_metrics() {
    describe_counter!(CALLS, Unit::Count, "Calls to payment providers, by what came of them.");
    for provider in [ProviderName::Stripe, ProviderName::Toss] {
        for operation in Operation::all_of(provider) {
            for outcome in Outcome::ALL {
                add(provider, *operation, outcome, 0);
            }
        }
    }
}

/// Counts a call.
pub(crate) fn count(provider: ProviderName, operation: Operation, outcome: Outcome) {
    add(provider, operation, outcome, 1);
}

fn add(provider: ProviderName, operation: Operation, outcome: Outcome, calls: u64) {
    let labels =
        [("provider", provider.as_str()), ("operation", operation.as_str()), ("outcome", outcome.as_str())];
    counter!(CALLS, &labels).increment(calls);
}
