use crate::Timestamp;
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// A change that somebody asks for.
pub trait Command: Send + Sync + 'static {
    /// What it gives when it is done.
    type Success: Send + 'static;
    /// What it gives when it is refused, or storage fails.
    type Error: From<StorageError> + Send + 'static;

    /// Names the rows that must be locked and loaded before it can decide.
    fn footprint(&self, footprint: &mut Footprint);

    /// Decides, and changes the working set accordingly. A refusal leaves the set as it was.
    ///
    /// # Errors
    /// The refusal; or storage's, when a row that must be there is not.
    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Self::Success, Self::Error>;
}
