use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

use seatline_domain::id::ConcertId;
use seatline_domain::queue::{Board, BoardUpdate, Number, RoomFigures};

/// The boards of all rooms in which somebody waits or is active, in this instance's memory.
#[derive(Debug, Default)]
pub struct Boards {
    rooms: RwLock<HashMap<ConcertId, Board>>,
}

impl Boards {
    /// How many people are ahead of a number that waits, with the room's figures. `None` when the board of the room
    /// cannot tell that it waits.
    pub fn ahead_of(&self, concert_id: ConcertId, number: Number) -> Option<(u64, RoomFigures)> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        let board = rooms.get(&concert_id)?;
        Some((board.ahead_of(number)?, *board.figures()))
    }

    /// The figures of a room, where its board is known.
    pub fn figures(&self, concert_id: ConcertId) -> Option<RoomFigures> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        rooms.get(&concert_id).map(|board| *board.figures())
    }

    /// Takes note that somebody has left the line, so that this instance knows it at once.
    pub fn depart(&self, concert_id: ConcertId, number: Number) {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(board) = rooms.get_mut(&concert_id) {
            board.depart(number);
        }
    }

    /// Up to which departure each board is up to date.
    pub fn seen(&self) -> BTreeMap<ConcertId, u64> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        rooms.iter().map(|(concert_id, board)| (*concert_id, board.departures_seen())).collect()
    }

    /// Brings the boards up to date, and forgets rooms in which nobody waits or is active any more.
    pub fn apply(&self, updates: &[BoardUpdate]) {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        for update in updates {
            let figures = &update.figures;
            if figures.waiting == 0 && figures.active == 0 && figures.lapsed == 0 {
                rooms.remove(&figures.concert_id);
            } else {
                rooms
                    .entry(figures.concert_id)
                    .and_modify(|board| board.apply(update))
                    .or_insert_with(|| Board::new(update));
            }
        }
    }

    /// The rooms in which a step of admission would do something.
    pub fn needing_admission(&self) -> Vec<ConcertId> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        let needing = rooms.values().map(Board::figures).filter(|figures| figures.needs_admission());
        needing.map(|figures| figures.concert_id).collect()
    }
}
