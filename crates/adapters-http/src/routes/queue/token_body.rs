use chrono::{DateTime, TimeDelta, Utc};
use seatline_application::queue::{QueuePosition, TokenStatus};
use seatline_domain::queue::PassEnd;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::queue_state::QueueState;

/// A queue token and its holder's place in line.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueToken)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenBody {
    /// The token, to be sent as `Queue-Token`. It carries the user's id, the concert and the number, signed.
    #[schema(example = "eyJrZXlJZCI6Ii4uLiJ9.c2lnbmF0dXJl")]
    token: String,
    /// The user's id.
    user_id: Uuid,
    /// The concert's id.
    concert_id: Uuid,
    /// The place in line: 1, 2, 3, … in the order of joining.
    #[schema(minimum = 1, example = 121)]
    number: u64,
    /// Its state.
    state: TokenState,
    /// `ahead` + 1 while waiting, else 0.
    #[schema(minimum = 0, example = 1)]
    position: u64,
    /// The number of people ahead. Never rises.
    #[schema(minimum = 0, example = 0)]
    ahead: u64,
    /// The seconds after which the turn is likely to come, by the admissions of the last minutes or the room's rate; null
    /// where there was none, while the room is paused, and when not waiting.
    #[schema(required, minimum = 0, example = 6)]
    eta_seconds: Option<u64>,
    /// The milliseconds after which to poll again.
    #[schema(minimum = 1_000, maximum = 30_000, example = 1_000)]
    poll_after_ms: i64,
    /// The instant at which the user joined.
    issued_at: DateTime<Utc>,
    /// The instant at which the turn ends, or ended; null while waiting.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    /// The instant by which the user must come back, lest the turn ends unused: by a poll, or by anything else that the
    /// token is sent with. Null once they did, and when it is not their turn.
    #[schema(required)]
    show_up_by: Option<DateTime<Utc>>,
    /// The state of the waiting room.
    queue_state: QueueState,
    /// The number of free seats, over all performances of the concert that can still be booked; at most two seconds old.
    #[schema(minimum = 0, example = 1_250)]
    available_seats: u64,
}

/// State of a queue token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum TokenState {
    /// In line.
    Waiting,
    /// It is the bearer's turn.
    Active,
    /// The turn ended with a payment.
    Completed,
    /// The turn's time was up, or nobody showed up for it.
    Expired,
    /// The bearer left.
    Left,
    /// The wait ended with the line: nothing is left.
    Ended,
}

impl TokenBody {
    const POLL_WHEN_ACTIVE: TimeDelta = TimeDelta::seconds(5);
    const POLL_WHEN_ENDED: TimeDelta = TimeDelta::seconds(30);

    /// Writes the body in one go. There is no answer that is given more often.
    pub(super) fn written(&self) -> serde_json::Result<Vec<u8>> {
        const ALL_BUT_THE_TOKEN: usize = 450;
        let mut text = Vec::with_capacity(self.token.len() + ALL_BUT_THE_TOKEN);
        serde_json::to_writer(&mut text, self)?;
        Ok(text)
    }

    /// After how many milliseconds to ask again.
    pub(super) const fn poll_after_ms(&self) -> i64 {
        self.poll_after_ms
    }

    /// After how many whole seconds somebody who waits polls again.
    pub(super) fn retry_after_seconds(&self) -> Option<u64> {
        let milliseconds = u64::try_from(self.poll_after_ms).unwrap_or_default();
        (self.state == TokenState::Waiting).then(|| milliseconds.div_ceil(1_000).max(1))
    }
}

impl From<TokenStatus> for TokenBody {
    fn from(TokenStatus { token, claims, position, outlook }: TokenStatus) -> Self {
        let mut must_show_up_by = None;
        let (state, ahead, eta_seconds, poll_after, expires_at) = match position {
            QueuePosition::Waiting { ahead, eta_seconds, poll_after } => {
                (TokenState::Waiting, Some(ahead), eta_seconds, poll_after, None)
            }
            QueuePosition::Active { until, show_up_by } => {
                must_show_up_by = show_up_by;
                (TokenState::Active, None, None, Self::POLL_WHEN_ACTIVE, Some(until))
            }
            QueuePosition::Ended { end, at } => {
                let state = match end {
                    PassEnd::Completed => TokenState::Completed,
                    PassEnd::Expired => TokenState::Expired,
                    PassEnd::Left => TokenState::Left,
                    PassEnd::LineEnded => TokenState::Ended,
                };
                (state, None, None, Self::POLL_WHEN_ENDED, Some(at))
            }
        };
        Self {
            token,
            user_id: claims.user_id.uuid(),
            concert_id: claims.concert_id.uuid(),
            number: claims.number.get(),
            state,
            position: ahead.map_or(0, |ahead| ahead + 1),
            ahead: ahead.unwrap_or(0),
            eta_seconds,
            poll_after_ms: poll_after.num_milliseconds(),
            issued_at: claims.issued_at,
            expires_at,
            show_up_by: must_show_up_by,
            queue_state: outlook.room_status.into(),
            available_seats: outlook.available_seats,
        }
    }
}
