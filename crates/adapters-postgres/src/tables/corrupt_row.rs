use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use metrics::{Counter, Unit, counter, describe_counter};
use seatline_domain::storage::StorageError;
use thiserror::Error;

use crate::failure::Failure;

/// A row holds a value that Seatline never writes there: somebody else changed it, or a bug did.
///
/// Such a row is refused and never guessed at. It fails what asks for it alone; what reads many leaves it out.
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

const LEFT_OUT: &str = "seatline_corrupt_rows_total";

/// Counts the times that a corrupt row was left out.
pub(crate) fn left_out() -> Counter {
    describe_counter!(LEFT_OUT, Unit::Count, "Times that a row was left out because it could not be read.");
    counter!(LEFT_OUT)
}

/// What was read of a row among others; a corrupt one is counted, and said in the log once.
pub(crate) fn readable<T>(read: Result<T, CorruptRow>) -> Option<T> {
    const REMEMBERED: usize = 1_000;
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    match read {
        Ok(value) => Some(value),
        Err(corrupt) => {
            left_out().increment(1);
            let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
            let text = corrupt.to_string();
            if said.len() < REMEMBERED && !said.contains(&text) {
                tracing::error!(corrupt = text, "a row is left out");
                said.insert(text);
            }
            None
        }
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
