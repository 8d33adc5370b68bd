//! Lanes: commands queue up, and whatever has queued up is handled as one batch.
//!
//! There is no timer. An idle lane takes a single command at once; a busy one batches by itself. A full lane refuses at
//! once. The lane owns the work: a caller that goes away cannot stop a transaction half way.

mod batch;
mod job;
mod reader;

pub(crate) use batch::BatchRunner;
pub(crate) use job::{Job, submit};
pub(crate) use reader::{Fetch, Reader};

use std::future::Future;
use std::time::Instant;

use seatline_domain::storage::StorageError;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::metrics::LaneMetrics;

/// How many things may queue up in a lane before it refuses.
const QUEUE_MAX: usize = 4_096;
/// How many things one batch holds.
const BATCH_MAX: usize = 512;

/// A queue with a task that drains it.
pub(crate) struct Lane<T> {
    queue: mpsc::Sender<T>,
    metrics: LaneMetrics,
}

impl<T: Send + 'static> Lane<T> {
    /// Starts a lane that hands its batches to `handle`. Once `closing` is cancelled it takes nothing more, and ends when
    /// its queue is empty.
    pub(crate) fn start<F, H>(
        tasks: &TaskTracker,
        closing: &CancellationToken,
        metrics: LaneMetrics,
        handle: H,
    ) -> Self
    where
        F: Future<Output = ()> + Send,
        H: Fn(Vec<T>) -> F + Send + 'static,
    {
        let (queue, mut waiting) = mpsc::channel(QUEUE_MAX);
        let (closing, measured) = (closing.clone(), metrics.clone());
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
                let started = Instant::now();
                handle(batch).await;
                measured.handled(received, started.elapsed());
            }
        });
        Self { queue, metrics }
    }

    /// Puts something into the queue.
    pub(crate) fn push(&self, item: T) -> Result<(), StorageError> {
        self.queue.try_send(item).map_err(|error| match error {
            TrySendError::Full(_) => {
                self.metrics.refused();
                StorageError::Overloaded
            }
            TrySendError::Closed(_) => StorageError::Unavailable("shutting down".into()),
        })
    }

    /// How many things are queued up.
    pub(crate) fn depth(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }
}

/// A few lanes over which work is spread by a key, so that batches of one instance do not fight for rows.
pub(crate) struct Lanes<T> {
    lanes: Vec<Lane<T>>,
}

impl<T: Send + 'static> Lanes<T> {
    /// Starts so many lanes.
    pub(crate) fn start(count: usize, lane: impl Fn() -> Lane<T>) -> Self {
        Self { lanes: (0..count).map(|_| lane()).collect() }
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
