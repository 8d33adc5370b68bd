use std::sync::Arc;

use seatline_domain::concert::PerformanceAvailability;
use seatline_domain::id::PerformanceId;
use seatline_domain::ports::Programme;

use super::ProgrammeError;

/// Shows one performance.
pub struct ShowPerformance {
    /// The programme.
    pub programme: Arc<dyn Programme>,
}

impl ShowPerformance {
    /// This performance, with the number of its free seats.
    ///
    /// # Errors
    /// [`ProgrammeError::PerformanceNotFound`] when there is no such performance.
    pub async fn execute(&self, id: PerformanceId) -> Result<PerformanceAvailability, ProgrammeError> {
        self.programme.listed(id).await?.ok_or(ProgrammeError::PerformanceNotFound)
    }
}
