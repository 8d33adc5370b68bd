//! Lanes: commands queue up, and whatever has queued up is handled as one batch.
//!
//! An idle lane takes a single command at once; a busy one batches by itself, and lanes that share the work let each
//! other's batches grow. A full lane refuses at once. The lane owns the work: a caller that goes away cannot stop a
//! transaction half way.

mod batch;
mod job;
mod reader;

pub(crate) use batch::BatchRunner;
pub(crate) use job::{Job, submit};
pub(crate) use reader::{Fetch, Reader};

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seatline_domain::storage::StorageError;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::metrics::LaneMetrics;

/// How many things may queue up in a lane before it refuses.
const QUEUE_MAX: usize = 4_096;
/// How many things one batch holds.
const BATCH_MAX: usize = 512;
/// A batch of so many need not wait for those of other lanes.
const BATCH_ENOUGH: usize = 32;
/// How long a smaller batch waits for those of other lanes at most, while it grows.
const PATIENCE: Duration = Duration::from_millis(5);

/// A queue with a task that drains it.
pub(crate) struct Lane<T> {
    queue: mpsc::Sender<T>,
    /// Told when the queue has become long enough for a batch of its own.
    enough: Arc<Notify>,
    metrics: LaneMetrics,
}

/// Lets one small batch run at a time of the lanes that share it: it costs less to take what they have together later.
pub(crate) type BatchPermit = Arc<Semaphore>;

impl<T: Send + 'static> Lane<T> {
    /// Starts a lane that hands its batches to `handle`. Once `closing` is cancelled it takes nothing more, and ends when
    /// its queue is empty.
    pub(crate) fn start<F, H>(
        tasks: &TaskTracker,
        closing: &CancellationToken,
        permit: BatchPermit,
        metrics: LaneMetrics,
        handle: H,
    ) -> Self
    where
        F: Future<Output = ()> + Send,
        H: Fn(Vec<T>) -> F + Send + 'static,
    {
        let (queue, mut waiting) = mpsc::channel(QUEUE_MAX);
        let (closing, measured) = (closing.clone(), metrics.clone());
        let enough = Arc::new(Notify::new());
        let long_enough = enough.clone();
        tasks.spawn(async move {
            loop {
                let mut batch = Vec::new();
                let received = tokio::select! {
                    received = waiting.recv_many(&mut batch, BATCH_MAX) => received,
                    () = closing.cancelled(), if !waiting.is_closed() => {
                        waiting.close();
                        continue;
                    }
                };
                if received == 0 {
                    return;
                }
                let pass = match permit.try_acquire() {
                    Ok(pass) => Some(pass),
                    Err(_) if batch.len() >= BATCH_ENOUGH => None,
                    Err(_) => {
                        let pass = tokio::select! {
                            pass = permit.acquire() => pass.ok(),
                            () = long_enough.notified() => None,
                            () = sleep(PATIENCE) => None,
                        };
                        while batch.len() < BATCH_MAX
                            && let Ok(item) = waiting.try_recv()
                        {
                            batch.push(item);
                        }
                        pass
                    }
                };
                let (size, started) = (batch.len(), Instant::now());
                handle(batch).await;
                drop(pass);
                measured.handled(size, started.elapsed());
            }
        });
        Self { queue, enough, metrics }
    }

    /// Puts something into the queue.
    pub(crate) fn push(&self, item: T) -> Result<(), StorageError> {
        self.queue.try_send(item).map_err(|error| match error {
            TrySendError::Full(_) => {
                self.metrics.refused();
                StorageError::Overloaded
            }
            TrySendError::Closed(_) => StorageError::Unavailable("shutting down".into()),
        })?;
        if self.depth() == BATCH_ENOUGH {
            self.enough.notify_one();
        }
        Ok(())
    }

    /// How many things are queued up.
    pub(crate) fn depth(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }
}

/// A permit that is open.
pub(crate) fn permit() -> BatchPermit {
    Arc::new(Semaphore::new(1))
}

/// A few lanes over which work is spread by a key, so that batches of one instance do not fight for rows.
pub(crate) struct Lanes<T> {
    lanes: Vec<Lane<T>>,
}

impl<T: Send + 'static> Lanes<T> {
    /// Starts so many lanes, which share a permit.
    pub(crate) fn start(count: usize, lane: impl Fn(BatchPermit) -> Lane<T>) -> Self {
        let permit = permit();
        Self { lanes: (0..count).map(|_| lane(permit.clone())).collect() }
    }

    /// Puts something into the queue of its key.
    pub(crate) fn push(&self, key: Uuid, item: T) -> Result<(), StorageError> {
        let lanes = u128::try_from(self.lanes.len()).unwrap_or(1).max(1);
        let index = usize::try_from(key.as_u128() % lanes).unwrap_or(0);
        let closed = || StorageError::Unavailable("no lane".into());
        self.lanes.get(index).ok_or_else(closed)?.push(item)
    }

    /// How many things are queued up in all of them.
    pub(crate) fn depth(&self) -> usize {
        self.lanes.iter().map(Lane::depth).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Uuid = Uuid::from_u128(0);
    const OTHER: Uuid = Uuid::from_u128(1);

    /// Two lanes whose batches take so long, and the sizes of those that have begun.
    fn lanes(takes: Duration) -> (Lanes<()>, mpsc::UnboundedReceiver<usize>) {
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let (begun, sizes) = mpsc::unbounded_channel();
        let lanes = Lanes::start(2, |permit| {
            let begun = begun.clone();
            Lane::start(
                &tasks,
                &closing,
                permit,
                LaneMetrics::of(LaneMetrics::WALLETS),
                move |batch: Vec<()>| {
                    begun.send(batch.len()).unwrap();
                    sleep(takes)
                },
            )
        });
        (lanes, sizes)
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_batch_waits_for_that_of_another_lane_and_grows_meanwhile() {
        let (lanes, mut sizes) = lanes(Duration::from_millis(2));
        lanes.push(ONE, ()).unwrap();
        assert_eq!(sizes.recv().await, Some(1), "an idle lane takes a single command at once");
        lanes.push(OTHER, ()).unwrap();
        sleep(Duration::from_millis(1)).await;
        lanes.push(OTHER, ()).unwrap();
        assert_eq!(sizes.recv().await, Some(2));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_long_for_another_lane() {
        let (lanes, mut sizes) = lanes(Duration::from_hours(1));
        lanes.push(ONE, ()).unwrap();
        assert_eq!(sizes.recv().await, Some(1));
        let begin = tokio::time::Instant::now();
        lanes.push(OTHER, ()).unwrap();
        assert_eq!(sizes.recv().await, Some(1));
        assert_eq!(begin.elapsed(), PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_batch_waits_for_nobody() {
        let (lanes, mut sizes) = lanes(Duration::from_hours(1));
        lanes.push(ONE, ()).unwrap();
        assert_eq!(sizes.recv().await, Some(1));
        let begin = tokio::time::Instant::now();
        lanes.push(OTHER, ()).unwrap();
        tokio::task::yield_now().await;
        for _ in 0..BATCH_ENOUGH {
            lanes.push(OTHER, ()).unwrap();
        }
        assert_eq!(sizes.recv().await, Some(1 + BATCH_ENOUGH));
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }
}
