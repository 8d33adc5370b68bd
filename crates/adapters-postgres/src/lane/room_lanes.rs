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
use super::keyed_queues::Batch;
use crate::metrics::LaneMetrics;
use crate::tables::LockWait;

/// A lane for each waiting room: one whose row somebody else keeps locked delays no other.
///
/// Rooms with few commands share a batch. Where that does not get its locks soon, each has a batch of its own.
pub(crate) struct RoomLanes(KeyedLanes<Box<dyn Job>>);

/// Rooms whose batches have lately waited for a row in vain: such a room shares no batch.
#[derive(Clone)]
struct KeptRooms(Cache<Uuid, Kept>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// A batch of several rooms waited in vain.
    Perhaps,
    /// Its own batch did. The next ones wait only briefly, so that many such rooms do not keep all connections.
    Surely,
}

impl RoomLanes {
    /// Starts lanes of which so many batches run at a time.
    pub(crate) fn start(
        tasks: &TaskTracker,
        closing: &CancellationToken,
        batches_max: usize,
        metrics: LaneMetrics,
        runner: BatchRunner,
    ) -> Self {
        let (kept, runner) = (KeptRooms::new(), Arc::new(runner));
        let known = kept.clone();
        let is_alone = move |room| known.0.contains_key(&room);
        Self(KeyedLanes::new(tasks, closing, batches_max, metrics, is_alone, move |batch| {
            let (runner, kept) = (runner.clone(), kept.clone());
            async move { kept.run(&runner, batch).await }
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

impl KeptRooms {
    /// How long a room is remembered.
    const REMEMBERED_FOR: Duration = Duration::from_secs(10);
    /// The most rooms that are remembered.
    const REMEMBERED_MAX: u64 = 4_096;

    fn new() -> Self {
        let rooms = Cache::builder().time_to_live(Self::REMEMBERED_FOR).max_capacity(Self::REMEMBERED_MAX);
        Self(rooms.build())
    }

    /// Runs a batch; gives back what each room is to do by itself.
    async fn run(&self, runner: &BatchRunner, mut batch: Batch<Box<dyn Job>>) -> Batch<Box<dyn Job>> {
        if batch.len() > 1 {
            let left = runner.run_together(batch).await;
            for (room, _) in &left {
                self.0.insert(*room, Kept::Perhaps);
            }
            return left;
        }
        if let Some((room, jobs)) = batch.pop() {
            let wait = match self.0.get(&room) {
                Some(Kept::Surely) => LockWait::Brief,
                Some(Kept::Perhaps) | None => LockWait::Long,
            };
            if runner.run(jobs, wait).await {
                self.0.insert(room, Kept::Surely);
            } else {
                self.0.invalidate(&room);
            }
        }
        Batch::new()
    }
}
