use moka::sync::Cache;
use seatline_domain::concert::{Concert, Performance};
use seatline_domain::id::{ConcertId, PerformanceId};

/// The concerts and performances that were read. They never change once they are on the programme.
pub(crate) struct ProgrammeCache {
    pub(crate) concerts: Cache<ConcertId, Concert>,
    pub(crate) performances: Cache<PerformanceId, Performance>,
}

impl ProgrammeCache {
    /// The most entries of each kind.
    const ENTRIES_MAX: u64 = 20_000;
}

impl Default for ProgrammeCache {
    fn default() -> Self {
        Self { concerts: Cache::new(Self::ENTRIES_MAX), performances: Cache::new(Self::ENTRIES_MAX) }
    }
}
