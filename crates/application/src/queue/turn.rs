use std::sync::Arc;

use seatline_domain::queue::{PassEnd, PassRefusal, QueueClaims};
use seatline_domain::storage::StorageError;
use thiserror::Error;

use super::Line;

/// Why it is not somebody's turn.
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

/// Why somebody does not get at what the waiting room protects.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TurnError {
    /// It is not their turn.
    #[error(transparent)]
    Refused(#[from] TurnRefusal),
    /// Storage stood in the way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Lets only those pass whose turn it is.
pub struct RequireTurn {
    /// Tells where people stand.
    pub line: Arc<Line>,
}

impl RequireTurn {
    /// Checks that it is this bearer's turn.
    ///
    /// # Errors
    /// [`TurnRefusal`] when it is not.
    pub async fn execute(&self, claims: &QueueClaims) -> Result<(), TurnError> {
        match self.line.require_turn(claims).await? {
            Ok(()) => Ok(()),
            Err(refusal) => Err(self.explain(refusal, claims).await?.into()),
        }
    }

    /// Puts the position into a refusal that was decided elsewhere.
    ///
    /// # Errors
    /// Storage's.
    pub async fn explain(
        &self,
        refusal: PassRefusal,
        claims: &QueueClaims,
    ) -> Result<TurnRefusal, StorageError> {
        Ok(match refusal {
            PassRefusal::Waiting => TurnRefusal::NotAdmitted { position: self.line.position(claims).await? },
            PassRefusal::Ended(end) => TurnRefusal::Ended(end),
            PassRefusal::Mismatch => TurnRefusal::Mismatch,
            PassRefusal::Unknown => TurnRefusal::Unknown,
        })
    }
}
