use std::sync::Arc;

use seatline_domain::concert::Performance;
use seatline_domain::id::PerformanceId;
use seatline_domain::ports::Programme;
use seatline_domain::seat::hall::Hall;

use super::ProgrammeError;

/// Where the seats of a performance are, and what they cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The performance, with its prices.
    pub performance: Performance,
    /// Its hall.
    pub hall: Arc<Hall>,
}

/// Shows where the seats of a performance are.
pub struct ShowLayout {
    /// The programme.
    pub programme: Arc<dyn Programme>,
}

impl ShowLayout {
    /// The hall of this performance, with the prices of its sections.
    ///
    /// # Errors
    /// [`ProgrammeError::PerformanceNotFound`] when there is no such performance.
    pub async fn execute(&self, id: PerformanceId) -> Result<Layout, ProgrammeError> {
        let performance = self.programme.performance(id).await?.ok_or(ProgrammeError::PerformanceNotFound)?;
        let hall = self.programme.hall(id).await?.ok_or(ProgrammeError::PerformanceNotFound)?;
        Ok(Layout { performance, hall })
    }
}
