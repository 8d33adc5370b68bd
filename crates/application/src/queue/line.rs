use std::sync::Arc;
use std::time::Duration;

use seatline_domain::Timestamp;
use seatline_domain::commands::ShowUpCommand;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::{QueueReader, WaitingRooms};
use seatline_domain::queue::{
    Pass, PassAt, PassEnd, PassRefusal, PassState, QueueClaims, RoomStatus, policy,
};
use seatline_domain::seat::SeatsLeft;
use seatline_domain::storage::StorageError;
use tokio::time::{sleep, timeout};

use super::boards::{BoardAnswer, WaitingPosition};
use super::{Boards, QueueOutlook, QueuePosition, QueueStatus, RefreshBoards};

/// Answers with positions: from the boards while people wait, from storage otherwise.
pub struct Line {
    /// Reads passes.
    pub reader: Arc<dyn QueueReader>,
    /// Records signs of life.
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
    /// How long an answer waits until a sign of life is written.
    const SHOW_UP_WAIT: Duration = Duration::from_millis(250);

    /// The position of a token's bearer; `None` when no such pass was given out. Being asked is a sign of life.
    ///
    /// While the person waits this touches no database, unless the watermark has not reached the required instant yet:
    /// just after the person joined, just after the start, and when refreshes come late.
    ///
    /// # Errors
    /// Storage's, and [`StorageError::Unavailable`] when this instance cannot catch up: no answer is
    /// better than one that another instance might contradict.
    pub async fn position(&self, claims: &QueueClaims) -> Result<Option<QueueStatus>, StorageError> {
        self.position_as_of(claims, None).await
    }

    /// The same, as of that instant or a later one, which is what [`catch_up`](Self::catch_up) said; without one, as of
    /// the instant that is required now.
    ///
    /// # Errors
    /// As [`position`](Self::position).
    pub(super) async fn position_as_of(
        &self,
        claims: &QueueClaims,
        mut required: Option<Timestamp>,
    ) -> Result<Option<QueueStatus>, StorageError> {
        for pause in Self::PAUSES_MS {
            match self.boards.answer_for(claims, required) {
                BoardAnswer::Waiting(position) => {
                    return self.waiting(claims.concert_id, position).await.map(Some);
                }
                BoardAnswer::LineEnded { at, room_status } => {
                    let position = QueuePosition::Ended { end: PassEnd::LineEnded, at };
                    return self.status(claims.concert_id, position, room_status).await.map(Some);
                }
                BoardAnswer::Lagging(instant) => {
                    required = instant;
                    sleep(Duration::from_millis(pause)).await;
                    self.refresh.execute_unless(|boards| complete_until(boards, required)).await?;
                }
                BoardAnswer::Unknown => {
                    let read = self.reader.pass(claims.concert_id, claims.number).await?;
                    let Some(read) = read.filter(|read| read.pass.user_id == claims.user_id) else {
                        return Ok(None);
                    };
                    if let Some(status) = self.status_by_pass(&read, claims).await? {
                        return Ok(Some(status));
                    }
                    sleep(Duration::from_millis(pause)).await;
                    self.refresh.execute_unless(|boards| boards.position_of(claims).is_some()).await?;
                }
            }
        }
        Err(lags_behind())
    }

    /// Refreshes the boards until they can answer those who wait now, and says as of which instant that is.
    ///
    /// # Errors
    /// As [`position`](Self::position).
    pub(super) async fn catch_up(&self) -> Result<Timestamp, StorageError> {
        let mut required = None;
        for pause in Self::PAUSES_MS {
            required = required.or_else(|| self.boards.required());
            if let Some(required) =
                required.filter(|required| self.boards.have_published(*required, Timestamp::MIN_UTC))
            {
                return Ok(required);
            }
            sleep(Duration::from_millis(pause)).await;
            self.refresh.execute_unless(|boards| complete_until(boards, required)).await?;
        }
        Err(lags_behind())
    }

    /// Whether it is the turn of a token's bearer, published or not. Being asked is a sign of life.
    ///
    /// While the person waits this touches no database.
    ///
    /// # Errors
    /// Storage's.
    pub(super) async fn require_turn(
        &self,
        claims: &QueueClaims,
    ) -> Result<Result<(), PassRefusal>, StorageError> {
        match self.boards.answer_for(claims, None) {
            BoardAnswer::Waiting(_) => return Ok(Err(PassRefusal::Waiting)),
            BoardAnswer::LineEnded { .. } => return Ok(Err(PassRefusal::Ended(PassEnd::LineEnded))),
            BoardAnswer::Unknown | BoardAnswer::Lagging(_) => {}
        }
        let read = self.reader.pass(claims.concert_id, claims.number).await?;
        let Some(PassAt { pass, as_of, .. }) = read.filter(|read| read.pass.user_id == claims.user_id) else {
            return Ok(Err(PassRefusal::Unknown));
        };
        let turn = pass.require_active(as_of);
        if pass.is_expected(as_of) {
            self.show_up(&pass).await;
        }
        Ok(turn)
    }

