use async_trait::async_trait;

use crate::Timestamp;
use crate::id::ConcertId;
use crate::queue::{AnnouncedBoard, LastAnnounced};
use crate::storage::StorageError;

/// The boards of waiting rooms as they are announced, one a room: whoever asks for one is told the same as everybody else.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AnnouncedBoards: Send + Sync {
    /// The board of a concert's room that was announced last. Costs one look-up.
    async fn last(&self, concert_id: ConcertId) -> Result<LastAnnounced, StorageError>;

    /// Announces a board in place of the one of its room that was announced as of `after`, or of none. Says whether it did:
    /// of several who announce at once one does, and nothing is changed by the others. The concert must be there.
    async fn announce(&self, board: AnnouncedBoard, after: Option<Timestamp>) -> Result<bool, StorageError>;
}
