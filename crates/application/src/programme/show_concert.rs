use std::sync::Arc;

use seatline_domain::concert::Concert;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::Programme;

use super::ProgrammeError;

/// Shows one concert.
pub struct ShowConcert {
    /// The programme.
    pub programme: Arc<dyn Programme>,
}

impl ShowConcert {
    /// This concert.
    ///
    /// # Errors
    /// [`ProgrammeError::ConcertNotFound`] when there is no such one.
    pub async fn execute(&self, id: ConcertId) -> Result<Concert, ProgrammeError> {
        self.programme.concert(id).await?.ok_or(ProgrammeError::ConcertNotFound)
    }
}
