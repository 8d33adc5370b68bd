use std::sync::Arc;

use seatline_domain::id::ConcertId;
use seatline_domain::ports::QueueReader;
use seatline_domain::queue::RoomFigures;
use seatline_domain::storage::StorageError;
use thiserror::Error;

/// Error of showing a queue or its sales.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QueueError {
    /// There is no such concert.
    #[error("there is no such concert")]
    ConcertNotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Shows what the public may know of a waiting room.
pub struct ShowQueue {
    /// Reads rooms.
    pub reader: Arc<dyn QueueReader>,
}

impl ShowQueue {
    /// The room's figures.
    ///
    /// # Errors
    /// [`QueueError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(&self, concert_id: ConcertId) -> Result<RoomFigures, QueueError> {
        self.reader.figures(concert_id).await?.ok_or(QueueError::ConcertNotFound)
    }
}
