use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{Board, BoardNews, BoardSeen, Number, QueueClaims};
use tokio::time::Instant;

use super::published_time::PublishedTime;

/// The boards of all rooms in which somebody waits or is active, in this instance's memory.
///
/// What they tell is the line as it was at the announced instant, the same on every instance.
#[derive(Debug, Default)]
pub struct Boards {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    rooms: HashMap<ConcertId, Board>,
    published_time: PublishedTime,
}

/// A place in line, as a board tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// How many people are ahead.
    pub ahead: u64,
    /// After how many seconds the turn is likely to come, where that can be told.
    pub eta_seconds: Option<u64>,
}

/// What the boards say of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardAnswer {
    /// They wait, at this place.
    Waiting(Place),
    /// It cannot be told from here whether they wait.
    Unknown,
    /// This instance cannot yet tell the line as of this instant, as it must to answer: it has not heard of all that
    /// happened until then, or is not sure that the time has come to announce it. `None` before it has heard of anything.
    Behind(Option<Timestamp>),
}

impl Boards {
    /// Where somebody stands, as of the announced instant; of those who joined after it, as of their joining. Costs a
    /// binary search.
    ///
    /// `due` is what an earlier answer said they were [`Behind`](BoardAnswer::Behind), so that an instance that lags answers
    /// once it can tell that, and need not run after the clock.
    pub fn answer_for(&self, claims: &QueueClaims, due: Option<Timestamp>) -> BoardAnswer {
        let joined = claims.issued_at;
        self.announced(claims.concert_id, |state, now| {
            let Some(due) = due.or_else(|| state.published_time.due(joined)) else {
                return BoardAnswer::Behind(None);
            };
            if !state.published_time.has_heard(due) || now.max(joined) < due {
                return BoardAnswer::Behind(Some(due));
            }
            match state.rooms.get(&claims.concert_id) {
                Some(board) if board.waits(claims.number) => BoardAnswer::Waiting(place(board, claims)),
                _ => BoardAnswer::Unknown,
            }
        })
    }

    /// The place of somebody of whom is known from elsewhere that they wait. `None` when the room has no board here.
    pub fn place_of(&self, claims: &QueueClaims) -> Option<Place> {
        self.announced(claims.concert_id, |state, _| {
            state.rooms.get(&claims.concert_id).map(|board| place(board, claims))
        })
    }

    /// After how many seconds the turn is likely to come with so many people ahead, where that can be told.
    pub fn eta_seconds(&self, concert_id: ConcertId, ahead: u64) -> Option<u64> {
        self.read().rooms.get(&concert_id)?.eta_seconds(ahead)
    }

    /// Whether something that happened then is announced by now to somebody who joined then.
    pub fn has_announced(&self, then: Timestamp, joined: Timestamp) -> bool {
        then <= self.read().published_time.now().max(joined)
    }

    /// As of which instant, or a later one, those who wait must be told now where they stand. `None` before this instance
    /// has heard of anything.
    pub fn due(&self) -> Option<Timestamp> {
        self.read().published_time.due(Timestamp::MIN_UTC)
    }

    /// Whether the line can be told as of that instant, or a later one.
    pub fn can_tell(&self, due: Timestamp) -> bool {
        self.read().published_time.now() >= due
    }

    /// Whether everything that happened until then was heard of.
    pub fn have_heard(&self, until: Timestamp) -> bool {
        self.read().published_time.has_heard(until)
    }

    /// Takes note that somebody has left the line, so that this instance knows it at once.
    pub fn depart(&self, concert_id: ConcertId, number: Number, at: Timestamp) {
        if let Some(board) = self.write().rooms.get_mut(&concert_id) {
            board.depart(number, at);
        }
    }

    /// Up to where each board is up to date.
    pub fn seen(&self) -> BTreeMap<ConcertId, BoardSeen> {
        self.read().rooms.iter().map(|(concert_id, board)| (*concert_id, board.seen())).collect()
    }

    /// Brings the boards up to date by news that were asked for at that instant and have just come, and forgets rooms in
    /// which nobody waits or is active any more.
    pub fn apply(&self, news: &BoardNews, asked: Instant) {
        let mut state = self.write();
        state.published_time.hear(asked, news);
        for update in &news.rooms {
            let figures = &update.figures;
            if figures.waiting == 0 && figures.active == 0 && figures.lapsed == 0 {
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

    /// Reads with a room's board as of the announced instant, and with that instant.
    fn announced<T>(&self, concert_id: ConcertId, read: impl FnOnce(&State, Timestamp) -> T) -> T {
        {
            let state = self.read();
            let now = state.published_time.now();
            if state.rooms.get(&concert_id).is_none_or(|board| board.announced() >= now) {
                return read(&state, now);
            }
        }
        let mut state = self.write();
        let now = state.published_time.now();
        state.published_time.announce(now);
        if let Some(board) = state.rooms.get_mut(&concert_id) {
            board.announce(now);
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

fn place(board: &Board, claims: &QueueClaims) -> Place {
    let ahead = board.ahead_of(claims.number, claims.issued_at);
    Place { ahead, eta_seconds: board.eta_seconds(ahead) }
}
