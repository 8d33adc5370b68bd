use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures::FutureExt;
use futures::future::BoxFuture;
use seatline_domain::storage::StorageError;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::queue::{BATCH_MAX, QUEUE_MAX};
use crate::metrics::LaneMetrics;

/// A lane for each key, there for as long as it has work: what a batch of one key waits for, no other key waits for.
pub(crate) struct KeyedLanes<T>(Arc<Shared<T>>);

struct Shared<T> {
    /// The items of each key that has a task.
    queues: Mutex<HashMap<Uuid, VecDeque<T>>>,
    /// Permits for batches: so many run at a time.
    running: Semaphore,
    handle: Box<dyn Fn(Uuid, Vec<T>) -> BoxFuture<'static, ()> + Send + Sync>,
    tasks: TaskTracker,
    closing: CancellationToken,
    metrics: LaneMetrics,
}

impl<T: Send + 'static> KeyedLanes<T> {
    /// The most keys that have work at the same time.
    const KEYS_MAX: usize = 4_096;

    /// Lanes that hand their batches, with their key, to `handle`, so many at a time. Once `closing` is cancelled they take nothing more,
    /// and each ends when its queue is empty.
    pub(crate) fn new<F: Future<Output = ()> + Send + 'static>(
        tasks: &TaskTracker,
        closing: &CancellationToken,
        batches: usize,
        metrics: LaneMetrics,
        handle: impl Fn(Uuid, Vec<T>) -> F + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Shared {
            queues: Mutex::default(),
            running: Semaphore::new(batches),
            handle: Box::new(move |key, batch| Box::pin(handle(key, batch))),
            tasks: tasks.clone(),
            closing: closing.clone(),
            metrics,
        }))
    }

    /// Puts an item into the queue of its key.
    ///
    /// # Errors
    /// [`StorageError::Overloaded`] when the queue is full, or very many have one; [`StorageError::Unavailable`] when the
    /// lanes are closed.
    pub(crate) fn push(&self, key: Uuid, item: T) -> Result<(), StorageError> {
        let mut queues = self.0.queues();
        // Asked under the lock: what is taken is in the queue of a task.
        if self.0.closing.is_cancelled() {
            return Err(StorageError::Unavailable("shutting down".into()));
        }
        let keys = queues.len();
        match queues.entry(key) {
            Entry::Occupied(mut queue) if queue.get().len() < QUEUE_MAX => queue.get_mut().push_back(item),
            Entry::Vacant(vacant) if keys < Self::KEYS_MAX => {
                vacant.insert([item].into());
                self.0.tasks.spawn(self.0.clone().drain(key));
            }
            _ => {
                self.0.metrics.refused();
                return Err(StorageError::Overloaded);
            }
        }
        Ok(())
    }

    /// Tells whether they take anything.
    pub(crate) fn is_running(&self) -> bool {
        !self.0.closing.is_cancelled()
    }

    /// The number of items in all queues.
    pub(crate) fn depth(&self) -> usize {
        self.0.queues().values().map(VecDeque::len).sum()
    }
}

