use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use moka::sync::Cache;
use seatline_domain::Timestamp;
use seatline_domain::id::PerformanceId;
use seatline_domain::seat::{Seat, SeatKey, SeatMap, SeatState};
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::failure::Failure;
use crate::lane::Fetch;
use crate::pool::Pool;
use crate::tables::reservation_seats::{FindOwners, owned};
use crate::tables::seats::{FindSeats, SeatRow};
use crate::tables::{Clock, CorruptRow, readable};

/// Reads seat maps, many at a time. A performance's seats never change and are cached; their owners are read anew.
pub(crate) struct SeatMaps {
    pool: Pool,
    seats: Cache<PerformanceId, Arc<Vec<Seat>>>,
}

/// The owners of seats.
#[derive(Default)]
struct Owners {
    states: HashMap<SeatKey, SeatState>,
    /// Performances with an owner that cannot be read.
    unreadable: HashSet<PerformanceId>,
}

impl SeatMaps {
    /// The most seats in the cache, over all performances.
    const CACHED_SEATS_MAX: u64 = 500_000;

    pub(crate) fn new(pool: Pool) -> Self {
        let weigh =
            |_: &PerformanceId, seats: &Arc<Vec<Seat>>| u32::try_from(seats.len()).unwrap_or(u32::MAX);
        Self { pool, seats: Cache::builder().max_capacity(Self::CACHED_SEATS_MAX).weigher(weigh).build() }
    }

    async fn seats_of(&self, performance_id: PerformanceId) -> Result<Arc<Vec<Seat>>, StorageError> {
        if let Some(seats) = self.seats.get(&performance_id) {
            return Ok(seats);
        }
        let mut last: Arc<str> = "".into();
        let read = |row: SeatRow| {
            if *last != row.section {
                last = row.section.as_str().into();
            }
            row.seat(Arc::clone(&last))
        };
        let rows = self.pool.load(FindSeats { performance_id: performance_id.uuid() }).await?;
        let seats = Arc::new(rows.into_iter().map(read).collect::<Result<Vec<_>, CorruptRow>>()?);
        if !seats.is_empty() {
            self.seats.insert(performance_id, seats.clone());
        }
        Ok(seats)
    }

    /// The owners of these performances' seats, and the time at or after which they were read.
    async fn owners(&self, performance_ids: Vec<Uuid>) -> Result<(Owners, Timestamp), StorageError> {
        let rows = self.pool.load(FindOwners { performance_ids }).await?;
        let mut owners = Owners::default();
        for row in rows {
            let performance_id = PerformanceId::new(row.performance_id);
            match readable(owned(row)) {
                Some((key, state)) => drop(owners.states.insert(key, state)),
                None => drop(owners.unreadable.insert(performance_id)),
            }
        }
        let now = self.pool.load_one(Clock {}).await?;
        Ok((owners, now.ok_or_else(|| Failure::Broken("the database tells no time".into()))?))
    }
}

#[async_trait]
impl Fetch for SeatMaps {
    type Key = PerformanceId;
    type Value = Arc<SeatMap>;

    async fn fetch(
        &self,
        keys: Vec<PerformanceId>,
    ) -> Result<HashMap<PerformanceId, Arc<SeatMap>>, StorageError> {
        let (owners, as_of) = self.owners(keys.iter().map(|id| id.uuid()).collect()).await?;
        let mut maps = HashMap::with_capacity(keys.len());
        // A map with a seat whose owner cannot be read would call it free: there is none.
        for performance_id in keys.into_iter().filter(|id| !owners.unreadable.contains(id)) {
            let mut seats = Vec::clone(&*self.seats_of(performance_id).await?);
            for seat in &mut seats {
                seat.state = owners.states.get(&seat.key).copied().unwrap_or(seat.state);
            }
            maps.insert(performance_id, Arc::new(SeatMap { seats, as_of }));
        }
        Ok(maps)
    }
}
