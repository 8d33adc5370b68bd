use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use seatline_domain::storage::StorageError;
use seatline_domain::webhook::{EventBacklog, policy};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::delivery_ports::{DeliveryPorts, Failures};
use super::delivery_run::DeliveryRun;

/// Publishes events, and delivers them to webhooks.
///
/// Any instance publishes, one at a time. A webhook is delivered to by the instance that holds its lease, in a task of its
/// own: one that is slow is in nobody's way. A lease is kept for a few seconds at the most and then taken anew, so that
/// instances share the work, and changes of a webhook are known.
pub struct DeliverEvents {
    ports: DeliveryPorts,
    runs: Mutex<JoinSet<()>>,
    failures: Arc<Failures>,
    stopping: watch::Sender<bool>,
    backlog: Mutex<EventBacklog>,
}

impl DeliverEvents {
    /// The most events that one step publishes.
    const PUBLISH_STEP: u16 = 500;
    /// The most webhooks that are delivered to by one instance at a time: all of them, so that slow ones are in nobody's way.
    const RUNS_MAX: usize = policy::WEBHOOKS_MAX;
    /// How long what has begun may take once nothing more is begun.
    const STOP_WITHIN: Duration = Duration::from_secs(3);

    /// Delivers over these ports.
    pub fn new(ports: DeliveryPorts) -> Self {
        Self {
            ports,
            runs: Mutex::default(),
            failures: Arc::default(),
            stopping: watch::Sender::new(false),
            backlog: Mutex::default(),
        }
    }

    /// Publishes what was told; says how many events were looked at.
    ///
    /// # Errors
    /// Storage's.
    pub async fn publish(&self) -> Result<usize, StorageError> {
        let mut published = 0;
        loop {
            let step = self.ports.feed.publish(Self::PUBLISH_STEP).await?;
            published += step;
            if step < Self::PUBLISH_STEP.into() || *self.stopping.borrow() {
                return Ok(published);
            }
        }
    }

    /// Begins to deliver to webhooks that have something due and that nobody delivers to; says to how many.
    ///
    /// # Errors
    /// Storage's.
    pub async fn begin(&self) -> Result<usize, StorageError> {
        let free = Self::RUNS_MAX.saturating_sub(self.running());
        let limit = u16::try_from(free).unwrap_or(u16::MAX);
        if limit == 0 || *self.stopping.borrow() {
            return Ok(0);
        }
        let asked_at = Instant::now();
        let leases = self.ports.deliveries.lease(self.ports.ids.next(), limit).await?;
        let begun = leases.len();
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        for lease in leases {
            let (ports, failures) = (self.ports.clone(), self.failures.clone());
            runs.spawn(DeliveryRun::new(ports, failures, lease, asked_at, self.stopping.subscribe()).run());
        }
        Ok(begun)
    }

    /// Counts what waits, now and then.
    ///
    /// # Errors
    /// Storage's.
    pub async fn count(&self) -> Result<usize, StorageError> {
        let backlog = self.ports.feed.backlog().await?;
        *self.backlog.lock().unwrap_or_else(PoisonError::into_inner) = backlog;
        Ok(0)
    }

    /// What waited when it was last counted.
    pub fn backlog(&self) -> EventBacklog {
        *self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> usize {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        while runs.try_join_next().is_some() {}
        runs.len()
    }

    /// Begins nothing more, and waits for what has begun, for a moment. What is not done by then is taken over by another
    /// instance.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        let mut runs = std::mem::take(&mut *self.runs.lock().unwrap_or_else(PoisonError::into_inner));
        let ended = async { while runs.join_next().await.is_some() {} };
        drop(timeout(Self::STOP_WITHIN, ended).await);
    }
}
