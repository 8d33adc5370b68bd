use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures::FutureExt;
use futures::future::BoxFuture;
use seatline_domain::storage::StorageError;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::keyed_queues::{Batch, KeyedQueues, size_of};
use super::queue::{BatchPermit, LARGE_BATCH, PERMIT_WAIT, permit};
use crate::metrics::LaneMetrics;

/// A lane for each key, there for as long as it has work: what a batch of one key waits for, no other key waits for.
///
/// Keys with few items share a batch, for the same items cost less in fewer batches. What of that was not done together
/// is done key by key.
pub(super) struct KeyedLanes<T>(Arc<Shared<T>>);

struct Shared<T> {
    state: Mutex<State<T>>,
    batches_max: usize,
    /// Lets one small batch run at a time.
    small: BatchPermit,
    is_alone: Box<dyn Fn(Uuid) -> bool + Send + Sync>,
    handle: Box<dyn Fn(Batch<T>) -> BoxFuture<'static, Batch<T>> + Send + Sync>,
    tasks: TaskTracker,
    closing: CancellationToken,
    metrics: LaneMetrics,
}

struct State<T> {
    queues: KeyedQueues<T>,
    /// How many tasks there are that take batches.
    workers: usize,
    /// How many of them are about to take one.
    looking: usize,
}

impl<T: Send + 'static> KeyedLanes<T> {
    /// Lanes that hand their batches to `handle`, so many at a time; what it gives back is handed to it again. Once
    /// `closing` is cancelled they take nothing more, and each ends when its queue is empty.
    ///
    /// * `is_alone` – tells whether a key is to share no batch.
    pub(super) fn new<F: Future<Output = Batch<T>> + Send + 'static>(
        tasks: &TaskTracker,
        closing: &CancellationToken,
        batches_max: usize,
        metrics: LaneMetrics,
        is_alone: impl Fn(Uuid) -> bool + Send + Sync + 'static,
        handle: impl Fn(Batch<T>) -> F + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State { queues: KeyedQueues::default(), workers: 0, looking: 0 }),
            batches_max,
            small: permit(),
            is_alone: Box::new(is_alone),
            handle: Box::new(move |batch| Box::pin(handle(batch))),
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
    pub(super) fn push(&self, key: Uuid, item: T) -> Result<(), StorageError> {
        let mut state = self.0.state();
        // Asked under the lock: what is taken is in a queue with a task.
        if self.0.closing.is_cancelled() {
            return Err(StorageError::Unavailable("shutting down".into()));
        }
        state.queues.push(key, item).inspect_err(|_| self.0.metrics.refused())?;
        self.0.start_workers(&mut state);
        Ok(())
    }

    /// Tells whether they take anything.
    pub(super) fn is_running(&self) -> bool {
        !self.0.closing.is_cancelled()
    }

    /// The number of items in all queues.
    pub(super) fn depth(&self) -> usize {
        self.0.state().queues.depth()
    }
}

