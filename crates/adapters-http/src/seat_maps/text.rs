use std::iter::Peekable;
use std::mem;
use std::ops::Range;
use std::sync::Arc;
use std::vec;

use seatline_domain::point::Amount;
use seatline_domain::seat::Seat;
use sha2::{Digest, Sha256};

use super::body::{SeatBody, SeatStateBody};
use crate::problem::{Code, Problem};
use crate::unsent::{Kept, LARGE_BYTES, UnsentBytes};

/// The seats of a map in JSON, the same for everybody but for those who have some of them.
///
/// Kept as a byte a seat and six texts a section; any part of it is written when it is sent.
#[derive(Default)]
pub(super) struct SeatsText {
    runs: Vec<Run>,
    /// The states of the seats that are shown.
    states: Vec<Option<SeatStateBody>>,
    bytes: u64,
    memory: Option<Kept>,
}

/// Seats with successive numbers that differ in nothing else than their states.
struct Run {
    seats: Range<usize>,
    first_number: u32,
    section: Arc<str>,
    price: Amount,
    rests: Rests,
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

/// Writes the seats as one user is shown them, from where it left off.
pub(super) struct SeatsWriter {
    text: Arc<SeatsText>,
    mine: Peekable<vec::IntoIter<usize>>,
    run: usize,
    seat: usize,
    has_begun: bool,
}

impl SeatsText {
    const BEGIN: &[u8] = b"{\"number\":";

    /// Adds the next seat by number, with its price, and its state if it is shown.
    pub(super) fn push(
        &mut self,
        seat: &Seat,
        price: Amount,
        state: Option<SeatStateBody>,
    ) -> Result<(), Problem> {
        let (place, number) = (self.states.len(), seat.key.number.get());
        self.states.push(state);
        let run = match self.runs.last_mut().filter(|run| run.goes_on_with(seat, price)) {
            Some(run) => run,
            None => self.runs.push_mut(Run {
                seats: place..place,
                first_number: number,
                section: seat.section.clone(),
                price,
                rests: Rests::of(seat, price)?,
            }),
        };
        run.seats.end = place + 1;
        if let Some(state) = state {
            let comma = usize::from(self.bytes > 0);
            let rest = run.rests.of_state(state, false).len();
            let written = u64::try_from(comma + Self::BEGIN.len() + rest).unwrap_or(u64::MAX);
            self.bytes += written + u64::from(number.checked_ilog10().unwrap_or(0) + 1);
        }
        Ok(())
    }

    /// Takes the memory of the budget where the text is large.
    ///
    /// # Errors
    /// 503 while there is not so much.
    pub(super) fn keep(mut self, unsent: &UnsentBytes) -> Result<Self, Problem> {
        if self.bytes > LARGE_BYTES {
            let runs = self.runs.iter().map(|run| size_of::<Run>() + run.rests.bytes());
            self.memory = Some(unsent.keep(self.states.len() + runs.sum::<usize>())?);
        }
        Ok(self)
    }

    /// Adds to a digest what the text depends on.
    pub(super) fn digest(&self, digest: &mut Sha256) {
        for run in &self.runs {
            digest.update(run.first_number.to_be_bytes());
            digest.update(run.seats.len().to_be_bytes());
            digest.update(&run.rests.available);
        }
        let byte = |state: &Option<SeatStateBody>| match state {
            None => b'-',
            Some(SeatStateBody::Available) => b'a',
            Some(SeatStateBody::Held) => b'h',
            Some(SeatStateBody::Sold) => b's',
            Some(SeatStateBody::Blocked) => b'b',
        };
        digest.update(self.states.iter().map(byte).collect::<Vec<_>>());
    }

    /// The length for whoever has so many of the seats that are shown: `true` is shorter than `false`.
    pub(super) fn bytes(&self, mine: usize) -> u64 {
        self.bytes.saturating_sub(u64::try_from(mine).unwrap_or(u64::MAX))
    }

    /// Writes it for whoever has these of the seats, by their places in ascending order.
    pub(super) fn written_for(self: &Arc<Self>, mine: Vec<usize>) -> SeatsWriter {
        let mine = mine.into_iter().peekable();
        SeatsWriter { text: self.clone(), mine, run: 0, seat: 0, has_begun: false }
    }
}

impl SeatsWriter {
    /// Writes on until there are so many bytes. Tells whether everything is written.
    pub(super) fn write(&mut self, piece: &mut Vec<u8>, full: usize) -> bool {
        let Self { text, mine, run: at_run, seat, has_begun } = self;
        while let Some(run) = text.runs.get(*at_run) {
            let behind = u32::try_from(*seat - run.seats.start).unwrap_or(u32::MAX);
            let states = text.states.get(*seat..run.seats.end).unwrap_or_default();
            for (number, state) in (run.first_number.saturating_add(behind)..).zip(states) {
                if piece.len() >= full {
                    return false;
                }
                let is_mine = mine.next_if_eq(seat).is_some();
                if let Some(state) = state {
                    if mem::replace(has_begun, true) {
                        piece.push(b',');
                    }
                    piece.extend_from_slice(SeatsText::BEGIN);
                    // Writing a number to a `Vec` cannot fail.
                    let _ = serde_json::to_writer(&mut *piece, &number);
                    piece.extend_from_slice(run.rests.of_state(*state, is_mine));
                }
                *seat += 1;
            }
            *at_run += 1;
        }
        true
    }
}

impl Run {
    fn goes_on_with(&self, seat: &Seat, price: Amount) -> bool {
        let number =
            u32::try_from(self.seats.len()).ok().and_then(|seats| self.first_number.checked_add(seats));
        let is_same_section = Arc::ptr_eq(&self.section, &seat.section) || self.section == seat.section;
        number == Some(seat.key.number.get()) && is_same_section && self.price == price
    }
}

impl Rests {
    fn of(seat: &Seat, price: Amount) -> Result<Self, Problem> {
        let rest = |state, mine| {
            let (section, price) = (&*seat.section, price.into());
            let json = serde_json::to_vec(&SeatBody { number: 0, section, price, state, mine });
            let json = json.map_err(|error| Problem::new(Code::InternalError).because(&error))?;
            let rest = json.strip_prefix(SeatsText::BEGIN).and_then(|numbered| numbered.strip_prefix(b"0"));
            rest.map(Box::from).ok_or_else(|| {
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

    fn of_state(&self, state: SeatStateBody, mine: bool) -> &[u8] {
        match (state, mine) {
            (SeatStateBody::Available, _) => &self.available,
            (SeatStateBody::Held, false) => &self.held,
            (SeatStateBody::Held, true) => &self.held_mine,
            (SeatStateBody::Sold, false) => &self.sold,
            (SeatStateBody::Sold, true) => &self.sold_mine,
            (SeatStateBody::Blocked, _) => &self.blocked,
        }
    }

    fn bytes(&self) -> usize {
        let Self { available, held, held_mine, sold, sold_mine, blocked } = self;
        [available, held, held_mine, sold, sold_mine, blocked].iter().map(|rest| rest.len()).sum()
    }
}
