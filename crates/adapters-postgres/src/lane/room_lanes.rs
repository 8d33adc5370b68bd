use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use seatline_domain::storage::StorageError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::batch::BatchRunner;
use super::job::{Job, Queues};
use super::keyed_lanes::KeyedLanes;
use crate::metrics::LaneMetrics;
use crate::tables::LockWait;

/// A lane for each waiting room: one whose row somebody else keeps locked delays no other.
pub(crate) struct RoomLanes(KeyedLanes<Box<dyn Job>>);

/// Rooms of which somebody has just kept a row. Their batches wait for locks only briefly, so that many such rooms do not
/// keep all connections.
type KeptRooms = Cache<Uuid, ()>;

impl RoomLanes {
    /// How long a room counts as kept.
    const KEPT_FOR: Duration = Duration::from_secs(10);
    /// The most rooms that count as kept.
    const KEPT_MAX: u64 = 4_096;

    /// Starts lanes of which so many batches run at a time.
    pub(crate) fn start(
        tasks: &TaskTracker,
        closing: &CancellationToken,
        batches: usize,
        metrics: LaneMetrics,
        runner: BatchRunner,
    ) -> Self {
        let kept = KeptRooms::builder().time_to_live(Self::KEPT_FOR).max_capacity(Self::KEPT_MAX).build();
        let runner = Arc::new(runner);
        Self(KeyedLanes::new(tasks, closing, batches, metrics, move |room, batch| {
            let (runner, kept) = (runner.clone(), kept.clone());
            async move {
                let wait = if kept.contains_key(&room) { LockWait::Brief } else { LockWait::Long };
                if runner.run(batch, wait).await {
                    kept.insert(room, ());
                } else {
                    kept.invalidate(&room);
                }
            }
        }))
    }

    /// Tells whether they take anything.
    pub(crate) fn is_running(&self) -> bool {
        self.0.is_running()
    }

    /// The number of commands in all queues.
    pub(crate) fn depth(&self) -> usize {
        self.0.depth()
    }
}

impl Queues for RoomLanes {
    fn push(&self, room: Uuid, job: Box<dyn Job>) -> Result<(), StorageError> {
        self.0.push(room, job)
    }
}
