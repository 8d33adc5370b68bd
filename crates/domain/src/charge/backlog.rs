use std::time::Duration;

/// Charges of a provider whose money is waited for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChargeBacklog {
    /// How many they are, up to a bound.
    pub pending: u64,
    /// The age of the oldest of them.
    pub oldest: Option<Duration>,
}
