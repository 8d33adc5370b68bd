use std::sync::Arc;

use actix_web::web::Bytes;
use seatline_application::seats::PerformanceSeats;
use seatline_domain::concert::Performance;
use seatline_domain::id::UserId;
use seatline_domain::seat::SeatState;
use sha2::{Digest, Sha256};

use super::body::{SeatMapBody, opened};
use super::phrases::{AVAILABLE, BLOCKED, ContentDigest, HELD, HIDDEN, Phrases, SOLD, StateByte};
use super::piece::Piece;
use crate::problem::Problem;
use crate::unsent::{Kept, LARGE_BYTES, UnsentBytes};

/// A map with a filter: what everybody is shown, and who has which of the seats.
pub(super) struct ShownSeats {
    performance: Performance,
    available: Option<bool>,
    phrases: Arc<Phrases>,
    /// The map up to its first seat.
    head: Bytes,
    pieces: Vec<Arc<Piece>>,
    /// The length of all pieces.
    bytes: u64,
    digest: ContentDigest,
    /// Owners of seats that are shown, with the places of these, in ascending order.
    owners: Vec<(UserId, usize)>,
}

/// A map that is being shown, with its place in the budget.
pub(crate) struct ShownMap {
    shown: Arc<ShownSeats>,
    _place: Option<Place>,
}

/// The place of a large map in the budget: its own, and those of its pieces.
struct Place {
    _own: Kept,
    _pieces: Box<[Arc<Kept>]>,
}

/// A map as one user is shown it.
pub(crate) struct ShownTo {
    pub(super) head: Bytes,
    pub(super) seats: SeatsWriter,
    pub(super) seats_bytes: u64,
    pub(super) digest: ContentDigest,
}

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

impl ShownSeats {
    /// Works out what is shown; `available` keeps the free seats, or those that are not free. What is as it was before, on
    /// the map that was shown of the performance with the same filter, is taken from there.
    pub(super) fn of(
        seats: &PerformanceSeats,
        available: Option<bool>,
        before: Option<&Arc<Self>>,
    ) -> Result<Arc<Self>, Problem> {
        let PerformanceSeats { performance, map } = seats;
        let before = before.filter(|before| before.has_the_same_phrases(seats));
        let phrases = match before {
            Some(before) => before.phrases.clone(),
            None => Arc::new(Phrases::of(performance, &map.seats)?),
        };
        let not_free = map.not_free();
        let mut states = vec![if available == Some(false) { HIDDEN } else { AVAILABLE }; map.seats.len()];
        for (place, state) in &not_free {
            if let Some(byte) = states.get_mut(*place) {
                *byte = if available == Some(true) { HIDDEN } else { state_byte(*state) };
            }
        }
        let are_owners_shown = available != Some(true);
        let owner = |(place, state): &(usize, SeatState)| match state {
            SeatState::Held { user_id, .. } | SeatState::Sold { user_id, .. } => Some((*user_id, *place)),
            SeatState::Available | SeatState::Blocked => None,
        };
        let mut owners: Vec<_> = not_free.iter().filter(|_| are_owners_shown).filter_map(owner).collect();
        owners.sort_unstable();
        let pieces: Vec<_> = phrases
            .pieces()
            .enumerate()
            .map(|(number, seats)| {
                let states = states.get(seats).unwrap_or_default();
                let before = before.and_then(|before| before.pieces.get(number));
                match before.filter(|piece| piece.states() == states && !piece.is_forgotten()) {
                    Some(piece) => piece.clone(),
                    None => Arc::new(Piece::of(&phrases, number, states)),
                }
            })
            .collect();
        if let Some(before) = before
            && before.available == available
            && before.performance == *performance
            && before.owners == owners
            && before.pieces.iter().zip(&pieces).all(|(before, piece)| Arc::ptr_eq(before, piece))
        {
            return Ok(before.clone());
        }
        let free = map.seats.len().saturating_sub(not_free.len());
        let free = u32::try_from(free).unwrap_or(u32::MAX);
        let head = opened(&SeatMapBody::new(performance, free, Some(Vec::new())))?;
        let digest = Sha256::new_with_prefix(&head).chain_update(phrases.digest());
        let digest = pieces.iter().fold(digest, |digest, piece| digest.chain_update(piece.digest()));
        let bytes: usize = pieces.iter().map(|piece| piece.bytes()).sum();
        let performance = performance.clone();
        let (bytes, digest) = (u64::try_from(bytes).unwrap_or(u64::MAX), digest.finalize().into());
        Ok(Arc::new(Self { performance, available, phrases, head, pieces, bytes, digest, owners }))
    }

