//! Boards of waiting rooms, as everybody is shown them alike. Each is written once.

mod body;

pub(crate) use body::BoardBody;

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::http::header::EntityTag;
use actix_web::web::Bytes;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::AnnouncedBoard;
use sha2::{Digest, Sha256};

use crate::coding::ContentDigest;
use crate::problem::{Code, Problem};

/// A board as it is sent.
#[derive(Clone)]
pub(crate) struct ShownBoard {
    /// The same for the same content, by whichever instance.
    pub(crate) tag: EntityTag,
    pub(crate) digest: ContentDigest,
    pub(crate) body: Bytes,
}

/// The boards that were shown last, one a room.
#[derive(Default)]
pub(crate) struct ShownBoards(RwLock<HashMap<ConcertId, (Arc<AnnouncedBoard>, ShownBoard)>>);

impl ShownBoards {
    /// The most boards that are remembered. One has at most some 50 KB.
    const BOARDS_MAX: usize = 200;

    /// A board as it is sent.
    ///
    /// # Errors
    /// 500 when it cannot be written.
    pub(crate) fn of(&self, board: &Arc<AnnouncedBoard>) -> Result<ShownBoard, Problem> {
        {
            let boards = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((known, shown)) = boards.get(&board.concert_id)
                && Arc::ptr_eq(known, board)
            {
                return Ok(shown.clone());
            }
        }
        let shown = ShownBoard::write(board)?;
        let mut boards = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if boards.len() >= Self::BOARDS_MAX && !boards.contains_key(&board.concert_id) {
            // Those that nobody else has were followed by others, or will not be asked for soon.
            boards.clear();
        }
        boards.insert(board.concert_id, (board.clone(), shown.clone()));
        Ok(shown)
    }
}

impl ShownBoard {
    fn write(board: &AnnouncedBoard) -> Result<Self, Problem> {
        const BYTES: usize = 16;
        let body = serde_json::to_vec(&BoardBody::from(board));
        let body = body.map_err(|error| Problem::new(Code::InternalError).because(&error))?;
        let digest: ContentDigest = Sha256::digest(&body).into();
        let hex = digest.iter().take(BYTES).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Ok(Self { tag: EntityTag::new_strong(hex), digest, body: body.into() })
    }
}

#[cfg(test)]
mod tests {
    use seatline_domain::Timestamp;
    use seatline_domain::queue::RoomStatus;
    use uuid::Uuid;

    use super::*;

    fn board(id: u128, served: u64) -> Arc<AnnouncedBoard> {
        Arc::new(AnnouncedBoard {
            concert_id: ConcertId::new(Uuid::from_u128(id)),
            announced_at: Timestamp::default(),
            status: RoomStatus::Open,
            served,
            last_number: 9,
            departures: Vec::new(),
            available_seats: 3,
        })
    }

    #[test]
    fn a_board_is_written_once_and_alike_everywhere() {
        let (boards, first) = (ShownBoards::default(), board(1, 2));
        let shown = boards.of(&first).unwrap();
        assert_eq!(boards.of(&first).unwrap().body.as_ptr(), shown.body.as_ptr());
        let elsewhere = ShownBoards::default().of(&board(1, 2)).unwrap();
        assert_eq!((elsewhere.tag, elsewhere.body), (shown.tag.clone(), shown.body));
        assert_ne!(boards.of(&board(1, 3)).unwrap().tag, shown.tag, "the next one");
    }

    #[test]
    fn memory_is_bounded() {
        let boards = ShownBoards::default();
        for id in 0..1_000 {
            boards.of(&board(id, 2)).unwrap();
        }
        assert!(boards.0.read().unwrap().len() <= ShownBoards::BOARDS_MAX);
    }
}
