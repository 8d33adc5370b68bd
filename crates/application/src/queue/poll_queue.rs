use std::sync::Arc;

use seatline_domain::storage::StorageError;
use thiserror::Error;

use super::{Line, QueueToken, TokenStatus};

/// Why a poll gets no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PollError {
    /// No such pass was ever given out.
    #[error("there is no such pass")]
    Unknown,
    /// Storage stood in the way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Tells the bearer of a queue token where they stand. A token that has ended answers with its final state.
pub struct PollQueue {
    /// Tells positions.
    pub line: Arc<Line>,
}

impl PollQueue {
    /// Where this bearer stands.
    ///
    /// # Errors
    /// [`PollError::Unknown`] when there is no such pass.
    pub async fn execute(&self, token: QueueToken) -> Result<TokenStatus, PollError> {
        let position = self.line.position(&token.claims).await?.ok_or(PollError::Unknown)?;
        Ok(TokenStatus { token: token.text, claims: token.claims, position })
    }
}