    /// Whether it is in the place of another one.
    pub(super) fn is_the_same_as(&self, other: &Self) -> bool {
        self.is_of(&other.performance, other.available)
    }

    /// Whether it is of this performance with this filter.
    pub(super) fn is_of(&self, performance: &Performance, available: Option<bool>) -> bool {
        self.performance.id == performance.id && self.available == available
    }

    /// Whether the seats are the same, which they always are for a performance, and cost the same.
    pub(super) fn has_the_same_phrases(&self, seats: &PerformanceSeats) -> bool {
        let PerformanceSeats { performance, map } = seats;
        self.performance.id == performance.id
            && self.performance.section_prices == performance.section_prices
            && self.phrases.seats() == map.seats.len()
    }

    /// Forgets the texts of all pieces that are not those of another map too.
    pub(super) fn forget_what_is_not_in(&self, other: Option<&Self>) {
        let others = other.map_or(&[][..], |other| &other.pieces);
        for (number, piece) in self.pieces.iter().enumerate() {
            if !others.get(number).is_some_and(|other| Arc::ptr_eq(other, piece)) {
                piece.forget();
            }
        }
    }

    pub(super) fn phrases(&self) -> &Phrases {
        &self.phrases
    }

    pub(super) fn piece(&self, number: usize) -> Option<&Piece> {
        self.pieces.get(number).map(|piece| &**piece)
    }

    /// The bytes of memory that it takes besides its pieces.
    fn own_memory(&self) -> usize {
        let pieces = self.pieces.len() * size_of::<(Arc<Piece>, Arc<Kept>)>();
        pieces + self.phrases.memory() + self.owners.len() * size_of::<(UserId, usize)>()
    }

    /// The bytes of memory that it takes with its pieces and all texts.
    pub(super) fn memory_with_texts(&self) -> usize {
        let pieces: usize = self.pieces.iter().map(|piece| piece.memory() + piece.bytes()).sum();
        self.own_memory() + pieces
    }

    fn keep(&self, unsent: &UnsentBytes) -> Result<Place, Problem> {
        let own = unsent.keep(self.own_memory())?;
        let pieces = self.pieces.iter().map(|piece| piece.keep(unsent)).collect::<Result<_, _>>()?;
        Ok(Place { _own: own, _pieces: pieces })
    }

    /// The places of the seats that a user has, in ascending order.
    fn seats_of(&self, user: UserId) -> Vec<usize> {
        let first = self.owners.partition_point(|(owner, _)| *owner < user);
        let theirs = self.owners.get(first..).unwrap_or_default().iter();
        theirs.take_while(|(owner, _)| *owner == user).map(|(_, place)| *place).collect()
    }
}

impl ShownMap {
    /// Shows a map. A large one takes memory of the budget until nobody is sent it any more.
    ///
    /// # Errors
    /// 503 while too many large answers are being sent.
    pub(super) fn new(shown: Arc<ShownSeats>, unsent: &UnsentBytes) -> Result<Self, Problem> {
        let is_large = shown.bytes > LARGE_BYTES;
        let place = is_large.then(|| shown.keep(unsent)).transpose()?;
        Ok(Self { shown, _place: place })
    }

    /// The map as this user is shown it. Two of them with the same digest are the same.
    pub(crate) fn to(self: &Arc<Self>, user: UserId) -> ShownTo {
        let ShownSeats { head, bytes, digest, .. } = &*self.shown;
        let mine = self.shown.seats_of(user);
        let mut digest = *digest;
        if !mine.is_empty() {
            let places = mine.iter().map(|place| place.to_be_bytes());
            let all = Sha256::new_with_prefix(digest);
            digest = places.fold(all, Digest::chain_update).finalize().into();
        }
        // No comma before the first seat; and `true` is shorter than `false`.
        let shorter = u64::try_from(mine.len()).unwrap_or(u64::MAX).saturating_add(1);
        ShownTo {
            head: head.clone(),
            seats_bytes: bytes.saturating_sub(shorter),
            seats: SeatsWriter::new(self.clone(), mine),
            digest,
        }
    }

    pub(super) fn shown(&self) -> &Arc<ShownSeats> {
        &self.shown
    }
}

const fn state_byte(state: SeatState) -> StateByte {
    match state {
        SeatState::Available => AVAILABLE,
        SeatState::Held { .. } => HELD,
        SeatState::Sold { .. } => SOLD,
        SeatState::Blocked => BLOCKED,
    }
}