impl<T: Send + 'static> Shared<T> {
    fn queues(&self) -> MutexGuard<'_, HashMap<Uuid, VecDeque<T>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Handles what is queued for a key, batch by batch, until nothing is.
    async fn drain(self: Arc<Self>, key: Uuid) {
        loop {
            // A queue grows while its key waits for a permit.
            let Ok(_running) = self.running.acquire().await else { return };
            let Some(batch) = self.next_batch(key) else { return };
            let (size, started) = (batch.len(), Instant::now());
            // Those whose work panicked hear of it when their reply is dropped; the key has others.
            if AssertUnwindSafe((self.handle)(key, batch)).catch_unwind().await.is_err() {
                tracing::error!(size, "a batch panicked");
            }
            self.metrics.handled(size, started.elapsed());
        }
    }

    /// The next items of a key, in their order. `None` when there are none: then its lane has ended.
    fn next_batch(&self, key: Uuid) -> Option<Vec<T>> {
        let mut queues = self.queues();
        let Entry::Occupied(mut queue) = queues.entry(key) else { return None };
        if queue.get().is_empty() {
            queue.remove();
            return None;
        }
        let size = queue.get().len().min(BATCH_MAX);
        Some(queue.get_mut().drain(..size).collect())
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::{mpsc, oneshot};

    use super::*;

    const ONE: Uuid = Uuid::from_u128(2);
    const OTHER: Uuid = Uuid::from_u128(4);

    /// A batch that has begun, and the sender by which it ends.
    type Begun = (Vec<u32>, oneshot::Sender<()>);

    struct Fixture {
        lanes: KeyedLanes<u32>,
        begun: mpsc::UnboundedReceiver<Begun>,
        tasks: TaskTracker,
        closing: CancellationToken,
    }

    /// Lanes of which so many batches run at a time, each until the test ends it.
    fn lanes(batches: usize) -> Fixture {
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let (report, begun) = mpsc::unbounded_channel();
        let metrics = LaneMetrics::of(LaneMetrics::ROOMS);
        let lanes = KeyedLanes::new(&tasks, &closing, batches, metrics, move |_, batch| {
            let report = report.clone();
            async move {
                let (end, ended) = oneshot::channel();
                report.send((batch, end)).unwrap();
                ended.await.unwrap();
            }
        });
        Fixture { lanes, begun, tasks, closing }
    }

    impl Fixture {
        async fn begun(&mut self) -> Begun {
            self.begun.recv().await.unwrap()
        }
    }

    #[tokio::test]
    async fn a_key_whose_batch_is_stuck_delays_no_other_and_keeps_its_order() {
        let mut fixture = lanes(2);
        fixture.lanes.push(ONE, 1).unwrap();
        let (batch, stuck) = fixture.begun().await;
        assert_eq!(batch, [1]);
        for (key, item) in [(ONE, 2), (OTHER, 7), (ONE, 3)] {
            fixture.lanes.push(key, item).unwrap();
        }
        let (batch, end) = fixture.begun().await;
        assert_eq!((batch, fixture.lanes.depth()), (vec![7], 2));
        end.send(()).unwrap();
        fixture.lanes.push(OTHER, 8).unwrap();
        let (batch, end) = fixture.begun().await;
        assert_eq!(batch, [8]);
        end.send(()).unwrap();
        stuck.send(()).unwrap();
        let (batch, _end) = fixture.begun().await;
        assert_eq!(batch, [2, 3]);
    }

    #[tokio::test]
    async fn so_many_batches_run_at_a_time_and_the_queue_of_the_next_grows_meanwhile() {
        let mut fixture = lanes(1);
        fixture.lanes.push(ONE, 1).unwrap();
        let (_, end) = fixture.begun().await;
        fixture.lanes.push(OTHER, 2).unwrap();
        tokio::task::yield_now().await;
        fixture.lanes.push(OTHER, 3).unwrap();
        assert!(fixture.begun.try_recv().is_err());
        end.send(()).unwrap();
        assert_eq!(fixture.begun().await.0, [2, 3]);
    }

    #[tokio::test]
    async fn lanes_without_work_are_gone_and_a_full_one_refuses_for_its_key_alone() {
        let mut fixture = lanes(1);
        fixture.lanes.push(ONE, 0).unwrap();
        let (_, end) = fixture.begun().await;
        for item in 0..u32::try_from(QUEUE_MAX).unwrap() {
            fixture.lanes.push(ONE, item).unwrap();
        }
        assert_eq!(fixture.lanes.push(ONE, 0), Err(StorageError::Overloaded));
        fixture.lanes.push(OTHER, 0).unwrap();
        end.send(()).unwrap();
        fixture.closing.cancel();
        assert!(matches!(fixture.lanes.push(OTHER, 1), Err(StorageError::Unavailable(_))));
        fixture.tasks.close();
        let ending = async {
            while let Some((_, end)) = fixture.begun.recv().await {
                end.send(()).unwrap();
            }
        };
        tokio::select! {
            () = fixture.tasks.wait() => {}
            () = ending => {}
        }
        assert!(fixture.lanes.0.queues().is_empty());
    }

    #[tokio::test]
    async fn a_batch_that_panics_ends_no_lane() {
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let metrics = LaneMetrics::of(LaneMetrics::ROOMS);
        let (done, mut handled) = mpsc::unbounded_channel();
        let lanes = KeyedLanes::new(&tasks, &closing, 1, metrics, move |_, batch: Vec<u32>| {
            let done = done.clone();
            async move {
                assert_ne!(batch, [1], "a bug");
                done.send(batch).unwrap();
            }
        });
        lanes.push(ONE, 1).unwrap();
        tokio::task::yield_now().await;
        lanes.push(ONE, 2).unwrap();
        assert_eq!(handled.recv().await, Some(vec![2]));
    }
}
