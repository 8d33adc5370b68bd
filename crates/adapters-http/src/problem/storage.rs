use seatline_domain::storage::StorageError;

use super::{Code, Problem};

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match &error {
            StorageError::Unavailable(_) => Self::unavailable().because(&error),
            StorageError::Overloaded => Self::unavailable().because_of_load(&error),
            StorageError::OutcomeUnknown(_) => Self::unavailable()
                .detail("Whether the request took effect is unknown. Retrying with the same idempotency key, or reading first, is safe.")
                .because(&error),
            StorageError::Corrupt(_) => Self::new(Code::InternalError).because(&error),
        }
    }
}
