use std::ops::Range;

use seatline_domain::concert::Performance;
use seatline_domain::point::Amount;
use seatline_domain::seat::Seat;
use sha2::{Digest, Sha256};

use super::body::{SeatBody, SeatStateBody};
use crate::problem::{Code, Problem};
use crate::unsent::PIECE_BYTES;

/// The digest of something that is shown.
pub(super) type ContentDigest = [u8; 32];

/// The state of a seat as maps keep it, a byte a seat; [`HIDDEN`] for one that is not shown.
pub(super) type StateByte = u8;

pub(super) const HIDDEN: StateByte = b'-';
pub(super) const AVAILABLE: StateByte = b'a';
pub(super) const HELD: StateByte = b'h';
pub(super) const SOLD: StateByte = b's';
pub(super) const BLOCKED: StateByte = b'b';

/// What is written of the seats of a performance besides their numbers and states: the same in all its maps until a price
/// changes.
pub(super) struct Phrases {
    runs: Vec<Run>,
    pieces: Vec<Span>,
    digest: ContentDigest,
}

/// Seats with successive numbers that differ in nothing else than their states.
struct Run {
    seats: Range<usize>,
    first_number: u32,
    rests: Rests,
}

/// Successive seats of which no more is written than one piece, whatever their states.
struct Span {
    seats: Range<usize>,
    /// The run of the first of them.
    run: usize,
}

/// What is written of a seat after its number.
struct Rests {
    available: Box<[u8]>,
    held: Box<[u8]>,
    held_mine: Box<[u8]>,
    sold: Box<[u8]>,
    sold_mine: Box<[u8]>,
    blocked: Box<[u8]>,
}

impl Phrases {
    const BEGIN: &[u8] = b",{\"number\":";

    /// The phrases of a performance's seats, by number, with the prices that they have now.
    pub(super) fn of(performance: &Performance, seats: &[Seat]) -> Result<Self, Problem> {
        let (mut runs, mut digest) = (Vec::<Run>::new(), Sha256::new());
        let (mut section, mut price) = ("", None::<Amount>);
        for (place, seat) in seats.iter().enumerate() {
            let (number, seat_price) = (seat.key.number.get(), performance.section_prices.of(seat));
            let is_alike = price == Some(seat_price) && section == &*seat.section;
            if let Some(run) = runs.last_mut().filter(|run| is_alike && run.next_number() == Some(number)) {
                run.seats.end = place + 1;
            } else {
                let rests = Rests::of(&seat.section, seat_price)?;
                runs.push(Run { seats: place..place + 1, first_number: number, rests });
            }
            (section, price) = (&seat.section, Some(seat_price));
        }
        for run in &runs {
            digest.update(run.first_number.to_be_bytes());
            digest.update(run.seats.len().to_be_bytes());
            digest.update(&run.rests.available);
        }
        Ok(Self { pieces: Span::of(&runs), runs, digest: digest.finalize().into() })
    }

    /// Identifies what is written, but for the states.
    pub(super) const fn digest(&self) -> &ContentDigest {
        &self.digest
    }

    /// The number of seats.
    pub(super) fn seats(&self) -> usize {
        self.runs.last().map_or(0, |run| run.seats.end)
    }

    /// The seats of each piece.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Range<usize>> {
        self.pieces.iter().map(|span| span.seats.clone())
    }

    /// The number of the piece in which a seat is.
    pub(super) fn piece_of(&self, place: usize) -> usize {
        self.pieces.partition_point(|span| span.seats.end <= place)
    }

    /// The bytes of memory that they take.
    pub(super) fn memory(&self) -> usize {
        let runs = self.runs.iter().map(|run| size_of::<Run>() + run.rests.bytes());
        runs.sum::<usize>() + self.pieces.len() * size_of::<Span>()
    }

    /// Writes a piece with these states for whoever has these of its seats, by place in ascending order: each seat that is
    /// shown, after a comma.
    pub(super) fn write(&self, piece: usize, states: &[StateByte], mine: &[usize]) -> Vec<u8> {
        let Some(span) = self.pieces.get(piece) else { return Vec::new() };
        let mut written = Vec::with_capacity(self.bytes(piece, states));
        let (mut states, mut mine) = (states, mine.iter().peekable());
        let mut place = span.seats.start;
        for run in self.runs.iter().skip(span.run) {
            let in_run = run.seats.end.min(span.seats.end).saturating_sub(place).min(states.len());
            let (here, rest) = states.split_at(in_run);
            for (number, state) in (run.number_at(place)..).zip(here) {
                let is_mine = mine.next_if(|mine| **mine == place).is_some();
                place += 1;
                if let Some(rest) = run.rests.of_state(*state, is_mine) {
                    written.extend_from_slice(Self::BEGIN);
                    // Writing a number to a `Vec` cannot fail.
                    let _ = serde_json::to_writer(&mut written, &number);
                    written.extend_from_slice(rest);
                }
            }
            states = rest;
            if states.is_empty() {
                break;
            }
        }
        written
    }

    /// The number of bytes of a piece with these states, for somebody who has none of its seats.
    pub(super) fn bytes(&self, piece: usize, states: &[StateByte]) -> usize {
        let Some(span) = self.pieces.get(piece) else { return 0 };
        let (mut states, mut place, mut bytes) = (states, span.seats.start, 0);
        for run in self.runs.iter().skip(span.run) {
            let in_run = run.seats.end.min(span.seats.end).saturating_sub(place).min(states.len());
            let (here, rest) = states.split_at(in_run);
            for (number, state) in (run.number_at(place)..).zip(here) {
                if let Some(rest) = run.rests.of_state(*state, false) {
                    bytes += Self::BEGIN.len() + digits(number) + rest.len();
                }
            }
            place += in_run;
            states = rest;
            if states.is_empty() {
                break;
            }
        }
        bytes
    }
}

