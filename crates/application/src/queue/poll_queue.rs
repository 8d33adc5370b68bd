use std::sync::Arc;

use seatline_domain::storage::StorageError;
use thiserror::Error;

use super::{Line, QueueToken, TokenStatus};

/// Error of a poll.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PollError {
    /// No such pass was ever given out.
    #[error("there is no such pass")]
    Unknown,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Answers a poll with the bearer's position. A pass that has ended answers with its final state.
pub struct PollQueue {
    /// Answers with positions.
    pub line: Arc<Line>,
}

impl PollQueue {
    /// The bearer's position.
    ///
    /// # Errors
    /// [`PollError::Unknown`] when there is no such pass.
    pub async fn execute(&self, token: QueueToken) -> Result<TokenStatus, PollError> {
        let status = self.line.position(&token.claims).await?.ok_or(PollError::Unknown)?;
        Ok(TokenStatus::new(token.text, token.claims, status))
    }
}
