use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use moka::sync::Cache;
use seatline_domain::id::PerformanceId;
use seatline_domain::seat::hall::Hall;
use seatline_domain::storage::StorageError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Recent, Volatile};
use crate::changes::Changes;
use crate::lane::Fetch;
use crate::metrics::LaneMetrics;
use crate::pool::Pool;
use crate::tables::halls::{FindHalls, FindSections, hall, hall_of_sections};

/// Halls, which never change and are remembered for good, as far as there is room.
pub(crate) struct Halls {
    remembered: Cache<PerformanceId, Arc<Hall>>,
    read: Recent<HallsByPerformance>,
}

impl Halls {
    /// The most rows of halls that are remembered.
    const ROWS_MAX: u64 = 200_000;

    pub(crate) fn start(
        tasks: &TaskTracker,
        closing: &CancellationToken,
        changes: Arc<Changes>,
        pool: Pool,
    ) -> Self {
        let remembered =
            Cache::builder().max_capacity(Self::ROWS_MAX).weigher(|_, hall: &Arc<Hall>| rows(hall)).build();
        let metrics = LaneMetrics::of(LaneMetrics::HALLS);
        let read = Recent::start(tasks, closing, metrics, changes, HallsByPerformance { pool });
        Self { remembered, read }
    }

    /// The hall of a performance.
    pub(crate) async fn of(&self, performance_id: PerformanceId) -> Result<Option<Arc<Hall>>, StorageError> {
        if let Some(hall) = self.remembered.get(&performance_id) {
            return Ok(Some(hall));
        }
        let hall = self.read.get(performance_id).await?.transpose()?;
        if let Some(hall) = &hall {
            self.remembered.insert(performance_id, hall.clone());
        }
        Ok(hall)
    }

    /// Tells whether they can be read.
    pub(crate) fn is_running(&self) -> bool {
        self.read.is_running()
    }

    /// The number of calls whose read has not begun.
    pub(crate) fn depth(&self) -> usize {
        self.read.depth()
    }
}

fn rows(hall: &Hall) -> u32 {
    u32::try_from(hall.rows().count()).unwrap_or(u32::MAX).saturating_add(1)
}

/// Reads halls, many at a time. One that cannot be read fails whoever asks for it, and nobody else.
struct HallsByPerformance {
    pool: Pool,
}

#[async_trait]
impl Fetch for HallsByPerformance {
    type Key = PerformanceId;
    type Value = Result<Arc<Hall>, StorageError>;

    async fn fetch(
        &self,
        keys: Vec<PerformanceId>,
    ) -> Result<HashMap<PerformanceId, Self::Value>, StorageError> {
        let performance_ids = keys.iter().map(|id| id.uuid()).collect();
        let mut halls = HashMap::with_capacity(keys.len());
        for row in self.pool.load(FindHalls { performance_ids }).await? {
            halls
                .insert(PerformanceId::new(row.performance_id), hall(&row).map(Arc::new).map_err(Into::into));
        }
        // Those from before halls were stored, one by one: each looks at all its seats.
        let unknown: Vec<_> = keys.into_iter().filter(|id| !halls.contains_key(id)).collect();
        for performance_id in unknown {
            let rows = self.pool.load(FindSections { performance_id: performance_id.uuid() }).await?;
            if let Some(found) = hall_of_sections(rows).map_err(StorageError::from).transpose() {
                halls.insert(performance_id, found.map(Arc::new));
            }
        }
        Ok(halls)
    }
}

impl Volatile for HallsByPerformance {
    fn changes(_: &Self::Key, changes: &Changes) -> u64 {
        changes.of_programme()
    }

    fn weight(hall: &Self::Value) -> u32 {
        hall.as_ref().map_or(1, |hall| rows(hall))
    }
}
