use thiserror::Error;

use super::policy;

/// Error of a waiting room's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// The capacity is out of bounds.
    #[error("the capacity must be 1 to {}", policy::MAX_CAPACITY)]
    Capacity,
    /// The rate is out of bounds.
    #[error("the rate must be 1 to {} a minute", policy::MAX_ADMIT_PER_MINUTE)]
    AdmitPerMinute,
    /// The life of a pass is out of bounds.
    #[error("a pass must live 1 second to 24 hours")]
    PassTtl,
    /// The time to show up is out of bounds.
    #[error("the time to show up must be 1 second to 24 hours")]
    ShowUpWithin,
}
