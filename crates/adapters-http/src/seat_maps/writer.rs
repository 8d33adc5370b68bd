use std::sync::Arc;

use actix_web::web::Bytes;

use super::shown::ShownMap;

/// The seats of a map as one user is shown them, a piece at a time: those in which they have none are shared by all, the
/// others are written for them.
pub(super) struct SeatsWriter {
    map: Arc<ShownMap>,
    /// The places of the user's seats in the pieces that are left.
    mine: Vec<usize>,
    next: usize,
    has_begun: bool,
}

impl SeatsWriter {
    /// Writes a map for whoever has the seats at these places, which ascend.
    pub(super) const fn new(map: Arc<ShownMap>, mine: Vec<usize>) -> Self {
        Self { map, mine, next: 0, has_begun: false }
    }
}

impl Iterator for SeatsWriter {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let shown = self.map.shown();
        loop {
            let number = self.next;
            let piece = shown.piece(number)?;
            self.next += 1;
            if piece.bytes() == 0 {
                continue;
            }
            let phrases = shown.phrases();
            let is_mine = self.mine.first().is_some_and(|place| phrases.piece_of(*place) == number);
            let mut text = if is_mine {
                let later = self.mine.partition_point(|place| phrases.piece_of(*place) == number);
                let later = self.mine.split_off(later);
                let here = std::mem::replace(&mut self.mine, later);
                piece.own(phrases, number, &here)
            } else {
                piece.shared(phrases, number)
            };
            if !std::mem::replace(&mut self.has_begun, true) {
                // The comma before the first seat.
                let _ = text.split_to(text.len().min(1));
            }
            return Some(text);
        }
    }
}
