use std::sync::Arc;
use std::time::Duration;

use seatline_domain::Timestamp;
use seatline_domain::commands::ShowUpCommand;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::{QueueReader, WaitingRooms};
use seatline_domain::queue::{Pass, PassAt, PassRefusal, PassState, QueueClaims, policy};
use seatline_domain::storage::StorageError;
use tokio::time::sleep;

use super::boards::{BoardAnswer, Place};
use super::{Boards, QueuePosition, RefreshBoards};

/// Tells where people stand: from the boards while they wait, from storage otherwise.
pub struct Line {
    /// Where passes are read.
    pub reader: Arc<dyn QueueReader>,
    /// Where signs of life are written.
    pub rooms: Arc<dyn WaitingRooms>,
    /// Answers while people wait.
    pub boards: Arc<Boards>,
    /// Brings a board up to date that is missing or too old.
    pub refresh: Arc<RefreshBoards>,
}

impl Line {
    /// How long to wait between attempts to catch up, in milliseconds: somebody else is about to commit then, or the time
    /// is about to come.
    const PAUSES_MS: [u64; 10] = [0, 2, 5, 10, 20, 50, 100, 200, 400, 800];

    /// Where the bearer of a token stands; `None` when no such pass was given out. Being asked is a sign of life.
    ///
    /// While the person waits this touches no database, but where this instance has not heard of everything yet that
    /// must be told: just after the person joined, just after the start, and when refreshes come late.
    ///
    /// # Errors
    /// Storage's, and [`StorageError::Unavailable`] when this instance cannot catch up: it says nothing rather than what
    /// another instance might contradict.
    pub async fn standing(&self, claims: &QueueClaims) -> Result<Option<QueuePosition>, StorageError> {
        self.standing_as_of(claims, None).await
    }

    /// The same, as of that instant or a later one, which is what [`catch_up`](Self::catch_up) said; without one, as of
    /// what must be told by now.
    ///
    /// # Errors
    /// As [`standing`](Self::standing).
    pub(super) async fn standing_as_of(
        &self,
        claims: &QueueClaims,
        mut due: Option<Timestamp>,
    ) -> Result<Option<QueuePosition>, StorageError> {
        for pause in Self::PAUSES_MS {
            match self.boards.answer_for(claims, due) {
                BoardAnswer::Waiting(place) => return Ok(Some(waiting(place))),
                BoardAnswer::Behind(until) => {
                    due = until;
                    sleep(Duration::from_millis(pause)).await;
                    self.refresh.execute_unless(|boards| heard(boards, until)).await?;
                }
                BoardAnswer::Unknown => {
                    let read = self.reader.pass(claims.concert_id, claims.number).await?;
                    let Some(read) = read.filter(|read| read.pass.user_id == claims.user_id) else {
                        return Ok(None);
                    };
                    if let Some(standing) = self.standing_of(&read, claims).await {
                        return Ok(Some(standing));
                    }
                    sleep(Duration::from_millis(pause)).await;
                    self.refresh.execute_unless(|boards| boards.place_of(claims).is_some()).await?;
                }
            }
        }
        Err(lags_behind())
    }

    /// Hears of everything that must be known to tell those who wait where they stand, and says as of when that is.
    ///
    /// # Errors
    /// As [`standing`](Self::standing).
    pub(super) async fn catch_up(&self) -> Result<Timestamp, StorageError> {
        let mut due = None;
        for pause in Self::PAUSES_MS {
            due = due.or_else(|| self.boards.due());
            if let Some(due) = due.filter(|due| self.boards.can_tell(*due)) {
                return Ok(due);
            }
            sleep(Duration::from_millis(pause)).await;
            self.refresh.execute_unless(|boards| heard(boards, due)).await?;
        }
        Err(lags_behind())
    }

    /// Whether it is the turn of a token's bearer, announced or not. Being asked is a sign of life.
    ///
    /// While the person waits this touches no database.
    ///
    /// # Errors
    /// Storage's.
    pub(super) async fn require_turn(
        &self,
        claims: &QueueClaims,
    ) -> Result<Result<(), PassRefusal>, StorageError> {
        if let BoardAnswer::Waiting(_) = self.boards.answer_for(claims, None) {
            return Ok(Err(PassRefusal::Waiting));
        }
        let read = self.reader.pass(claims.concert_id, claims.number).await?;
        let Some(PassAt { pass, as_of }) = read.filter(|read| read.pass.user_id == claims.user_id) else {
            return Ok(Err(PassRefusal::Unknown));
        };
        let turn = pass.require_active(as_of);
        if pass.is_expected(as_of) {
            self.show_up(&pass).await;
        }
        Ok(turn)
    }

    /// The position of somebody who waits: 1 is next. 0 when their turn has come meanwhile.
    ///
    /// # Errors
    /// Storage's.
    pub async fn position(&self, claims: &QueueClaims) -> Result<u64, StorageError> {
        match self.standing(claims).await? {
            Some(QueuePosition::Waiting { ahead, .. }) => Ok(ahead + 1),
            _ => Ok(0),
        }
    }

    /// Where somebody stands who has just joined behind so many people. Touches no database.
    pub(super) fn behind(&self, concert_id: ConcertId, ahead: u64) -> QueuePosition {
        waiting(Place { ahead, eta_seconds: self.boards.eta_seconds(concert_id, ahead) })
    }

    /// Where somebody stands by their pass; `None` when they wait and there is no board to tell their place.
    async fn standing_of(&self, read: &PassAt, claims: &QueueClaims) -> Option<QueuePosition> {
        let pass = &read.pass;
        match pass.state_at(read.as_of) {
            PassState::Waiting => self.boards.place_of(claims).map(waiting),
            // An admission that is not announced yet is not told either, lest another instance contradicts it.
            PassState::Active { admitted_at, show_up_by: Some(_), .. }
                if !self.boards.has_announced(admitted_at, pass.issued_at) =>
            {
                self.boards.place_of(claims).map(waiting)
            }
            PassState::Active { expires_at, .. } => {
                if pass.is_expected(read.as_of) {
                    self.show_up(pass).await;
                }
                Some(QueuePosition::Active { until: expires_at })
            }
            PassState::Ended { end, at, .. } => Some(QueuePosition::Ended { end, at }),
        }
    }

    async fn show_up(&self, pass: &Pass) {
        let (concert_id, number, user_id) = (pass.concert_id, pass.number, pass.user_id);
        if let Err(error) = self.rooms.show_up(ShowUpCommand { concert_id, number, user_id }).await {
            tracing::warn!(%error, %concert_id, "a sign of life was not written");
        }
    }
}

/// Whether these boards have heard of everything until then; of anything, where no instant is given.
fn heard(boards: &Boards, until: Option<Timestamp>) -> bool {
    until.is_some_and(|until| boards.have_heard(until))
}

fn lags_behind() -> StorageError {
    StorageError::Unavailable("the board of the waiting room lags behind".into())
}

fn waiting(Place { ahead, eta_seconds }: Place) -> QueuePosition {
    QueuePosition::Waiting { ahead, eta_seconds, poll_after: policy::poll_after(ahead) }
}
