use std::collections::HashSet;
use std::hash::Hash;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::time::{Instant, timeout_at};

/// Work that is done in rounds, at most one piece for each key at a time. A round does not wait for what takes long: that
/// goes on, and a later round learns what came of it.
pub(crate) struct Rounds<K, T> {
    keys: HashSet<K>,
    under_way: FuturesUnordered<BoxFuture<'static, (K, T)>>,
}

impl<K, T> Default for Rounds<K, T> {
    fn default() -> Self {
        Self { keys: HashSet::new(), under_way: FuturesUnordered::new() }
    }
}

impl<K: Copy + Eq + Hash + Send + 'static, T: Send + 'static> Rounds<K, T> {
    /// How long a round waits for what it began.
    const PATIENCE: Duration = Duration::from_millis(100);

    /// The end of a round that has begun everything.
    pub(crate) fn deadline() -> Instant {
        Instant::now() + Self::PATIENCE
    }

    /// Begins a piece of work, unless that of the same key is under way.
    pub(crate) fn begin(&mut self, key: K, work: impl Future<Output = T> + Send + 'static) {
        if self.keys.insert(key) {
            self.under_way.push(Box::pin(async move { (key, work.await) }));
        }
    }

    /// Whether the work of a key is under way.
    pub(crate) fn is_under_way(&self, key: K) -> bool {
        self.keys.contains(&key)
    }

    /// How many pieces are under way.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The next outcome; `None` when nothing is under way, or not until then.
    pub(crate) async fn next_until(&mut self, deadline: Instant) -> Option<(K, T)> {
        let (key, outcome) = timeout_at(deadline, self.under_way.next()).await.ok()??;
        self.keys.remove(&key);
        Some((key, outcome))
    }

    /// The outcomes of all that ends within a round.
    pub(crate) async fn finish(&mut self) -> Vec<T> {
        let (mut outcomes, deadline) = (Vec::new(), Self::deadline());
        while let Some((_, outcome)) = self.next_until(deadline).await {
            outcomes.push(outcome);
        }
        outcomes
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_is_not_waited_for_nor_begun_twice_and_a_later_round_learns_of_it() {
        let (mut rounds, end) = (Rounds::default(), Arc::new(Notify::new()));
        for round in 0..3 {
            let ended = end.clone();
            rounds.begin('a', async move {
                ended.notified().await;
                round
            });
            rounds.begin('b', async move { 10 + round });
            assert_eq!(rounds.finish().await, [10 + round], "every other is done in each round");
            assert!(rounds.is_under_way('a') && !rounds.is_under_way('b'));
        }
        end.notify_one();
        assert_eq!(rounds.finish().await, [0]);
        assert_eq!(rounds.len(), 0);
        rounds.begin('a', async { 7 });
        assert_eq!(rounds.finish().await, [7], "it can be begun again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_ends_as_soon_as_all_is_done() {
        let (mut rounds, begin) = (Rounds::default(), Instant::now());
        assert_eq!(rounds.finish().await, [0; 0]);
        rounds.begin('a', async { 1 });
        rounds.begin('b', async { 2 });
        assert_eq!(rounds.finish().await.len(), 2);
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }
}