impl<T: Send + 'static> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts tasks for the keys that are ready, beyond those for which there are some.
    fn start_workers(self: &Arc<Self>, state: &mut State<T>) {
        let wanted = state.queues.ready().saturating_sub(state.looking);
        let started = wanted.min(self.batches_max.saturating_sub(state.workers));
        state.workers += started;
        state.looking += started;
        for _ in 0..started {
            self.tasks.spawn(self.clone().work());
        }
    }

    /// Handles batch after batch until no key is ready.
    async fn work(self: Arc<Self>) {
        while let Some((keys, left)) = self.handle_next().await {
            let mut state = self.state();
            state.looking += 1;
            state.queues.finish(keys, left);
            self.start_workers(&mut state);
        }
    }

    /// Handles the next batch; gives its keys and what is left of it. `None` when there is none, and the worker has ended.
    async fn handle_next(&self) -> Option<(Vec<Uuid>, Batch<T>)> {
        // A small batch waits for another one, for a moment, and grows meanwhile.
        let is_small = self.state().queues.is_small();
        let permit = if is_small { timeout(PERMIT_WAIT, self.small.acquire()).await.ok() } else { None };
        let batch = {
            let mut state = self.state();
            state.looking -= 1;
            let batch = state.queues.next_batch(&self.is_alone);
            if batch.is_empty() {
                state.workers -= 1;
                return None;
            }
            batch
        };
        let (size, started) = (size_of(&batch), Instant::now());
        let permit = permit.filter(|_| size < LARGE_BATCH);
        let keys = batch.iter().map(|(key, _)| *key).collect();
        let handled = AssertUnwindSafe((self.handle)(batch)).catch_unwind().await;
        drop(permit);
        self.metrics.handled(size, started.elapsed());
        // Those whose work panicked hear of it when their reply is dropped; the keys have others.
        let left = handled.unwrap_or_else(|_| {
            tracing::error!(size, "a batch panicked");
            Batch::new()
        });
        Some((keys, left))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tokio::sync::{mpsc, oneshot};

    use super::super::queue::QUEUE_MAX;
    use super::*;

    const ONE: Uuid = Uuid::from_u128(2);
    const OTHER: Uuid = Uuid::from_u128(4);

    /// A batch that has begun, and the sender by which it ends, with what is left of it.
    type Begun = (Batch<u32>, oneshot::Sender<Batch<u32>>);

    struct Fixture {
        lanes: KeyedLanes<u32>,
        begun: mpsc::UnboundedReceiver<Begun>,
        alone: Arc<Mutex<HashSet<Uuid>>>,
        tasks: TaskTracker,
        closing: CancellationToken,
    }

    /// Lanes of which so many batches run at a time, each until the test ends it.
    fn lanes(batches: usize) -> Fixture {
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let (report, begun) = mpsc::unbounded_channel();
        let metrics = LaneMetrics::of(LaneMetrics::ROOMS);
        let alone = Arc::<Mutex<HashSet<Uuid>>>::default();
        let of_alone = alone.clone();
        let is_alone = move |key: Uuid| of_alone.lock().unwrap().contains(&key);
        let lanes = KeyedLanes::new(&tasks, &closing, batches, metrics, is_alone, move |batch| {
            let report = report.clone();
            async move {
                let (end, ended) = oneshot::channel();
                report.send((batch, end)).unwrap();
                ended.await.unwrap()
            }
        });
        Fixture { lanes, begun, alone, tasks, closing }
    }

    impl Fixture {
        async fn begun(&mut self) -> Begun {
            self.begun.recv().await.unwrap()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_whose_batch_is_stuck_delays_no_other_and_keeps_its_order() {
        let mut fixture = lanes(2);
        fixture.lanes.push(ONE, 1).unwrap();
        let (batch, stuck) = fixture.begun().await;
        assert_eq!(batch, [(ONE, vec![1])]);
        for (key, item) in [(ONE, 2), (OTHER, 7), (ONE, 3)] {
            fixture.lanes.push(key, item).unwrap();
        }
        for item in [7, 8] {
            let (batch, end) = fixture.begun().await;
            assert_eq!((batch, fixture.lanes.depth()), (vec![(OTHER, vec![item])], 2));
            end.send(vec![]).unwrap();
            if item == 7 {
                fixture.lanes.push(OTHER, 8).unwrap();
            }
        }
        stuck.send(vec![]).unwrap();
        assert_eq!(fixture.begun().await.0, [(ONE, vec![2, 3])]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_done_together_is_done_key_by_key_at_the_same_time() {
        let mut fixture = lanes(2);
        for (key, item) in [(ONE, 1), (OTHER, 7), (ONE, 2)] {
            fixture.lanes.push(key, item).unwrap();
        }
        let (batch, end) = fixture.begun().await;
        assert_eq!(batch, [(ONE, vec![1, 2]), (OTHER, vec![7])]);
        fixture.lanes.push(ONE, 3).unwrap();
        fixture.alone.lock().unwrap().extend([ONE, OTHER]);
        end.send(batch).unwrap();
        let ((one, stuck), (other, end)) = (fixture.begun().await, fixture.begun().await);
        assert_eq!((one, other), (vec![(ONE, vec![1, 2, 3])], vec![(OTHER, vec![7])]));
        end.send(vec![]).unwrap();
        fixture.lanes.push(OTHER, 8).unwrap();
        assert_eq!(fixture.begun().await.0, [(OTHER, vec![8])]);
        drop(stuck);
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_batches_run_at_a_time_and_the_next_grows_meanwhile() {
        let mut fixture = lanes(1);
        fixture.lanes.push(ONE, 1).unwrap();
        let (_, end) = fixture.begun().await;
        fixture.lanes.push(OTHER, 2).unwrap();
        tokio::task::yield_now().await;
        fixture.lanes.push(OTHER, 3).unwrap();
        tokio::time::advance(PERMIT_WAIT * 2).await;
        assert!(fixture.begun.try_recv().is_err());
        end.send(vec![]).unwrap();
        assert_eq!(fixture.begun().await.0, [(OTHER, vec![2, 3])]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_batch_waits_for_another_for_a_moment_and_grows_meanwhile() {
        let mut fixture = lanes(4);
        fixture.lanes.push(ONE, 1).unwrap();
        let (_, stuck) = fixture.begun().await;
        let begin = tokio::time::Instant::now();
        fixture.lanes.push(OTHER, 2).unwrap();
        tokio::task::yield_now().await;
        fixture.lanes.push(OTHER, 3).unwrap();
        assert_eq!(fixture.begun().await.0, [(OTHER, vec![2, 3])]);
        assert_eq!(begin.elapsed(), PERMIT_WAIT);
        drop(stuck);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_lane_refuses_for_its_key_alone_and_closed_ones_finish_what_they_took() {
        let mut fixture = lanes(1);
        fixture.lanes.push(ONE, 0).unwrap();
        let (_, end) = fixture.begun().await;
        for item in 0..u32::try_from(QUEUE_MAX).unwrap() {
            fixture.lanes.push(ONE, item).unwrap();
        }
        assert_eq!(fixture.lanes.push(ONE, 0), Err(StorageError::Overloaded));
        fixture.lanes.push(OTHER, 0).unwrap();
        end.send(vec![]).unwrap();
        fixture.closing.cancel();
        assert!(matches!(fixture.lanes.push(OTHER, 1), Err(StorageError::Unavailable(_))));
        fixture.tasks.close();
        let mut items = 0;
        while !fixture.tasks.is_empty() {
            tokio::select! {
                () = fixture.tasks.wait() => {}
                Some((batch, end)) = fixture.begun.recv() => {
                    items += size_of(&batch);
                    end.send(vec![]).unwrap();
                }
            }
        }
        assert_eq!((items, fixture.lanes.depth()), (QUEUE_MAX + 1, 0));
    }

    #[tokio::test]
    async fn a_batch_that_panics_ends_no_lane() {
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let metrics = LaneMetrics::of(LaneMetrics::ROOMS);
        let (done, mut handled) = mpsc::unbounded_channel();
        let lanes = KeyedLanes::new(
            &tasks,
            &closing,
            1,
            metrics,
            |_| false,
            move |batch: Batch<u32>| {
                let done = done.clone();
                async move {
                    assert_ne!(batch, [(ONE, vec![1])], "a bug");
                    done.send(batch).unwrap();
                    vec![]
                }
            },
        );
        lanes.push(ONE, 1).unwrap();
        tokio::task::yield_now().await;
        lanes.push(ONE, 2).unwrap();
        assert_eq!(handled.recv().await, Some(vec![(ONE, vec![2])]));
    }
}
