use std::sync::Arc;

use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{
    Pass, PassState, QueueClaims, QueueReader, RoomFigures, ShowUp, WaitingRooms, policy,
};
use seatline_domain::storage::StorageError;

use super::{Boards, RefreshBoards, Standing};

/// Tells where people stand: from the boards while they wait, from storage otherwise.
pub struct Line {
    /// Where passes are read.
    pub reader: Arc<dyn QueueReader>,
    /// Where signs of life are written.
    pub rooms: Arc<dyn WaitingRooms>,
    /// Answers while people wait.
    pub boards: Arc<Boards>,
    /// Brings a board up to date that has not seen a number yet.
    pub refresh: Arc<RefreshBoards>,
}

impl Line {
    const ATTEMPTS: u8 = 3;

    /// Where the bearer of a token stands; `None` when no such pass was given out. Being asked is a sign of life.
    ///
    /// While the person waits this touches no database.
    ///
    /// # Errors
    /// Storage's.
    pub async fn standing(&self, claims: &QueueClaims) -> Result<Option<Standing>, StorageError> {
        for _ in 0..Self::ATTEMPTS {
            if let Some(waiting) = self.waiting(claims) {
                return Ok(Some(waiting));
            }
            let Some(read) = self.reader.pass(claims.concert_id, claims.number).await? else {
                return Ok(None);
            };
            if read.pass.user_id != claims.user_id {
                return Ok(None);
            }
            if let Some(standing) = self.admitted(&read.pass, read.as_of).await? {
                return Ok(Some(standing));
            }
            let key = (claims.concert_id, claims.number);
            self.refresh.execute_unless(|boards| boards.ahead_of(key.0, key.1).is_some()).await?;
        }
        Err(StorageError::Unavailable("the board of the waiting room lags behind".into()))
    }

    /// The position of somebody who waits: 1 is next. 0 when their turn has come meanwhile.
    ///
    /// # Errors
    /// Storage's.
    pub async fn position(&self, claims: &QueueClaims) -> Result<u64, StorageError> {
        match self.standing(claims).await? {
            Some(Standing::Waiting { ahead, .. }) => Ok(ahead + 1),
            _ => Ok(0),
        }
    }

    /// Where somebody stands who has just joined behind so many people. Touches no database.
    pub(super) fn behind(&self, concert_id: ConcertId, ahead: u64) -> Standing {
        waiting(ahead, self.boards.figures(concert_id).as_ref())
    }

    fn waiting(&self, claims: &QueueClaims) -> Option<Standing> {
        let (ahead, figures) = self.boards.ahead_of(claims.concert_id, claims.number)?;
        Some(waiting(ahead, Some(&figures)))
    }

    /// Where an admitted or ended pass stands; `None` when it waits.
    async fn admitted(&self, pass: &Pass, now: Timestamp) -> Result<Option<Standing>, StorageError> {
        match pass.state_at(now) {
            PassState::Waiting => Ok(None),
            PassState::Active { expires_at, show_up_by, .. } => {
                if show_up_by.is_some() {
                    let (concert_id, number, user_id) = (pass.concert_id, pass.number, pass.user_id);
                    if let Err(error) = self.rooms.show_up(ShowUp { concert_id, number, user_id }).await {
                        tracing::warn!(%error, %concert_id, "a sign of life was not written");
                    }
                }
                Ok(Some(Standing::Active { until: expires_at }))
            }
            PassState::Ended { end, at, .. } => Ok(Some(Standing::Ended { end, at })),
        }
    }
}

fn waiting(ahead: u64, figures: Option<&RoomFigures>) -> Standing {
    let eta_seconds = figures.and_then(|figures| figures.eta_seconds(ahead));
    Standing::Waiting { ahead, eta_seconds, poll_after: policy::poll_after(ahead) }
}
