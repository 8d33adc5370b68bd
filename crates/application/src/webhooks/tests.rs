use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use seatline_domain::Timestamp;
use seatline_domain::commands::{ReplayDeliveryCommand, WebhookError};
use seatline_domain::event::{EventKind, EventPosition, PublishedEvent};
use seatline_domain::id::{EventId, WebhookId};
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::{Deliveries, MockEventFeed, MockIds, MockWebhooks, WebhookCalls};
use seatline_domain::storage::StorageError;
use seatline_domain::webhook::{
    AttemptFailure, AttemptOutcome, Delivery, DeliveryLease, DeliveryState, DueDelivery, RecordedAttempts,
    SettledDelivery, WebhookSecret, WebhookUrl, WebhookUrlError,
};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{DeliverEvents, DeliveryPorts};

/// The deliveries of one webhook.
#[derive(Default)]
struct Store {
    pending: Mutex<HashMap<EventPosition, (DueDelivery, Instant)>>,
    settled: Mutex<Vec<SettledDelivery>>,
    holder: Mutex<Option<Uuid>>,
    fails: AtomicBool,
}

impl Store {
    fn with(deliveries: i64) -> Arc<Self> {
        let due = (1..=deliveries).map(|position| {
            let event = PublishedEvent {
                position: EventPosition::new(position),
                id: EventId::new(Uuid::nil()),
                kind: EventKind::ChargeCompleted,
                at: Timestamp::default(),
                data: "{}".into(),
            };
            (event.position, (DueDelivery { event, failed_attempts: 0 }, Instant::now()))
        });
        Arc::new(Self { pending: Mutex::new(due.collect()), ..Self::default() })
    }

    fn due_now(&self, without: &[EventPosition], limit: u16) -> Vec<DueDelivery> {
        let pending = self.pending.lock().unwrap();
        let due = pending
            .values()
            .filter(|(due, at)| *at <= Instant::now() && !without.contains(&due.event.position));
        let mut due: Vec<_> = due.map(|(due, _)| due.clone()).collect();
        due.sort_by_key(|due| due.event.position);
        due.truncate(limit.into());
        due
    }

    fn delivered(&self) -> usize {
        let settled = self.settled.lock().unwrap();
        let delivered: HashSet<_> = settled
            .iter()
            .filter(|one| one.state == DeliveryState::Delivered)
            .map(|one| one.position)
            .collect();
        delivered.len()
    }
}

#[async_trait]
impl Deliveries for Store {
    async fn lease(&self, holder: Uuid, _: u16) -> Result<Vec<DeliveryLease>, StorageError> {
        let mut held = self.holder.lock().unwrap();
        if held.is_some() || self.due_now(&[], 1).is_empty() {
            return Ok(Vec::new());
        }
        *held = Some(holder);
        let url = WebhookUrl::normalised("https://shop.example/".into()).unwrap();
        let secrets = vec![WebhookSecret::new([1; 32])];
        let webhook_id = WebhookId::new(Uuid::nil());
        Ok(vec![DeliveryLease { webhook_id, holder, url, secrets, taken_at: Timestamp::default() }])
    }

    async fn due(
        &self,
        lease: &DeliveryLease,
        under_way: &[EventPosition],
        limit: u16,
    ) -> Result<Option<Vec<DueDelivery>>, StorageError> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(StorageError::Unavailable("down".into()));
        }
        let is_held = *self.holder.lock().unwrap() == Some(lease.holder);
        Ok(is_held.then(|| self.due_now(under_way, limit)))
    }

    async fn record(
        &self,
        lease: &DeliveryLease,
        settled: Vec<SettledDelivery>,
    ) -> Result<Option<RecordedAttempts>, StorageError> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(StorageError::Unavailable("down".into()));
        }
        if *self.holder.lock().unwrap() != Some(lease.holder) {
            return Ok(None);
        }
        let mut pending = self.pending.lock().unwrap();
        for settled in &settled {
            match settled.retry_after {
                Some(after) => {
                    if let Some((due, at)) = pending.get_mut(&settled.position) {
                        due.failed_attempts = settled.failed_attempts;
                        *at = Instant::now() + after;
                    }
                }
                None => drop(pending.remove(&settled.position)),
            }
        }
        self.settled.lock().unwrap().extend(settled);
        Ok(Some(RecordedAttempts { failing_since: None, now: Timestamp::default() }))
    }

    async fn release(&self, lease: &DeliveryLease) -> Result<(), StorageError> {
        self.holder.lock().unwrap().take_if(|holder| *holder == lease.holder);
        Ok(())
    }

    async fn replay(&self, _: ReplayDeliveryCommand) -> Result<Answer<Delivery>, WebhookError> {
        Err(WebhookError::DeliveryNotFound)
    }

    async fn deliveries(
        &self,
        _: WebhookId,
        _: PageRequest<i64>,
    ) -> Result<Page<Delivery, i64>, StorageError> {
        Ok(Page { items: Vec::new(), next: None })
    }
}

