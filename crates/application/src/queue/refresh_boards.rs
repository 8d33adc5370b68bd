use std::sync::Arc;

use seatline_domain::ports::QueueReader;
use seatline_domain::storage::StorageError;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Boards;

/// Brings the boards up to date, single-flight.
pub struct RefreshBoards {
    reader: Arc<dyn QueueReader>,
    boards: Arc<Boards>,
    /// Held by the refresh in flight; how the last one failed.
    in_flight: Mutex<Option<Failed>>,
}

/// How the last refresh failed, if it did.
struct Failed {
    asked: Instant,
    error: StorageError,
}

impl RefreshBoards {
    /// Reads rooms here, for these boards.
    pub fn new(reader: Arc<dyn QueueReader>, boards: Arc<Boards>) -> Self {
        Self { reader, boards, in_flight: Mutex::new(None) }
    }

    /// Reads what is new in all rooms, once.
    ///
    /// # Errors
    /// Storage's; the boards stay as they were.
    pub async fn execute(&self) -> Result<(), StorageError> {
        self.execute_unless(|_| false).await
    }

    /// The same, unless `known` is true once no other refresh is in flight. Single-flight: however many ask at the same
    /// time, one or two refreshes serve them all, also when they fail.
    pub(super) async fn execute_unless(&self, known: impl Fn(&Boards) -> bool) -> Result<(), StorageError> {
        let arrived = Instant::now();
        let mut failed = self.in_flight.lock().await;
        if known(&self.boards) {
            return Ok(());
        }
        if let Some(Failed { asked, error }) = &*failed
            && *asked >= arrived
        {
            return Err(error.clone());
        }
        *failed = None;
        let asked = Instant::now();
        match self.reader.news(self.boards.watermarks()).await {
            Ok(news) => {
                self.boards.apply(&news, asked);
                Ok(())
            }
            Err(error) => {
                *failed = Some(Failed { asked, error: error.clone() });
                Err(error)
            }
        }
    }
}
