use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::iter::zip;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use seatline_domain::storage::StorageError;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::queue::{Lane, Pace, permit};
use crate::metrics::LaneMetrics;

/// Reads the values of many keys in one go.
#[async_trait]
pub(crate) trait Fetch: Send + Sync + 'static {
    /// A key.
    type Key: Copy + Eq + Hash + Send + Sync + 'static;
    /// The value of a key.
    type Value: Clone + Send + Sync + 'static;

    /// Reads the values of keys, none of which comes twice. A key without a value is left out.
    async fn fetch(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, StorageError>;
}

/// What a caller reads: the values of its keys, in their order.
type Values<F> = Vec<Option<<F as Fetch>::Value>>;

/// Keys, and the caller that awaits their values.
type QueuedRead<F> = (Vec<<F as Fetch>::Key>, oneshot::Sender<Result<Values<F>, StorageError>>);

/// A lane for reads, single-flight: calls that come while one read is under way share the next. What each gets was read
/// after it came.
pub(crate) struct Reader<F: Fetch> {
    lane: Lane<QueuedRead<F>>,
}

impl<F: Fetch> Reader<F> {
    pub(crate) fn start(
        tasks: &TaskTracker,
        closing: &CancellationToken,
        metrics: LaneMetrics,
        fetch: F,
    ) -> Self {
        let fetch = Arc::new(fetch);
        Self {
            lane: Lane::start_at(
                Pace::Resting,
                tasks,
                closing,
                permit(),
                metrics,
                move |reads: Vec<QueuedRead<F>>| {
                    let fetch = fetch.clone();
                    async move { answer(&*fetch, reads).await }
                },
            ),
        }
    }

    /// The longest wait for a value, in the queue and in the read together.
    const WAIT: Duration = Duration::from_secs(6);

    /// Reads the value of a key, as it is after this call.
    pub(crate) async fn get(&self, key: F::Key) -> Result<Option<F::Value>, StorageError> {
        Ok(self.read(vec![key]).await?.pop().flatten())
    }

    /// Reads the values of keys, as they are after this call. A key without a value is left out.
    pub(crate) async fn get_all(&self, keys: Vec<F::Key>) -> Result<HashMap<F::Key, F::Value>, StorageError> {
        let values = self.read(keys.clone()).await?;
        Ok(zip(keys, values).filter_map(|(key, value)| Some((key, value?))).collect())
    }

    async fn read(&self, keys: Vec<F::Key>) -> Result<Values<F>, StorageError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let (reply, values) = oneshot::channel();
        self.lane.push((keys, reply))?;
        match timeout(Self::WAIT, values).await {
            Ok(Ok(values)) => values,
            Ok(Err(_)) => Err(StorageError::Unavailable("the reader ended".into())),
            Err(_) => Err(StorageError::Unavailable("nothing was read in time".into())),
        }
    }

    /// Tells whether it runs.
    pub(crate) fn is_running(&self) -> bool {
        self.lane.is_running()
    }

    /// The number of calls whose read has not begun.
    pub(crate) fn depth(&self) -> usize {
        self.lane.depth()
    }
}

async fn answer<F: Fetch>(fetch: &F, reads: Vec<QueuedRead<F>>) {
    let mut keys: Vec<F::Key> = Vec::with_capacity(reads.len());
    let mut known = HashSet::with_capacity(reads.len());
    keys.extend(reads.iter().flat_map(|(keys, _)| keys).copied().filter(|key| known.insert(*key)));
    match fetch.fetch(keys).await {
        Ok(found) => {
            for (keys, reply) in reads {
                let values = keys.iter().map(|key| found.get(key).cloned()).collect();
                drop(reply.send(Ok(values)));
            }
        }
        Err(error) => {
            for (_, reply) in reads {
                drop(reply.send(Err(error.clone())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures::future::join_all;
    use tokio::time::Instant;

    use super::*;

    struct Silence;

    #[async_trait]
    impl Fetch for Silence {
        type Key = u8;
        type Value = u8;

        async fn fetch(&self, _: Vec<u8>) -> Result<HashMap<u8, u8>, StorageError> {
            pending().await
        }
    }

    /// Knows the doubles of what is below ten, and asks for no key twice.
    struct Doubles;

    #[async_trait]
    impl Fetch for Doubles {
        type Key = u8;
        type Value = u8;

        async fn fetch(&self, keys: Vec<u8>) -> Result<HashMap<u8, u8>, StorageError> {
            assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
            Ok(keys.into_iter().filter(|key| *key < 10).map(|key| (key, key * 2)).collect())
        }
    }

    #[tokio::test]
    async fn one_call_takes_one_place_however_many_keys_it_has() {
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let reader = Reader::start(&tasks, &closing, LaneMetrics::of(LaneMetrics::TOKENS), Doubles);
        let calls = (0..1_000).map(|_| reader.get_all((0..100).collect()));
        for read in join_all(calls).await {
            assert_eq!(read.unwrap(), (0..10).map(|key| (key, key * 2)).collect());
        }
        assert_eq!((reader.get(7).await, reader.get(70).await), (Ok(Some(14)), Ok(None)));
        assert_eq!(reader.get_all(Vec::new()).await, Ok(HashMap::new()));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever_for_a_value() {
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let reader = Reader::start(&tasks, &closing, LaneMetrics::of(LaneMetrics::TOKENS), Silence);
        let begin = Instant::now();
        let value = reader.get(1).await;
        assert!(matches!(value, Err(StorageError::Unavailable(_))), "{value:?}");
        assert_eq!(begin.elapsed(), Reader::<Silence>::WAIT);
    }
}
