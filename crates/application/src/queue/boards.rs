use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{
    AnnouncedBoard, Board, BoardNews, BoardWatermark, Number, QueueClaims, RoomStatus, policy,
};
use seatline_domain::seat::SeatsLeft;
use tokio::time::Instant;

use super::published_time::PublishedTime;

/// The boards of all rooms in which somebody waits or is active, in this instance's memory.
///
/// They answer as of the published instant, the same on every instance.
#[derive(Debug, Default)]
pub struct Boards {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    rooms: HashMap<ConcertId, Board>,
    /// The instants, by this instance's clock, at which what is left of the seats was last counted.
    counted_at: HashMap<ConcertId, Instant>,
    published_time: PublishedTime,
}

/// A position in line, as a board knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingPosition {
    /// How many people are ahead.
    pub ahead: u64,
    /// Estimated seconds until the turn, where there is an estimate.
    pub eta_seconds: Option<u64>,
    /// The status of the room.
    pub room_status: RoomStatus,
    /// How many seats are free; `None` before the first count.
    pub available_seats: Option<u64>,
}

/// Answer of the boards about one pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardAnswer {
    /// They wait, at this position.
    Waiting(WaitingPosition),
    /// The line ended while they waited.
    LineEnded {
        /// The end.
        at: Timestamp,
        /// The status of the room.
        room_status: RoomStatus,
    },
    /// The boards do not know whether they wait.
    Unknown,
    /// This instance cannot answer yet as of the required instant: its watermark has not reached it, or it is not sure
    /// that the time has come to publish it. `None` before the first refresh.
    Lagging(Option<Timestamp>),
}

impl Boards {
    /// How long a count of the seats is told: two seconds, less the time that it takes.
    pub(super) const COUNT_LIFE: Duration = Duration::from_millis(1_500);

    /// The position of a pass, as of the published instant; of those who joined after it, as of their joining. Costs a
    /// binary search.
    ///
    /// `required` is the instant of an earlier [`Lagging`](BoardAnswer::Lagging) answer, so that a lagging instance answers
    /// once it has reached that, and need not run after the clock.
    pub fn answer_for(&self, claims: &QueueClaims, required: Option<Timestamp>) -> BoardAnswer {
        let joined = claims.issued_at;
        self.published(claims.concert_id, |state, now| {
            let Some(required) = required.or_else(|| state.published_time.required(joined)) else {
                return BoardAnswer::Lagging(None);
            };
            if !state.published_time.is_complete_until(required) || now.max(joined) < required {
                return BoardAnswer::Lagging(Some(required));
            }
            match state.rooms.get(&claims.concert_id) {
                Some(board) if board.waits(claims.number) => BoardAnswer::Waiting(position(board, claims)),
                Some(board) => match board.line_ended_for(claims.number) {
                    Some(at) if at <= now.max(joined) => {
                        BoardAnswer::LineEnded { at, room_status: board.figures().status }
                    }
                    // An end that is not published yet is not told either, lest another instance contradicts it.
                    Some(_) => BoardAnswer::Waiting(position(board, claims)),
                    None => BoardAnswer::Unknown,
                },
                None => BoardAnswer::Unknown,
            }
        })
    }

    /// The position of a pass that is known to wait. `None` when the room has no board here.
    pub fn position_of(&self, claims: &QueueClaims) -> Option<WaitingPosition> {
        self.published(claims.concert_id, |state, _| {
            state.rooms.get(&claims.concert_id).map(|board| position(board, claims))
        })
    }

    /// How many seats are free, as it was last counted. `None` where that was not counted here within this time.
    pub fn available_seats(&self, concert_id: ConcertId, within: Duration) -> Option<u64> {
        let state = self.read();
        state.counted_at.get(&concert_id).filter(|at| at.elapsed() < within)?;
        Some(state.rooms.get(&concert_id)?.seats_left()?.available)
    }

    /// A room's line as published, for everybody to read. `None` when the room has no board here.
    pub fn announced(&self, concert_id: ConcertId, available_seats: u64) -> Option<AnnouncedBoard> {
        self.published(concert_id, |state, _| {
            state.rooms.get(&concert_id).map(|board| board.announced(available_seats))
        })
    }

    /// Whether somebody who joins a room now may find nothing left.
    pub fn may_be_sold_out(&self, concert_id: ConcertId) -> bool {
        self.read().rooms.get(&concert_id).is_none_or(Board::may_be_sold_out)
    }

