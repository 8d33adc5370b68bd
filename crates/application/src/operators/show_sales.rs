use std::sync::Arc;

use seatline_domain::concert::PerformanceCursor;
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::{Programme, QueueReader};
use seatline_domain::queue::RoomFigures;
use seatline_domain::seat::SalesOfPerformance;

use crate::programme::ProgrammeError;
use crate::queue::QueueError;

/// How a sale is going.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sales {
    /// The waiting room.
    pub queue: RoomFigures,
    /// What was sold of each performance, by start: one page.
    pub performances: Page<SalesOfPerformance, PerformanceCursor>,
}

/// Shows how the sale of a concert is going.
pub struct ShowSales {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Reads rooms.
    pub reader: Arc<dyn QueueReader>,
}

impl ShowSales {
    /// The sales of this concert, one page of its performances.
    ///
    /// # Errors
    /// [`QueueError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(
        &self,
        concert_id: ConcertId,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Sales, QueueError> {
        let queue = self.reader.figures(concert_id).await?.ok_or(QueueError::ConcertNotFound)?;
        Ok(Sales { queue, performances: self.programme.sales(concert_id, page).await? })
    }

    /// What was sold of one performance until now.
    ///
    /// # Errors
    /// [`ProgrammeError::PerformanceNotFound`] when there is no such performance.
    pub async fn of_performance(&self, id: PerformanceId) -> Result<SalesOfPerformance, ProgrammeError> {
        self.programme.sales_of(id).await?.ok_or(ProgrammeError::PerformanceNotFound)
    }
}
