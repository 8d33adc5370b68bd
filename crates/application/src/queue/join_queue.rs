use std::sync::Arc;

use seatline_domain::commands::{JoinError, JoinQueueCommand};
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::ports::WaitingRooms;
use seatline_domain::queue::{PassState, QueueClaims};
use seatline_domain::storage::StorageError;

use super::{Holder, Line, QueuePosition, QueueTokens, TokenStatus};

/// Gives a user a pass, or the one they already have.
pub struct JoinQueue {
    /// Gives out passes.
    pub rooms: Arc<dyn WaitingRooms>,
    /// Answers with positions.
    pub line: Arc<Line>,
    /// Signs the token.
    pub tokens: Arc<QueueTokens>,
}

impl JoinQueue {
    /// The token for the holder of this access token, and whether it is new.
    ///
    /// # Errors
    /// [`JoinError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(
        &self,
        user_id: UserId,
        concert_id: ConcertId,
        holder: Holder,
    ) -> Result<(TokenStatus, bool), JoinError> {
        let joined = self.rooms.join(JoinQueueCommand { concert_id, user_id }).await?;
        let pass = &joined.pass;
        let claims = QueueClaims { user_id, concert_id, number: pass.number, issued_at: pass.issued_at };
        let position = match (pass.state_at(joined.as_of), joined.ahead) {
            // Joining anew is no sign of life: many join and never come back. Joining again is.
            (PassState::Active { expires_at, show_up_by, .. }, _) if joined.created || show_up_by.is_none() => {
                let show_up_by = show_up_by.and_then(|_| pass.deadline());
                QueuePosition::Active { until: expires_at, show_up_by }
            }
            // As the next poll will say: they are told the line as it was when they joined.
            (PassState::Waiting, Some(ahead)) => self.line.position_behind(concert_id, ahead),
            _ => self.line.position(&claims).await?.ok_or_else(|| StorageError::missing("the pass"))?,
        };
        let token = self.tokens.issue(claims, holder).text;
        Ok((TokenStatus { token, claims, position }, joined.created))
    }
}
