use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use moka::sync::Cache;
use seatline_domain::storage::StorageError;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::changes::Changes;
use crate::lane::{Fetch, Reader};
use crate::metrics::LaneMetrics;

/// A read whose values change.
pub(crate) trait Volatile: Fetch {
    /// How often this instance has changed what the value of a key tells.
    fn changes(key: &Self::Key, changes: &Changes) -> u64;

    /// The share of the memory that a value takes, of [`Recent::WEIGHT_MAX`].
    fn weight(value: &Self::Value) -> u32;
}

/// Values that are told for a second after they were read, to however many ask, unless this instance has changed what they
/// tell: nobody is told what was before a change of their own.
///
/// Reading anew takes turns with resting as long as it took. So it takes half the time of one connection at most, however
/// much is asked for and changed.
pub(crate) struct Recent<F: Volatile> {
    remembered: Arc<Remembered<F>>,
    reader: Reader<Anew<F>>,
}

/// What was read lately.
struct Remembered<F: Volatile> {
    values: Cache<F::Key, Known<F>>,
    changes: Arc<Changes>,
}

struct Known<F: Volatile> {
    value: F::Value,
    /// The instant at which the read began.
    read_at: Instant,
    /// The changes of which the read was sure to know.
    changes: u64,
}

impl<F: Volatile> Clone for Known<F> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), ..*self }
    }
}

impl<F: Volatile> Recent<F> {
    /// How old a value is told.
    pub(crate) const AGE_MAX: Duration = Duration::from_secs(1);
    /// The weight of all values that are remembered.
    const WEIGHT_MAX: u64 = 100_000;

    /// Remembers what `fetch` reads.
    pub(crate) fn start(
        tasks: &TaskTracker,
        closing: &CancellationToken,
        metrics: LaneMetrics,
        changes: Arc<Changes>,
        fetch: F,
    ) -> Self {
        let values = Cache::builder()
            .max_capacity(Self::WEIGHT_MAX)
            .weigher(|_, known: &Known<F>| F::weight(&known.value))
            .time_to_live(Self::AGE_MAX)
            .build();
        let remembered = Arc::new(Remembered { values, changes });
        let anew = Anew { fetch, remembered: remembered.clone(), rested: Mutex::new(Instant::now()) };
        Self { remembered, reader: Reader::start(tasks, closing, metrics, anew) }
    }

    /// The value of a key, as it was a second ago or later, and after what this instance has changed.
    pub(crate) async fn get(&self, key: F::Key) -> Result<Option<F::Value>, StorageError> {
        match self.remembered.get(&key) {
            Some(value) => Ok(Some(value)),
            None => self.reader.get(key).await,
        }
    }

    /// The values of keys. A key without a value is left out.
    pub(crate) async fn get_all(
        &self,
        keys: impl IntoIterator<Item = F::Key>,
    ) -> Result<HashMap<F::Key, F::Value>, StorageError> {
        let known = keys.into_iter().map(|key| (key, self.remembered.get(&key)));
        let (known, unknown): (Vec<_>, Vec<_>) = known.partition(|(_, value)| value.is_some());
        let mut values = self.reader.get_all(unknown.into_iter().map(|(key, _)| key).collect()).await?;
        values.extend(known.into_iter().filter_map(|(key, value)| Some((key, value?))));
        Ok(values)
    }

    /// Tells whether it runs.
    pub(crate) fn is_running(&self) -> bool {
        self.reader.is_running()
    }

    /// The number of calls whose read has not begun.
    pub(crate) fn depth(&self) -> usize {
        self.reader.depth()
    }
}

impl<F: Volatile> Remembered<F> {
    fn get(&self, key: &F::Key) -> Option<F::Value> {
        let known = self.values.get(key)?;
        let is_current =
            known.read_at.elapsed() < Recent::<F>::AGE_MAX && known.changes == F::changes(key, &self.changes);
        is_current.then_some(known.value)
    }
}

/// Reads what is not remembered.
struct Anew<F: Volatile> {
    fetch: F,
    remembered: Arc<Remembered<F>>,
    /// The instant from which the next read may begin.
    rested: Mutex<Instant>,
}

#[async_trait]
impl<F: Volatile> Fetch for Anew<F> {
    type Key = F::Key;
    type Value = F::Value;

    async fn fetch(&self, keys: Vec<F::Key>) -> Result<HashMap<F::Key, F::Value>, StorageError> {
        let mut values = HashMap::with_capacity(keys.len());
        // Some were read while these waited.
        let (known, unknown): (Vec<_>, Vec<_>) = keys
            .into_iter()
            .map(|key| (key, self.remembered.get(&key)))
            .partition(|(_, value)| value.is_some());
        values.extend(known.into_iter().filter_map(|(key, value)| Some((key, value?))));
        if !unknown.is_empty() {
            values.extend(self.read(unknown.into_iter().map(|(key, _)| key).collect()).await?);
        }
        Ok(values)
    }
}

