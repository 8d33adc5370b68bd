use seatline_domain::storage::StorageError;
use uuid::Uuid;

use super::job::{Job, Queues};
use super::queue::{BatchPermit, Lane, permit};

/// A few lanes over which work is spread by a key, so that batches of one instance do not contend for rows.
pub(crate) struct Lanes<T> {
    lanes: Vec<Lane<T>>,
}

impl<T: Send + 'static> Lanes<T> {
    /// Starts lanes that share a permit.
    pub(crate) fn start(count: usize, lane: impl Fn(BatchPermit) -> Lane<T>) -> Self {
        let permit = permit();
        Self { lanes: (0..count).map(|_| lane(permit.clone())).collect() }
    }

    /// Puts an item into the queue of its key.
    ///
    /// # Errors
    /// As [`Lane::push`].
    pub(crate) fn push(&self, key: Uuid, item: T) -> Result<(), StorageError> {
        let lanes = u128::try_from(self.lanes.len()).unwrap_or(1).max(1);
        let index = usize::try_from(key.as_u128() % lanes).unwrap_or(0);
        let closed = || StorageError::Unavailable("no lane".into());
        self.lanes.get(index).ok_or_else(closed)?.push(item)
    }

    /// Tells whether all of them run.
    pub(crate) fn is_running(&self) -> bool {
        self.lanes.iter().all(Lane::is_running)
    }

    /// Tells whether any of them is pressed.
    pub(crate) fn are_pressed(&self) -> bool {
        self.lanes.iter().any(Lane::is_pressed)
    }

    /// The number of items in all queues.
    pub(crate) fn depth(&self) -> usize {
        self.lanes.iter().map(Lane::depth).sum()
    }
}

impl Queues for Lanes<Box<dyn Job>> {
    fn push(&self, key: Uuid, job: Box<dyn Job>) -> Result<(), StorageError> {
        Self::push(self, key, job)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc;
    use tokio::time::sleep;
    use tokio_util::sync::CancellationToken;
    use tokio_util::task::TaskTracker;

    use super::super::queue::{LARGE_BATCH, PERMIT_WAIT};
    use super::*;
    use crate::metrics::LaneMetrics;

    const ONE: Uuid = Uuid::from_u128(0);
    const OTHER: Uuid = Uuid::from_u128(1);

    /// Two lanes whose batches take some time, and the sizes of those that have begun.
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
        assert_eq!(begin.elapsed(), PERMIT_WAIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_batch_waits_for_nobody() {
        let (lanes, mut sizes) = lanes(Duration::from_hours(1));
        lanes.push(ONE, ()).unwrap();
        assert_eq!(sizes.recv().await, Some(1));
        let begin = tokio::time::Instant::now();
        lanes.push(OTHER, ()).unwrap();
        tokio::task::yield_now().await;
        for _ in 0..LARGE_BATCH {
            lanes.push(OTHER, ()).unwrap();
        }
        assert_eq!(sizes.recv().await, Some(1 + LARGE_BATCH));
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }
}
