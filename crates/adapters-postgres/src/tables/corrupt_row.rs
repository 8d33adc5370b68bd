use std::fmt::Debug;

use seatline_domain::storage::StorageError;
use thiserror::Error;

use crate::failure::Failure;

/// A row holds a value that Seatline never writes there: somebody else changed it, or a bug did.
///
/// Such a row is refused and never guessed at. It fails what reads it and nothing else.
#[derive(Debug, Error)]
#[error("the stored {what} is {value}")]
pub(crate) struct CorruptRow {
    what: &'static str,
    value: String,
}

impl CorruptRow {
    /// The error that names the value and what it should have been.
    pub(crate) fn new(what: &'static str, value: impl Debug) -> Self {
        Self { what, value: format!("{value:?}") }
    }
}

impl From<CorruptRow> for Failure {
    fn from(error: CorruptRow) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<CorruptRow> for StorageError {
    fn from(error: CorruptRow) -> Self {
        Self::Corrupt(error.to_string())
    }
}
