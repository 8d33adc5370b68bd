use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;
use seatline_domain::storage::StorageError;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::metrics::LaneMetrics;

/// The most items in a queue. One more is refused: backpressure reaches the caller at once.
pub(super) const QUEUE_MAX: usize = 4_096;
/// The most items in a batch.
pub(super) const BATCH_MAX: usize = 512;
/// The size from which a batch does not wait for those of other lanes.
pub(super) const LARGE_BATCH: usize = 32;
/// The longest wait of a smaller batch for those of other lanes. It grows meanwhile.
pub(super) const PERMIT_WAIT: Duration = Duration::from_millis(5);
/// How long a lane counts as pressed after the begin and the end of a large batch.
const PRESSED_FOR: Duration = Duration::from_millis(20);

/// A queue with a task that drains it.
pub(crate) struct Lane<T> {
    queue: mpsc::Sender<T>,
    /// Notified when the queue has become long enough for a large batch.
    large: Arc<Notify>,
    /// Until when it counts as pressed.
    pressed_until: Arc<Mutex<Instant>>,
    metrics: LaneMetrics,
}

/// Lets one small batch at a time run of the lanes that share it: the same items cost less in fewer batches.
pub(crate) type BatchPermit = Arc<Semaphore>;

/// How soon a batch follows the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// At once.
    Steady,
    /// A small one after a rest as long as the one before took, [`PERMIT_WAIT`] at most. It grows meanwhile: the same
    /// items cost less in fewer batches. A lane that nobody has used for that long makes nobody wait.
    Resting,
}

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
        Self::start_at(Pace::Steady, tasks, closing, permit, metrics, handle)
    }

    /// The same at a pace.
    pub(super) fn start_at<F, H>(
        pace: Pace,
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
        let large = Arc::new(Notify::new());
        let grown_large = large.clone();
        let pressed_until = Arc::new(Mutex::new(Instant::now()));
        let pressed = pressed_until.clone();
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
                let permitted = match permit.try_acquire() {
                    Ok(permitted) => Some(permitted),
                    Err(_) if batch.len() >= LARGE_BATCH => None,
                    Err(_) => {
                        let permitted = tokio::select! {
                            permitted = permit.acquire() => permitted.ok(),
                            () = grown_large.notified() => None,
                            () = sleep(PERMIT_WAIT) => None,
                        };
                        while batch.len() < BATCH_MAX
                            && let Ok(item) = waiting.try_recv()
                        {
                            batch.push(item);
                        }
                        permitted
                    }
                };
                let (size, started) = (batch.len(), Instant::now());
                let press = || {
                    if size >= LARGE_BATCH {
                        *pressed.lock().unwrap_or_else(PoisonError::into_inner) =
                            Instant::now() + PRESSED_FOR;
                    }
                };
                press();
                // Those whose work panicked hear of it when their reply is dropped; the lane has others to serve.
                if AssertUnwindSafe(handle(batch)).catch_unwind().await.is_err() {
                    tracing::error!(size, "a batch panicked");
                }
                drop(permitted);
                press();
                let took = started.elapsed();
                measured.handled(size, took);
                if pace == Pace::Resting && waiting.len() < LARGE_BATCH && !closing.is_cancelled() {
                    tokio::select! {
                        () = sleep(took.min(PERMIT_WAIT)) => {}
                        () = grown_large.notified() => {}
                        () = closing.cancelled() => {}
                    }
                }
            }
        });
        Self { queue, large, pressed_until, metrics }
    }

    /// Puts an item into the queue.
    ///
    /// # Errors
    /// [`StorageError::Overloaded`] when the queue is full, [`StorageError::Unavailable`] when it is closed.
    pub(crate) fn push(&self, item: T) -> Result<(), StorageError> {
        self.queue.try_send(item).map_err(|error| match error {
            TrySendError::Full(_) => {
                self.metrics.refused();
                StorageError::Overloaded
            }
            TrySendError::Closed(_) => StorageError::Unavailable("shutting down".into()),
        })?;
        if self.depth() == LARGE_BATCH {
            self.large.notify_one();
        }
        Ok(())
    }

    /// Tells whether there is a task that drains it.
    pub(crate) fn is_running(&self) -> bool {
        !self.queue.is_closed()
    }

    /// Tells whether its batches are large: more comes than it can hand on at once.
    pub(crate) fn is_pressed(&self) -> bool {
        Instant::now() < *self.pressed_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of items in the queue.
    pub(crate) fn depth(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }
}

/// A permit that nobody holds.
pub(crate) fn permit() -> BatchPermit {
    Arc::new(Semaphore::new(1))
}