    /// The position of somebody who has just joined behind so many people. Touches no database.
    pub(super) fn position_behind(
        &self,
        concert_id: ConcertId,
        ahead: u64,
        room_status: RoomStatus,
    ) -> QueuePosition {
        let eta_seconds = self.boards.eta_seconds(concert_id, ahead);
        let eta_seconds = eta_seconds.filter(|_| room_status == RoomStatus::Open);
        QueuePosition::Waiting { ahead, eta_seconds, poll_after: policy::poll_after(ahead) }
    }

    /// What is left of a concert's seats; `None` when there is no such concert.
    ///
    /// # Errors
    /// Storage's.
    pub(super) async fn seats_left(&self, concert_id: ConcertId) -> Result<Option<SeatsLeft>, StorageError> {
        let seats_left = self.reader.seats_left(concert_id).await?;
        if let Some(seats_left) = seats_left {
            self.boards.observe_seats_left(concert_id, seats_left);
        }
        Ok(seats_left)
    }

    /// A position with the outlook. What is left of the seats is counted where it was not, which is seldom.
    ///
    /// # Errors
    /// Storage's.
    pub(super) async fn status(
        &self,
        concert_id: ConcertId,
        position: QueuePosition,
        room_status: RoomStatus,
    ) -> Result<QueueStatus, StorageError> {
        let known = self.boards.available_seats(concert_id, Boards::COUNT_LIFE);
        self.status_with(concert_id, position, room_status, known).await
    }

    async fn status_with(
        &self,
        concert_id: ConcertId,
        position: QueuePosition,
        room_status: RoomStatus,
        available_seats: Option<u64>,
    ) -> Result<QueueStatus, StorageError> {
        let available_seats = match available_seats {
            Some(seats) => seats,
            None => self.seats_left(concert_id).await?.map_or(0, |left| left.available),
        };
        Ok(QueueStatus { position, outlook: QueueOutlook { room_status, available_seats } })
    }

    async fn waiting(
        &self,
        concert_id: ConcertId,
        WaitingPosition { ahead, eta_seconds, room_status, available_seats }: WaitingPosition,
    ) -> Result<QueueStatus, StorageError> {
        let position = QueuePosition::Waiting { ahead, eta_seconds, poll_after: policy::poll_after(ahead) };
        self.status_with(concert_id, position, room_status, available_seats).await
    }

    /// The position by a pass, with the outlook; `None` when it waits and its room has no board here.
    pub(super) async fn status_by_pass(
        &self,
        read: &PassAt,
        claims: &QueueClaims,
    ) -> Result<Option<QueueStatus>, StorageError> {
        let pass = &read.pass;
        let position = match pass.state_at(read.as_of) {
            PassState::Waiting => None,
            // What is not published yet is not shown either, lest another instance contradicts it.
            PassState::Active { admitted_at: at, show_up_by: Some(_), .. }
            | PassState::Ended { end: PassEnd::LineEnded, at, .. }
                if !self.boards.have_published(at, pass.issued_at) =>
            {
                None
            }
            PassState::Active { expires_at, .. } => {
                let expected = pass.is_expected(read.as_of) && !self.show_up(pass).await;
                let show_up_by = expected.then(|| pass.deadline()).flatten();
                Some(QueuePosition::Active { until: expires_at, show_up_by })
            }
            PassState::Ended { end, at, .. } => Some(QueuePosition::Ended { end, at }),
        };
        if let Some(position) = position {
            return self.status(claims.concert_id, position, read.room_status).await.map(Some);
        }
        match self.boards.position_of(claims) {
            Some(waiting) => self.waiting(claims.concert_id, waiting).await.map(Some),
            None => Ok(None),
        }
    }

    /// Records a sign of life; says whether that was written by now. It is written even if it takes longer.
    async fn show_up(&self, pass: &Pass) -> bool {
        let (concert_id, number, user_id) = (pass.concert_id, pass.number, pass.user_id);
        let shown_up = self.rooms.show_up(ShowUpCommand { concert_id, number, user_id });
        match timeout(Self::SHOW_UP_WAIT, shown_up).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, %concert_id, "a sign of life was not written");
                false
            }
            Err(_) => false,
        }
    }
}

/// Whether the boards' watermark has reached an instant; never, where none is given.
fn complete_until(boards: &Boards, instant: Option<Timestamp>) -> bool {
    instant.is_some_and(|instant| boards.are_complete_until(instant))
}

fn lags_behind() -> StorageError {
    StorageError::Unavailable("the board of the waiting room lags behind".into())
}
