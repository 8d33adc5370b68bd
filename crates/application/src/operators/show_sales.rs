use std::sync::Arc;

use seatline_domain::id::ConcertId;
use seatline_domain::ports::{Programme, QueueReader};
use seatline_domain::queue::RoomFigures;
use seatline_domain::seat::SalesOfPerformance;

use crate::queue::QueueError;

/// How a sale is going.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sales {
    /// The waiting room.
    pub queue: RoomFigures,
    /// What was sold of each performance, by start.
    pub performances: Vec<SalesOfPerformance>,
}

/// Shows how the sale of a concert is going.
pub struct ShowSales {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Reads rooms.
    pub reader: Arc<dyn QueueReader>,
}

impl ShowSales {
    /// The sales of this concert.
    ///
    /// # Errors
    /// [`QueueError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(&self, concert_id: ConcertId) -> Result<Sales, QueueError> {
        let queue = self.reader.figures(concert_id).await?.ok_or(QueueError::ConcertNotFound)?;
        Ok(Sales { queue, performances: self.programme.sales(concert_id).await? })
    }
}
