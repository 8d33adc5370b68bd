use std::collections::HashMap;

use async_trait::async_trait;
use seatline_domain::concert::{Performance, policy};
use seatline_domain::id::PerformanceId;
use seatline_domain::storage::StorageError;

use crate::changes::Changes;
use crate::lane::Fetch;
use crate::pool::Pool;
use crate::reads::Volatile;
use crate::tables::readable;
use crate::tables::seat_counts::{CountFreeSeats, FreeSeats, free_seats};

/// A performance whose free seats are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PerformanceOfSeats {
    id: PerformanceId,
    /// What counting costs grows with them.
    total_seats: u32,
}

impl PerformanceOfSeats {
    pub(crate) const fn of(performance: &Performance) -> Self {
        Self { id: performance.id, total_seats: performance.total_seats }
    }
}

/// Counts free seats, of many performances at a time.
pub(crate) struct FreeSeatsByPerformance {
    pub(crate) pool: Pool,
}

#[async_trait]
impl Fetch for FreeSeatsByPerformance {
    type Key = PerformanceOfSeats;
    type Value = FreeSeats;

    async fn fetch(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, FreeSeats>, StorageError> {
        let mut counted = HashMap::with_capacity(keys.len());
        for together in within_bounds(&keys) {
            let performance_id = together.iter().map(|key| key.id.uuid()).collect();
            let rows = self.pool.load(CountFreeSeats { performance_id }).await?;
            counted.extend(rows.iter().filter_map(|row| readable(free_seats(row))));
        }
        let of = |key: PerformanceOfSeats| Some((key, *counted.get(&key.id)?));
        Ok(keys.into_iter().filter_map(of).collect())
    }
}

impl Volatile for FreeSeatsByPerformance {
    fn changes(key: &Self::Key, changes: &Changes) -> u64 {
        changes.of_seats(key.id)
    }

    fn weight(_: &FreeSeats) -> u32 {
        1
    }
}

/// Divides performances so that no statement counts more seats than the largest performance has, which takes a small part
/// of the time that it may take.
fn within_bounds(keys: &[PerformanceOfSeats]) -> Vec<&[PerformanceOfSeats]> {
    let mut parts = Vec::new();
    let mut rest = keys;
    while !rest.is_empty() {
        let mut seats: u32 = 0;
        let affordable = |key: &&PerformanceOfSeats| {
            seats = seats.saturating_add(key.total_seats);
            seats <= policy::MAX_SEATS_PER_PERFORMANCE
        };
        let affordable = rest.iter().take_while(affordable).count().max(1);
        let (part, others) = rest.split_at(affordable);
        parts.push(part);
        rest = others;
    }
    parts
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn no_statement_counts_more_seats_than_the_largest_performance_has() {
        let keys = |seats: &[u32]| -> Vec<_> {
            let key = |(n, total_seats): (u128, &u32)| PerformanceOfSeats {
                id: PerformanceId::new(Uuid::from_u128(n)),
                total_seats: *total_seats,
            };
            (0..).zip(seats).map(key).collect()
        };
        let sizes = |seats: &[u32]| -> Vec<usize> {
            let keys = keys(seats);
            let parts = within_bounds(&keys);
            assert_eq!(parts.concat(), keys, "each once, in their order");
            parts.into_iter().map(<[_]>::len).collect()
        };
        assert_eq!(sizes(&[]), [0; 0]);
        assert_eq!(sizes(&[50; 100]), [100]);
        assert_eq!(sizes(&[40_000; 5]), [2, 2, 1]);
        assert_eq!(sizes(&[100_000; 3]), [1, 1, 1]);
        assert_eq!(sizes(&[1, 900_000, 1]), [1, 1, 1]);
    }
}
