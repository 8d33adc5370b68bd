use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures::try_join;
use moka::sync::Cache;
use seatline_domain::Timestamp;
use seatline_domain::id::PerformanceId;
use seatline_domain::seat::{Seat, SeatMap, SeatNumber, SeatState};
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::failure::Failure;
use crate::lane::Fetch;
use crate::pool::{Pool, time_of_read};
use crate::tables::reservation_seats::{FindOwners, OwnerRow, owned};
use crate::tables::seats::{BlockedSeatRow, FindBlockedSeats, FindSeats, SeatRow};
use crate::tables::{CorruptRow, readable, seat_number};

/// Reads seat maps, many at a time. A performance's seats, their sections and the prices
/// that they were added with never change and are cached; who has them and which are blocked is read anew.
pub(crate) struct SeatMaps {
    pool: Pool,
    seats: Cache<PerformanceId, Arc<[Seat]>>,
}

/// The states of a performance's seats that are blocked or have an owner; `None` where one of them cannot be read.
type Taken = Option<HashMap<SeatNumber, SeatState>>;

impl SeatMaps {
    /// The most seats in the cache, over all performances.
    const CACHED_SEATS_MAX: u64 = 500_000;

    pub(crate) fn new(pool: Pool) -> Self {
        let weigh = |_: &PerformanceId, seats: &Arc<[Seat]>| u32::try_from(seats.len()).unwrap_or(u32::MAX);
        Self { pool, seats: Cache::builder().max_capacity(Self::CACHED_SEATS_MAX).weigher(weigh).build() }
    }

    async fn seats_of(&self, performance_id: PerformanceId) -> Result<Arc<[Seat]>, StorageError> {
        if let Some(seats) = self.seats.get(&performance_id) {
            return Ok(seats);
        }
        let mut last: Arc<str> = "".into();
        let read = |row: SeatRow| {
            if *last != row.section {
                last = row.section.as_str().into();
            }
            // Whether it is blocked is read anew each time.
            row.seat(Arc::clone(&last)).map(|seat| Seat { state: SeatState::Available, ..seat })
        };
        let rows = self.pool.load(FindSeats { performance_id: performance_id.uuid() }).await?;
        let seats: Arc<[Seat]> = rows.into_iter().map(read).collect::<Result<_, CorruptRow>>()?;
        if !seats.is_empty() {
            self.seats.insert(performance_id, seats.clone());
        }
        Ok(seats)
    }

    /// What is taken or blocked of these performances' seats, and the time at or after which it was read.
    async fn taken(
        &self,
        performance_ids: Vec<Uuid>,
    ) -> Result<(HashMap<PerformanceId, Taken>, Timestamp), StorageError> {
        let (owners, blocked, now) = match self.read(&performance_ids).await {
            Err(Failure::ConnectionLost(_)) => {
                self.pool.drop_idle();
                self.read(&performance_ids).await?
            }
            read => read?,
        };
        let mut taken: HashMap<PerformanceId, Taken> = HashMap::new();
        for row in blocked {
            let seats =
                taken.entry(PerformanceId::new(row.performance_id)).or_insert_with(|| Some(HashMap::new()));
            match (readable(seat_number(row.number)), &mut *seats) {
                (Some(number), Some(seats)) => drop(seats.insert(number, SeatState::Blocked)),
                _ => *seats = None,
            }
        }
        for row in owners {
            let seats =
                taken.entry(PerformanceId::new(row.performance_id)).or_insert_with(|| Some(HashMap::new()));
            match (readable(owned(row)), &mut *seats) {
                (Some((key, state)), Some(seats)) => own(seats, key.number, state, now),
                _ => *seats = None,
            }
        }
        Ok((taken, now))
    }

    /// Reads who has seats and which are blocked, all at once.
    async fn read(
        &self,
        performance_ids: &[Uuid],
    ) -> Result<(Vec<OwnerRow>, Vec<BlockedSeatRow>, Timestamp), Failure> {
        let lease = self.pool.lease().await?;
        let performance_ids = || performance_ids.to_vec();
        try_join!(
            lease.load(FindOwners { performance_ids: performance_ids() }),
            lease.load(FindBlockedSeats { performance_ids: performance_ids() }),
            time_of_read(&lease),
        )
    }
}

/// Gives a seat its owner. One whose hold has expired does not unblock it.
fn own(seats: &mut HashMap<SeatNumber, SeatState>, number: SeatNumber, state: SeatState, now: Timestamp) {
    if state.at(now) != SeatState::Available || !seats.contains_key(&number) {
        seats.insert(number, state);
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
        let (mut taken, as_of) = self.taken(keys.iter().map(|id| id.uuid()).collect()).await?;
        let mut maps = HashMap::with_capacity(keys.len());
        for performance_id in keys {
            // A map with a seat whose owner cannot be read would call it free: there is none.
            let Some(taken) = taken.remove(&performance_id).unwrap_or_else(|| Some(HashMap::new())) else {
                continue;
            };
            let seats = self.seats_of(performance_id).await?;
            maps.insert(performance_id, Arc::new(SeatMap { seats, taken, as_of, cancelled: false }));
        }
        Ok(maps)
    }
}
