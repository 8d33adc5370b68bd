use std::sync::Arc;

use seatline_domain::queue::QueueReader;
use seatline_domain::storage::StorageError;
use tokio::sync::Mutex;

use super::Boards;

/// Brings the boards up to date.
pub struct RefreshBoards {
    /// Where rooms are read.
    pub reader: Arc<dyn QueueReader>,
    /// What is brought up to date.
    pub boards: Arc<Boards>,
    /// One refresh at a time.
    pub turn: Mutex<()>,
}

impl RefreshBoards {
    /// Reads what is new in all rooms, once.
    ///
    /// # Errors
    /// Storage's; the boards stay as they were.
    pub async fn execute(&self) -> Result<(), StorageError> {
        let _turn = self.turn.lock().await;
        self.refresh().await
    }

    /// The same, unless `known` is true by the time that this caller's turn comes.
    pub(super) async fn execute_unless(&self, known: impl Fn(&Boards) -> bool) -> Result<(), StorageError> {
        let _turn = self.turn.lock().await;
        if known(&self.boards) { Ok(()) } else { self.refresh().await }
    }

    async fn refresh(&self) -> Result<(), StorageError> {
        let updates = self.reader.updates(self.boards.seen()).await?;
        self.boards.apply(&updates);
        Ok(())
    }
}
