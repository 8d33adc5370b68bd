use std::sync::Arc;

use seatline_domain::Timestamp;
use seatline_domain::commands::{JoinError, JoinQueueCommand, Joined};
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::WaitingRooms;
use seatline_domain::queue::{PassState, QueueClaims};
use seatline_domain::seat::SeatsLeft;
use seatline_domain::storage::StorageError;

use super::{Holder, Line, QueuePosition, QueueStatus, QueueTokens, TokenStatus};

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
    /// The token for the holder of this access token.
    ///
    /// # Errors
    /// * [`JoinError::ConcertNotFound`] – there is no such concert.
    /// * [`JoinError::SoldOut`] – nothing is left.
    /// * [`JoinError::KeyReused`] – the key was used for something else.
    pub async fn execute(
        &self,
        user_id: UserId,
        concert_id: ConcertId,
        holder: Holder,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<TokenStatus>, JoinError> {
        let claims = |number, issued_at: Timestamp| QueueClaims { user_id, concert_id, number, issued_at };
        let (claims, status, created, replayed) = match self.join(user_id, concert_id, key).await {
            Ok(joined) => {
                let claims = claims(joined.pass.number, joined.pass.issued_at);
                (claims, self.status(&joined, &claims).await?, joined.created, joined.replayed)
            }
            Err(JoinError::Over { number, created }) => {
                let missing = || StorageError::missing("the pass");
                let read = self.line.reader.pass(concert_id, number).await?.ok_or_else(missing)?;
                let claims = claims(number, read.pass.issued_at);
                // Where a board here has not heard of it yet, the pass has.
                let status = match self.line.status_by_pass(&read, &claims).await? {
                    Some(status) => status,
                    None => self.line.position(&claims).await?.ok_or_else(missing)?,
                };
                (claims, status, created, true)
            }
            Err(error) => return Err(error),
        };
        let token = self.tokens.issue(claims, holder).text;
        Ok(Answer { value: TokenStatus::new(token, claims, status), created, replayed })
    }

    /// Joins. What is left is counted where it may be little, and where the room is marked as sold out: that may be over.
    async fn join(
        &self,
        user_id: UserId,
        concert_id: ConcertId,
        key: Option<IdempotencyKey>,
    ) -> Result<Joined, JoinError> {
        let command = |seats_left: Option<SeatsLeft>| JoinQueueCommand {
            concert_id,
            user_id,
            seats_left,
            key: key.clone(),
        };
        let may_be_sold_out = self.line.boards.may_be_sold_out(concert_id);
        let seats_left = if may_be_sold_out { self.line.seats_left(concert_id).await? } else { None };
        match self.rooms.join(command(seats_left)).await {
            Err(JoinError::SoldOut) if seats_left.is_none() => {
                let seats_left = self.line.seats_left(concert_id).await?;
                self.rooms.join(command(seats_left)).await
            }
            joined => joined,
        }
    }

    async fn status(&self, joined: &Joined, claims: &QueueClaims) -> Result<QueueStatus, StorageError> {
        let (pass, concert_id) = (&joined.pass, claims.concert_id);
        let position = match (pass.state_at(joined.as_of), joined.ahead) {
            // Joining anew is no sign of life: many join and never come back. Joining again is.
            (PassState::Active { expires_at, show_up_by, .. }, _)
                if joined.created && !joined.replayed || show_up_by.is_none() =>
            {
                let show_up_by = show_up_by.and_then(|_| pass.deadline());
                QueuePosition::Active { until: expires_at, show_up_by }
            }
            // As the next poll will say: they are told the line as it was when they joined.
            (PassState::Waiting, Some(ahead)) => {
                self.line.position_behind(concert_id, ahead, joined.room_status)
            }
            _ => {
                let status = self.line.position(claims).await?;
                return status.ok_or_else(|| StorageError::missing("the pass"));
            }
        };
        self.line.status(concert_id, position, joined.room_status).await
    }
}
