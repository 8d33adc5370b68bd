use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use seatline_domain::queue::PassEnd;
use seatline_domain::seat::{SeatRange, SeatRanges};
use sha2::{Digest, Sha256};

/// What a stream tells of a performance's seats.
#[derive(Debug, Clone)]
pub enum SeatEvent {
    /// Every seat that is not free.
    Seats(SeatNews),
    /// The seats that have changed since the event before.
    Changes(SeatNews),
    /// The end of the turn, and of the stream.
    Ended(PassEnd),
}

/// Seats, as one user is told of them.
#[derive(Debug, Clone)]
pub struct SeatNews {
    /// What is told to everybody.
    pub shared: Arc<SharedRanges>,
    /// The user's own seats, all of them; `None` when they are those that were told before.
    pub mine: Option<Vec<SeatRange>>,
    /// What the user knows after this event.
    pub version: MapVersion,
}

/// Ranges that many are told, and what adapters have made of them.
#[derive(Debug)]
pub struct SharedRanges {
    ranges: SeatRanges,
    for_programs: OnceLock<Arc<[u8]>>,
    for_pages: OnceLock<Arc<[u8]>>,
}

/// Kind of those who are told, each of which reads ranges in a form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatReader {
    /// A program, by the API.
    Program,
    /// A page in a browser.
    Page,
}

/// Names what one user is shown of a performance's seats: the same for the same content, by whichever instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapVersion(u64);

/// Not the text of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the text of a version")]
pub struct NoVersion;

impl SharedRanges {
    pub(super) fn new(ranges: SeatRanges) -> Arc<Self> {
        Arc::new(Self { ranges, for_programs: OnceLock::new(), for_pages: OnceLock::new() })
    }

    /// The ranges.
    pub const fn ranges(&self) -> &SeatRanges {
        &self.ranges
    }

    /// The ranges as they are sent to readers of a kind: written by the first who asks, for all others too.
    pub fn written(&self, reader: SeatReader, write: impl FnOnce(&SeatRanges) -> Arc<[u8]>) -> Arc<[u8]> {
        let written = match reader {
            SeatReader::Program => &self.for_programs,
            SeatReader::Page => &self.for_pages,
        };
        written.get_or_init(|| write(&self.ranges)).clone()
    }
}

impl MapVersion {
    const DIGITS: usize = 16;

    /// The version of what is digested.
    pub(super) fn of(digest: Sha256) -> Self {
        let first = digest.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        Self(first)
    }

    /// The version for whoever has these seats.
    pub(super) fn with(self, mine: &[SeatRange]) -> Self {
        if mine.is_empty() {
            return self;
        }
        let digest = Sha256::new_with_prefix(self.0.to_be_bytes());
        let ends = mine.iter().flat_map(|range| [range.first_seat, range.last_seat]);
        Self::of(ends.fold(digest, |digest, end| digest.chain_update(end.get().to_be_bytes())))
    }
}

impl fmt::Display for MapVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$x}", self.0, width = Self::DIGITS)
    }
}

impl FromStr for MapVersion {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let are_digits = text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = are_digits.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        number.map(Self).ok_or(NoVersion)
    }
}