impl<F: Volatile> Anew<F> {
    async fn read(&self, keys: Vec<F::Key>) -> Result<HashMap<F::Key, F::Value>, StorageError> {
        let rested = *self.rested.lock().unwrap_or_else(PoisonError::into_inner);
        sleep_until(rested).await;
        let changes = &self.remembered.changes;
        let before: HashMap<_, _> = keys.iter().map(|key| (*key, F::changes(key, changes))).collect();
        let read_at = Instant::now();
        let read = self.fetch.fetch(keys).await;
        *self.rested.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + read_at.elapsed();
        let read = read?;
        for (key, value) in &read {
            let changes = before.get(key).copied().unwrap_or_default();
            self.remembered.values.insert(*key, Known { value: value.clone(), read_at, changes });
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use futures::future::join_all;
    use seatline_domain::id::ConcertId;
    use tokio::time::{advance, sleep};
    use uuid::Uuid;

    use super::*;

    /// Counts how often it was read; a read takes so long.
    struct Counted {
        reads: Arc<AtomicU64>,
        takes: Duration,
    }

    #[async_trait]
    impl Fetch for Counted {
        type Key = ConcertId;
        type Value = u64;

        async fn fetch(&self, keys: Vec<ConcertId>) -> Result<HashMap<ConcertId, u64>, StorageError> {
            let read = self.reads.fetch_add(1, Ordering::SeqCst) + 1;
            sleep(self.takes).await;
            Ok(keys.into_iter().filter(|key| *key != nowhere()).map(|key| (key, read)).collect())
        }
    }

    impl Volatile for Counted {
        fn changes(_: &ConcertId, changes: &Changes) -> u64 {
            changes.of_programme()
        }

        fn weight(_: &u64) -> u32 {
            1
        }
    }

    fn nowhere() -> ConcertId {
        ConcertId::new(Uuid::nil())
    }

    fn key(n: u128) -> ConcertId {
        ConcertId::new(Uuid::from_u128(n))
    }

    struct Fixture {
        recent: Recent<Counted>,
        changes: Arc<Changes>,
        reads: Arc<AtomicU64>,
    }

    fn recent(takes: Duration) -> Fixture {
        let (changes, reads) = (Arc::new(Changes::default()), Arc::new(AtomicU64::new(0)));
        let counted = Counted { reads: reads.clone(), takes };
        let metrics = LaneMetrics::of(LaneMetrics::FIGURES);
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let recent = Recent::start(&tasks, &closing, metrics, changes.clone(), counted);
        Fixture { recent, changes, reads }
    }

    impl Fixture {
        async fn get(&self, n: u128) -> Option<u64> {
            self.recent.get(key(n)).await.unwrap()
        }

        fn reads(&self) -> u64 {
            self.reads.load(Ordering::SeqCst)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_value_is_told_for_a_second_and_not_longer() {
        let fixture = recent(Duration::ZERO);
        assert_eq!([fixture.get(1).await, fixture.get(1).await], [Some(1), Some(1)]);
        advance(Duration::from_millis(999)).await;
        assert_eq!(fixture.get(1).await, Some(1));
        advance(Duration::from_millis(1)).await;
        assert_eq!([fixture.get(1).await, fixture.get(1).await], [Some(2), Some(2)]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_there_is_not_remembered() {
        let fixture = recent(Duration::ZERO);
        assert_eq!([fixture.get(0).await, fixture.get(0).await], [None, None]);
        assert_eq!(fixture.reads(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_ask_one_read_serves_them() {
        let fixture = recent(Duration::from_millis(300));
        let asked = join_all((0..1_000).map(|_| fixture.get(1))).await;
        assert!(asked.iter().all(|value| *value == Some(1)), "{asked:?}");
        let later = async {
            sleep(Duration::from_millis(1_100)).await;
            join_all((0..1_000).map(|_| fixture.get(1))).await
        };
        let during = async {
            sleep(Duration::from_millis(1_200)).await;
            fixture.get(1).await
        };
        let (later, during) = tokio::join!(later, during);
        assert!(later.iter().all(|value| *value == Some(2)), "{later:?}");
        assert_eq!((during, fixture.reads()), (Some(2), 2), "who comes during a read shares it");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_told_what_was_before_a_change_of_their_own() {
        let fixture = recent(Duration::from_millis(10));
        assert_eq!(fixture.get(1).await, Some(1));
        fixture.changes.changed_programme();
        assert_eq!(fixture.get(1).await, Some(2));
        // Also when the read had begun before the change.
        fixture.changes.changed_programme();
        let change = async {
            sleep(Duration::from_millis(15)).await;
            assert_eq!(fixture.reads(), 3);
            fixture.changes.changed_programme();
            fixture.get(1).await
        };
        assert_eq!(tokio::join!(fixture.get(1), change), (Some(3), Some(4)));
    }

    #[tokio::test(start_paused = true)]
    async fn however_much_is_changed_and_asked_half_the_time_is_spent_reading_at_most() {
        let fixture = recent(Duration::from_millis(100));
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(20) {
            fixture.changes.changed_programme();
            let n = begin.elapsed().as_millis();
            tokio::join!(fixture.get(1), fixture.get(2), fixture.get(n + 3));
        }
        assert!((99..=101).contains(&fixture.reads()), "{}", fixture.reads());
    }

    #[tokio::test(start_paused = true)]
    async fn many_values_are_read_together_and_only_those_that_are_not_known() {
        let fixture = recent(Duration::ZERO);
        fixture.get(1).await;
        let all = fixture.recent.get_all([1, 2, 3, 0].map(key)).await.unwrap();
        assert_eq!(all, HashMap::from([(key(1), 1), (key(2), 2), (key(3), 2)]));
    }
}