impl Run {
    fn next_number(&self) -> Option<u32> {
        u32::try_from(self.seats.len()).ok().and_then(|seats| self.first_number.checked_add(seats))
    }

    fn number_at(&self, place: usize) -> u32 {
        let behind = u32::try_from(place.saturating_sub(self.seats.start)).unwrap_or(u32::MAX);
        self.first_number.saturating_add(behind)
    }

    /// The most bytes that are written of one of its seats.
    fn seat_bytes_max(&self) -> usize {
        let last = self.number_at(self.seats.end);
        Phrases::BEGIN.len() + digits(last) + self.rests.longest()
    }
}

impl Span {
    fn of(runs: &[Run]) -> Vec<Self> {
        let (mut spans, mut room) = (Vec::<Self>::new(), 0);
        for (index, run) in runs.iter().enumerate() {
            let (each, mut place) = (run.seat_bytes_max().max(1), run.seats.start);
            while place < run.seats.end {
                if room < each {
                    spans.push(Self { seats: place..place, run: index });
                    room = PIECE_BYTES.max(each);
                }
                let taken = (room / each).min(run.seats.end - place);
                place += taken;
                room -= taken * each;
                if let Some(span) = spans.last_mut() {
                    span.seats.end = place;
                }
            }
        }
        spans
    }
}

impl Rests {
    fn of(section: &str, price: Amount) -> Result<Self, Problem> {
        const NUMBERED: &[u8] = b"{\"number\":0";
        let rest = |state, mine| {
            let json = serde_json::to_vec(&SeatBody { number: 0, section, price: price.into(), state, mine });
            let json = json.map_err(|error| Problem::new(Code::InternalError).because(&error))?;
            json.strip_prefix(NUMBERED).map(Box::from).ok_or_else(|| {
                Problem::new(Code::InternalError).because(&"a seat does not begin with its number")
            })
        };
        Ok(Self {
            available: rest(SeatStateBody::Available, false)?,
            held: rest(SeatStateBody::Held, false)?,
            held_mine: rest(SeatStateBody::Held, true)?,
            sold: rest(SeatStateBody::Sold, false)?,
            sold_mine: rest(SeatStateBody::Sold, true)?,
            blocked: rest(SeatStateBody::Blocked, false)?,
        })
    }

    fn of_state(&self, state: StateByte, mine: bool) -> Option<&[u8]> {
        match (state, mine) {
            (AVAILABLE, _) => Some(&self.available),
            (HELD, false) => Some(&self.held),
            (HELD, true) => Some(&self.held_mine),
            (SOLD, false) => Some(&self.sold),
            (SOLD, true) => Some(&self.sold_mine),
            (BLOCKED, _) => Some(&self.blocked),
            _ => None,
        }
    }

    fn all(&self) -> [&[u8]; 6] {
        let Self { available, held, held_mine, sold, sold_mine, blocked } = self;
        [available, held, held_mine, sold, sold_mine, blocked]
    }

    fn longest(&self) -> usize {
        self.all().into_iter().map(<[u8]>::len).max().unwrap_or(0)
    }

    fn bytes(&self) -> usize {
        self.all().into_iter().map(<[u8]>::len).sum()
    }
}

fn digits(number: u32) -> usize {
    usize::try_from(number.checked_ilog10().unwrap_or(0) + 1).unwrap_or(10)
}
