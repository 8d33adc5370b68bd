use std::sync::Arc;

use seatline_domain::queue::{PassEnd, PassRefusal, QueueClaims};
use seatline_domain::storage::StorageError;
use thiserror::Error;

use super::{Line, QueuePosition};

/// Reasons for which it is not somebody's turn, with the position of those who wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TurnRefusal {
    /// They still wait.
    #[error("still waiting")]
    NotAdmitted {
        /// Their position; 1 is next.
        position: u64,
    },
    /// Their turn is over.
    #[error("the turn is over")]
    Ended(PassEnd),
    /// The token belongs to another user or another concert.
    #[error("the token belongs elsewhere")]
    Mismatch,
    /// No such pass was ever given out.
    #[error("there is no such pass")]
    Unknown,
}

/// Lets only those pass whose turn it is.
pub struct RequireTurn {
    /// Answers with positions.
    pub line: Arc<Line>,
}

impl RequireTurn {
    /// Says whether it is this bearer's turn.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self, claims: &QueueClaims) -> Result<Result<(), TurnRefusal>, StorageError> {
        match self.line.require_turn(claims).await? {
            Ok(()) => Ok(Ok(())),
            Err(refusal) => self.refusal(refusal, claims).await.map(Err),
        }
    }

    /// Puts the position into a refusal of the pass.
    ///
    /// # Errors
    /// Storage's.
    pub async fn refusal(
        &self,
        refusal: PassRefusal,
        claims: &QueueClaims,
    ) -> Result<TurnRefusal, StorageError> {
        Ok(match refusal {
            PassRefusal::Waiting => TurnRefusal::NotAdmitted { position: self.position(claims).await? },
            PassRefusal::Ended(end) => TurnRefusal::Ended(end),
            PassRefusal::Mismatch => TurnRefusal::Mismatch,
            PassRefusal::Unknown => TurnRefusal::Unknown,
        })
    }

    /// The position of somebody who waits: 1 is next. 0 when their turn has come meanwhile.
    async fn position(&self, claims: &QueueClaims) -> Result<u64, StorageError> {
        match self.line.position(claims).await? {
            Some(QueuePosition::Waiting { ahead, .. }) => Ok(ahead + 1),
            _ => Ok(0),
        }
    }
}
