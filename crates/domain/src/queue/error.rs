use thiserror::Error;

use super::{PassError, policy};
use crate::storage::StorageError;

/// Why settings of a waiting room are refused.
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

/// Why somebody could not join.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JoinError {
    /// There is no such concert.
    #[error("there is no such concert")]
    ConcertNotFound,
    /// Storage stood in the way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why somebody could not leave or show up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LeaveError {
    /// The token does not fit.
    #[error(transparent)]
    Pass(#[from] PassError),
    /// Storage stood in the way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why a waiting room was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigureError {
    /// There is no such concert.
    #[error("there is no such concert")]
    ConcertNotFound,
    /// Storage stood in the way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
