use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_trait::async_trait;
use seatline_domain::storage::StorageError;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Lane, permit};
use crate::metrics::LaneMetrics;

/// Reads many things in one go.
#[async_trait]
pub(crate) trait Fetch: Send + Sync + 'static {
    /// By what a thing is asked for.
    type Key: Copy + Eq + Hash + Send + Sync + 'static;
    /// The thing.
    type Value: Clone + Send + Sync + 'static;

    /// The things with these keys, none twice. What is not there is left out.
    async fn fetch(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, StorageError>;
}

type PendingRequest<F> =
    (<F as Fetch>::Key, oneshot::Sender<Result<Option<<F as Fetch>::Value>, StorageError>>);

/// A lane for reads: those who ask while one read is under way share the next. What they get was read after they asked.
pub(crate) struct Reader<F: Fetch> {
    lane: Lane<PendingRequest<F>>,
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
            lane: Lane::start(tasks, closing, permit(), metrics, move |asked: Vec<PendingRequest<F>>| {
                let fetch = fetch.clone();
                async move { answer(&*fetch, asked).await }
            }),
        }
    }

    /// The thing with this key, as it is after this call.
    pub(crate) async fn get(&self, key: F::Key) -> Result<Option<F::Value>, StorageError> {
        let (reply, value) = oneshot::channel();
        self.lane.push((key, reply))?;
        value.await.unwrap_or_else(|_| Err(StorageError::Unavailable("the reader ended".into())))
    }

    /// How many people have asked and are not yet being served.
    pub(crate) fn depth(&self) -> usize {
        self.lane.depth()
    }
}

async fn answer<F: Fetch>(fetch: &F, asked: Vec<PendingRequest<F>>) {
    let mut keys: Vec<F::Key> = Vec::with_capacity(asked.len());
    let mut known = std::collections::HashSet::with_capacity(asked.len());
    keys.extend(asked.iter().map(|(key, _)| *key).filter(|key| known.insert(*key)));
    match fetch.fetch(keys).await {
        Ok(found) => {
            for (key, reply) in asked {
                drop(reply.send(Ok(found.get(&key).cloned())));
            }
        }
        Err(error) => {
            for (_, reply) in asked {
                drop(reply.send(Err(error.clone())));
            }
        }
    }
}
