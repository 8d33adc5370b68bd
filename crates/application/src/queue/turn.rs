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
            PassRefusal::Waiting => self.refusal_to_wait(claims).await?,
            PassRefusal::Ended(end) => TurnRefusal::Ended(end),
            PassRefusal::Mismatch => TurnRefusal::Mismatch,
            PassRefusal::Unknown => TurnRefusal::Unknown,
        })
    }

    /// The refusal of somebody who waits: their position, which is 0 when their turn has come meanwhile. Where the line has
    /// ended they wait no more.
    async fn refusal_to_wait(&self, claims: &QueueClaims) -> Result<TurnRefusal, StorageError> {
        let status = self.line.position(claims).await?;
        Ok(match status.map(|status| status.position) {
            Some(QueuePosition::Waiting { ahead, .. }) => TurnRefusal::NotAdmitted { position: ahead + 1 },
            Some(QueuePosition::Ended { end, .. }) => TurnRefusal::Ended(end),
            _ => TurnRefusal::NotAdmitted { position: 0 },
        })
    }
}
