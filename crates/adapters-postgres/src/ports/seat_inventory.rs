use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use diesel::sql_types::{Array, Bool, Integer, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use moka::sync::Cache;
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::commands::{HoldError, HoldSeatsCommand, TurnError};
use seatline_domain::id::PerformanceId;
use seatline_domain::idempotency::Answer;
use seatline_domain::ports::SeatInventory;
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::{Seat, SeatKey, SeatMap, SeatState};
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::Postgres;
use crate::failure::Failure;
use crate::lane::{Fetch, submit};
use crate::metrics::hold_outcome;
use crate::pool::Pool;
use crate::statement::statement;
use crate::tables::reservation_seats::{OwnerRow, owner_of};
use crate::tables::{Clock, CorruptRow, amount, seat_number_of};

statement! {
    /// The seats of a performance, whoever has them.
    FindSeats { performance_id: Uuid => SqlUuid }
    -> (i32, String, Decimal, bool) = (Integer, Text, Numeric, Bool);
    "SELECT number, section, price, blocked FROM seats WHERE performance_id = ? ORDER BY number"
}

statement! {
    /// Who has seats of performances, and the time. Lapsed holds are included.
    FindOwners { performance_ids: Vec<Uuid> => Array<SqlUuid> }
    -> OwnerRow = (SqlUuid, Integer, SqlUuid, SqlUuid, Text, Timestamptz);
    "SELECT performance_id, seat_number, reservation_id, user_id, state, held_until
     FROM reservation_seats WHERE performance_id = ANY(?) AND live"
}

/// Reads seat maps, many at a time. A performance's seats never change and are remembered; who has them is read anew.
pub(crate) struct SeatMaps {
    pub(crate) pool: Pool,
    seats: Cache<PerformanceId, Arc<Vec<Seat>>>,
}

impl SeatMaps {
    /// How many seats are remembered, over all performances.
    const REMEMBERED_SEATS: u64 = 500_000;

    pub(crate) fn new(pool: Pool) -> Self {
        let weigh =
            |_: &PerformanceId, seats: &Arc<Vec<Seat>>| u32::try_from(seats.len()).unwrap_or(u32::MAX);
        Self { pool, seats: Cache::builder().max_capacity(Self::REMEMBERED_SEATS).weigher(weigh).build() }
    }

    async fn seats_of(&self, performance_id: PerformanceId) -> Result<Arc<Vec<Seat>>, StorageError> {
        if let Some(seats) = self.seats.get(&performance_id) {
            return Ok(seats);
        }
        let mut last: Arc<str> = "".into();
        let read = |(number, section, price, blocked): (i32, String, Decimal, bool)| {
            if *last != section {
                last = section.into();
            }
            let section = Arc::clone(&last);
            let key = SeatKey { performance_id, number: seat_number_of(number)? };
            let state = if blocked { SeatState::Blocked } else { SeatState::Available };
            Ok::<_, CorruptRow>(Seat { key, section, price: amount("price of a seat", price)?, state })
        };
        let rows = self.pool.load(FindSeats { performance_id: performance_id.uuid() }).await?;
        let seats = Arc::new(rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?);
        if !seats.is_empty() {
            self.seats.insert(performance_id, seats.clone());
        }
        Ok(seats)
    }

    /// Who has seats of these performances, and the time at or after which that was read.
    async fn owners(
        &self,
        performance_ids: Vec<Uuid>,
    ) -> Result<(HashMap<SeatKey, SeatState>, Timestamp), StorageError> {
        let rows = self.pool.load(FindOwners { performance_ids }).await?;
        let owners = rows.into_iter().map(owner_of).collect::<Result<_, CorruptRow>>()?;
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
        for performance_id in keys {
            let mut seats = Vec::clone(&*self.seats_of(performance_id).await?);
            for seat in &mut seats {
                seat.state = owners.get(&seat.key).copied().unwrap_or(seat.state);
            }
            maps.insert(performance_id, Arc::new(SeatMap { seats, as_of }));
        }
        Ok(maps)
    }
}

#[async_trait]
impl SeatInventory for Postgres {
    async fn hold(&self, command: HoldSeatsCommand) -> Result<Answer<Reservation>, TurnError<HoldError>> {
        let result = submit(&self.seat_lanes, command.performance.id.uuid(), command).await;
        self.metrics.holds.count(hold_outcome(&result));
        result
    }

    async fn seat_map(&self, performance_id: PerformanceId) -> Result<Arc<SeatMap>, StorageError> {
        let map = self.seat_maps.get(performance_id).await?;
        map.ok_or_else(|| StorageError::missing("a seat map that was read"))
    }
}
