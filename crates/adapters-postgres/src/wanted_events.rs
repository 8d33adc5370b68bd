use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use seatline_domain::event::EventKinds;
use seatline_domain::storage::StorageError;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::failure::Failure;
use crate::pool::{Lease, Pool};
use crate::tables::webhooks::{FindWantedKinds, kinds};

/// The kinds of events that somebody wants, as this instance knows them.
///
/// They are read again and again, so that a batch that nobody hears of costs no statement more. What is older than
/// [`Self::AGE_MAX`] is not believed: then the batch reads it itself. So a kind that a webhook wanted for that long is told
/// for sure, whatever goes wrong.
#[derive(Default)]
pub(crate) struct WantedEvents {
    all: AtomicBool,
    /// What was read, and when the read began. `None` where nothing is ever read: then nothing is wanted.
    known: RwLock<Option<Known>>,
}

#[derive(Clone, Copy)]
struct Known {
    kinds: EventKinds,
    read_at: Option<Instant>,
}

impl WantedEvents {
    /// How old is believed what was read.
    pub(crate) const AGE_MAX: Duration = Duration::from_secs(1);
    const READ_EVERY: Duration = Duration::from_millis(400);

    /// Begins to read.
    pub(crate) fn start(tasks: &TaskTracker, closing: &CancellationToken, pool: Pool) -> Arc<Self> {
        let nothing = Known { kinds: EventKinds::NONE, read_at: None };
        let wanted = Arc::new(Self { all: AtomicBool::new(false), known: RwLock::new(Some(nothing)) });
        let (reader, closing) = (wanted.clone(), closing.clone());
        tasks.spawn(async move {
            let mut ticks = interval(Self::READ_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = closing.cancelled() => return,
                    _ = ticks.tick() => {}
                }
                let read = async { reader.read(&pool.lease().await?).await };
                if let Err(error) = read.await.map_err(StorageError::from) {
                    tracing::debug!(%error, "which events are wanted is not known");
                }
            }
        });
        wanted
    }

    /// Reads them now.
    pub(crate) async fn read(&self, lease: &Lease) -> Result<EventKinds, Failure> {
        let read_at = Instant::now();
        let kinds = kinds(&lease.load(FindWantedKinds {}).await?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let is_newer = known.and_then(|known| known.read_at).is_none_or(|before| before < read_at);
        if is_newer {
            *known = Some(Known { kinds, read_at: Some(read_at) });
        }
        Ok(if self.wants_all() { EventKinds::ALL } else { kinds })
    }

    /// Wants all of them from now on.
    pub(crate) fn want_all(&self) {
        self.all.store(true, Ordering::Relaxed);
    }

    /// Whether all are wanted, by whomever.
    pub(crate) fn wants_all(&self) -> bool {
        self.all.load(Ordering::Relaxed)
    }

    /// The kinds to tell at this moment; `None` when they must be read first.
    pub(crate) fn now(&self) -> Option<EventKinds> {
        if self.wants_all() {
            return Some(EventKinds::ALL);
        }
        let known = *self.known.read().unwrap_or_else(PoisonError::into_inner);
        match known {
            None => Some(EventKinds::NONE),
            Some(Known { kinds, read_at: Some(read_at) }) if read_at.elapsed() < Self::AGE_MAX => Some(kinds),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_old_is_not_believed() {
        let wanted = WantedEvents::default();
        assert_eq!(wanted.now(), Some(EventKinds::NONE));
        let known = Known { kinds: EventKinds::NONE, read_at: Some(Instant::now()) };
        *wanted.known.write().unwrap() = Some(known);
        let moment = Duration::from_millis(1);
        advance(WantedEvents::AGE_MAX.saturating_sub(moment)).await;
        assert_eq!(wanted.now(), Some(EventKinds::NONE));
        advance(moment).await;
        assert_eq!(wanted.now(), None);
    }

    #[test]
    fn all_may_be_wanted() {
        let wanted = WantedEvents::default();
        wanted.want_all();
        assert_eq!(wanted.now(), Some(EventKinds::ALL));
    }
}