    /// Learns what is left of a concert's seats, where its room has a board here.
    pub fn observe_seats_left(&self, concert_id: ConcertId, seats_left: SeatsLeft) {
        let mut state = self.write();
        let State { rooms, counted_at, .. } = &mut *state;
        if let Some(board) = rooms.get_mut(&concert_id) {
            board.observe_seats_left(seats_left);
            counted_at.retain(|concert_id, _| rooms.contains_key(concert_id));
            counted_at.insert(concert_id, Instant::now());
        }
    }

    /// The rooms in which somebody waits, and how many people do in each.
    pub fn rooms_with_a_line(&self) -> Vec<(ConcertId, u64)> {
        let state = self.read();
        let figures = state.rooms.values().map(Board::figures).filter(|figures| figures.waiting > 0);
        figures.map(|figures| (figures.concert_id, figures.waiting)).collect()
    }

    /// Estimated seconds until the turn with so many people ahead, where there is an estimate.
    pub fn eta_seconds(&self, concert_id: ConcertId, ahead: u64) -> Option<u64> {
        self.read().rooms.get(&concert_id)?.eta_seconds(ahead)
    }

    /// Whether what happened then is published by now to somebody who joined at `joined`.
    pub fn have_published(&self, then: Timestamp, joined: Timestamp) -> bool {
        then <= self.read().published_time.now().max(joined)
    }

    /// The earliest instant as of which those who wait may be answered now. `None` before the first refresh.
    pub fn required(&self) -> Option<Timestamp> {
        self.read().published_time.required(Timestamp::MIN_UTC)
    }

    /// Whether the watermark has reached an instant.
    pub fn are_complete_until(&self, instant: Timestamp) -> bool {
        self.read().published_time.is_complete_until(instant)
    }

    /// Records that somebody has left the line, so that this instance knows it at once.
    pub fn record_departure(&self, concert_id: ConcertId, number: Number, at: Timestamp) {
        if let Some(board) = self.write().rooms.get_mut(&concert_id) {
            board.record_departure(number, at);
        }
    }

    /// The watermarks of each board.
    pub fn watermarks(&self) -> BTreeMap<ConcertId, BoardWatermark> {
        self.read().rooms.iter().map(|(concert_id, board)| (*concert_id, board.watermark())).collect()
    }

    /// Brings the boards up to date by news that were asked for at that instant and have just come, and drops rooms in
    /// which nobody waits or is active any more, and of which nobody asks whether the line has ended.
    pub fn apply(&self, news: &BoardNews, asked: Instant) {
        let mut state = self.write();
        state.published_time.observe(asked, news);
        for update in &news.rooms {
            let figures = &update.figures;
            let nobody = figures.waiting == 0 && figures.active == 0 && figures.expired == 0;
            let ended_lately = figures
                .line_end
                .is_some_and(|end| !end.is_written() || news.read_at - end.at < policy::LINE_END_TOLD);
            let known = state.rooms.get(&figures.concert_id).map(Board::figures);
            if figures.line_end.is_some() && known.is_none_or(|known| known.line_end != figures.line_end) {
                // What was counted before the end is not told with it.
                state.counted_at.remove(&figures.concert_id);
            }
            if nobody && !ended_lately {
                state.rooms.remove(&figures.concert_id);
            } else {
                state
                    .rooms
                    .entry(figures.concert_id)
                    .and_modify(|board| board.apply(update))
                    .or_insert_with(|| Board::new(update));
            }
        }
    }

    /// The rooms in which a step of admission would do something.
    pub fn needing_admission(&self) -> Vec<ConcertId> {
        let state = self.read();
        let needing = state.rooms.values().map(Board::figures).filter(|figures| figures.needs_admission());
        needing.map(|figures| figures.concert_id).collect()
    }

    /// Reads with a room's board as of the published instant, and with that instant.
    fn published<T>(&self, concert_id: ConcertId, read: impl FnOnce(&State, Timestamp) -> T) -> T {
        {
            let state = self.read();
            let now = state.published_time.now();
            if state.rooms.get(&concert_id).is_none_or(|board| board.published() >= now) {
                return read(&state, now);
            }
        }
        let mut state = self.write();
        let now = state.published_time.now();
        state.published_time.publish(now);
        if let Some(board) = state.rooms.get_mut(&concert_id) {
            board.publish(now);
        }
        read(&state, now)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn position(board: &Board, claims: &QueueClaims) -> WaitingPosition {
    let ahead = board.ahead_of(claims.number, claims.issued_at);
    WaitingPosition {
        ahead,
        eta_seconds: board.eta_seconds(ahead),
        room_status: board.figures().status,
        available_seats: board.seats_left().map(|left| left.available),
    }
}