/// A receiver that takes so long, and is down or not.
#[derive(Default)]
struct Calls {
    is_down: AtomicBool,
    takes: Duration,
    made: AtomicUsize,
    at_once: AtomicUsize,
    at_once_max: AtomicUsize,
}

#[async_trait]
impl WebhookCalls for Calls {
    fn read_url(&self, _: &str) -> Result<WebhookUrl, WebhookUrlError> {
        Err(WebhookUrlError::Malformed)
    }

    async fn deliver(
        &self,
        _: &WebhookUrl,
        _: &[WebhookSecret],
        _: &PublishedEvent,
        _: Timestamp,
    ) -> AttemptOutcome {
        self.made.fetch_add(1, Ordering::SeqCst);
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.at_once_max.fetch_max(at_once, Ordering::SeqCst);
        sleep(self.takes).await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        let is_down = self.is_down.load(Ordering::SeqCst);
        let answer = if is_down { Err(AttemptFailure::Unreachable) } else { Ok(200) };
        AttemptOutcome { answer, took: self.takes }
    }
}

fn delivering(store: &Arc<Store>, calls: &Arc<Calls>) -> DeliverEvents {
    let mut ids = MockIds::new();
    let next = AtomicU64::new(1);
    ids.expect_next().returning(move || Uuid::from_u128(next.fetch_add(1, Ordering::SeqCst).into()));
    DeliverEvents::new(DeliveryPorts {
        feed: Arc::new(MockEventFeed::new()),
        deliveries: store.clone(),
        webhooks: Arc::new(MockWebhooks::new()),
        calls: calls.clone(),
        ids: Arc::new(ids),
    })
}

/// Lets so much time pass, with an instance that looks for work all the while.
async fn pass(delivering: &DeliverEvents, time: Duration) {
    let until = Instant::now() + time;
    while Instant::now() < until {
        delivering.begin().await.unwrap();
        sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn everything_that_is_due_is_delivered_a_bounded_number_at_a_time() {
    let calls = Arc::new(Calls { takes: Duration::from_millis(10), ..Calls::default() });
    let store = Store::with(3_000);
    pass(&delivering(&store, &calls), Duration::from_secs(3)).await;
    assert_eq!((store.delivered(), calls.made.load(Ordering::SeqCst)), (3_000, 3_000));
    let at_once = calls.at_once_max.load(Ordering::SeqCst);
    assert!((32..=64).contains(&at_once), "{at_once}");
    assert_eq!(*store.holder.lock().unwrap(), None, "the lease is given back");
}

#[tokio::test(start_paused = true)]
async fn who_is_down_is_called_for_little_and_told_everything_once_back() {
    let calls = Arc::new(Calls::default());
    calls.is_down.store(true, Ordering::SeqCst);
    let store = Store::with(1_000);
    let instance = delivering(&store, &calls);
    pass(&instance, Duration::from_mins(1)).await;
    let made = calls.made.load(Ordering::SeqCst);
    assert!((30..=90).contains(&made), "{made}");
    calls.is_down.store(false, Ordering::SeqCst);
    pass(&instance, Duration::from_secs(10)).await;
    assert!(store.delivered() > 900, "{}", store.delivered());
    pass(&instance, Duration::from_mins(6)).await;
    assert_eq!(store.delivered(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_recorded_in_time_is_left_to_others() {
    let calls = Arc::new(Calls { takes: Duration::from_millis(10), ..Calls::default() });
    let store = Store::with(5);
    let instance = delivering(&store, &calls);
    instance.begin().await.unwrap();
    sleep(Duration::from_millis(5)).await;
    store.fails.store(true, Ordering::SeqCst);
    sleep(Duration::from_secs(10)).await;
    assert_eq!((calls.made.load(Ordering::SeqCst), store.settled.lock().unwrap().len()), (5, 0));
    // Somebody else has the lease by now.
    store.fails.store(false, Ordering::SeqCst);
    *store.holder.lock().unwrap() = None;
    pass(&instance, Duration::from_secs(1)).await;
    assert_eq!(store.delivered(), 5);
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_stops_finishes_what_it_has_begun() {
    let calls = Arc::new(Calls { takes: Duration::from_millis(500), ..Calls::default() });
    let store = Store::with(1_000);
    let instance = delivering(&store, &calls);
    instance.begin().await.unwrap();
    sleep(Duration::from_millis(100)).await;
    instance.stop().await;
    let made = calls.made.load(Ordering::SeqCst);
    assert_eq!(store.delivered(), made);
    assert!(made < 100 && store.holder.lock().unwrap().is_none());
    assert_eq!(instance.begin().await, Ok(0));
}
