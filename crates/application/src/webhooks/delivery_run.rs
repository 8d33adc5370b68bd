use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use seatline_domain::commands::GiveUpWebhookCommand;
use seatline_domain::event::EventPosition;
use seatline_domain::id::AuditEntryId;
use seatline_domain::webhook::{DeliveryLease, DueDelivery, SettledDelivery};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::delivery_ports::{DeliveryPorts, Failures};

/// The deliveries to one webhook under one lease.
pub(super) struct DeliveryRun {
    ports: DeliveryPorts,
    failures: Arc<Failures>,
    lease: Arc<DeliveryLease>,
    /// The instant at which the lease was asked for.
    asked_at: Instant,
    /// The instant from which the lease may be somebody else's.
    held_until: Instant,
    /// The instant from which nothing more is begun.
    ends_at: Instant,
    stopping: watch::Receiver<bool>,
    calls: JoinSet<SettledDelivery>,
    under_way: HashSet<EventPosition>,
    /// What is settled and not recorded.
    settled: Vec<SettledDelivery>,
    /// Whether there may be more that is due.
    may_have_more: bool,
    next_probe: Instant,
    /// The most deliveries at a time, for now.
    window: usize,
}

impl DeliveryRun {
    /// How long a lease lasts after a call that prolongs it, and a little less: the database's clock and this one need not
    /// go alike.
    const LEASE: Duration = Duration::from_secs(4);
    /// How often a lease is prolonged at least: when no more than the rest of it is left.
    const PROLONG_EVERY: Duration = Duration::from_secs(1);
    const PROLONG_WITHIN: Duration = Duration::from_secs(3);
    /// How long a run begins deliveries.
    const LENGTH: Duration = Duration::from_secs(5);
    /// The deliveries to one webhook at a time: few at first, one more for each that succeeds, half as many for each that
    /// fails, and never more than so many.
    const WINDOW_FIRST: usize = 8;
    const WINDOW_MAX: usize = 64;
    /// After so many failures in a row a webhook is tried by one delivery a [while](Self::PROBE_EVERY), until one succeeds:
    /// who is down is not called for everything that waits.
    const FAILURES_MAX: u32 = 10;
    const PROBE_EVERY: Duration = Duration::from_secs(1);

    pub(super) fn new(
        ports: DeliveryPorts,
        failures: Arc<Failures>,
        lease: DeliveryLease,
        asked_at: Instant,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            ports,
            failures,
            lease: Arc::new(lease),
            asked_at,
            held_until: asked_at + Self::LEASE,
            ends_at: asked_at + Self::LENGTH,
            stopping,
            calls: JoinSet::new(),
            under_way: HashSet::new(),
            settled: Vec::new(),
            may_have_more: true,
            next_probe: asked_at,
            window: Self::WINDOW_FIRST,
        }
    }

    /// Delivers until nothing is due, or its time is up. What it has not recorded when the lease is lost is delivered again.
    pub(super) async fn run(mut self) {
        while Instant::now() < self.held_until {
            self.record().await;
            self.begin().await;
            if self.calls.is_empty() && self.settled.is_empty() && !self.goes_on() {
                let released = self.ports.deliveries.release(&self.lease).await;
                if let Err(error) = released {
                    tracing::debug!(%error, "a lease lapses");
                }
                return;
            }
            self.wait().await;
        }
        tracing::debug!(webhook = %self.lease.webhook_id, "a lease was lost");
    }

    /// Whether more is begun.
    fn goes_on(&self) -> bool {
        self.may_have_more && Instant::now() < self.ends_at && !*self.stopping.borrow()
    }

    fn is_down(&self) -> bool {
        self.failures.of(self.lease.webhook_id) >= Self::FAILURES_MAX
    }

    /// How many deliveries may be begun now.
    fn room(&self) -> usize {
        let free = self.window.saturating_sub(self.under_way.len());
        if !self.goes_on() {
            0
        } else if self.is_down() {
            usize::from(self.under_way.is_empty() && Instant::now() >= self.next_probe)
        } else if 2 * free >= self.window {
            free
        } else {
            // It is asked for some at a time.
            0
        }
    }

    /// Begins what is due, and prolongs the lease.
    async fn begin(&mut self) {
        let room = self.room();
        let must_prolong = Instant::now() + Self::PROLONG_WITHIN >= self.held_until;
        if room == 0 && !must_prolong {
            return;
        }
        let under_way: Vec<_> = self.under_way.iter().copied().collect();
        let asked_at = Instant::now();
        let limit = u16::try_from(room).unwrap_or(u16::MAX);
        match self.ports.deliveries.due(&self.lease, &under_way, limit).await {
            Ok(Some(due)) => {
                self.held_until = asked_at + Self::LEASE;
                if room > 0 {
                    self.may_have_more = due.len() >= room;
                    self.next_probe = asked_at + Self::PROBE_EVERY;
                }
                for due in due {
                    self.call(due);
                }
            }
            Ok(None) => self.may_have_more = false,
            Err(error) => {
                tracing::debug!(%error, "what is due is not known");
                sleep(Self::PROLONG_EVERY / 4).await;
            }
        }
    }

    fn call(&mut self, due: DueDelivery) {
        self.under_way.insert(due.event.position);
        let (calls, lease) = (self.ports.calls.clone(), self.lease.clone());
        // The database's time: receivers refuse what was sent too long ago, or will be.
        let sent_at = lease.taken_at + self.asked_at.elapsed();
        self.calls.spawn(async move {
            let outcome = calls.deliver(&lease.url, &lease.secrets, &due.event, sent_at).await;
            due.settled(outcome)
        });
    }

    /// Waits for a delivery to end, and takes with it what else has ended; or until the lease must be prolonged.
    async fn wait(&mut self) {
        tokio::select! {
            Some(ended) = self.calls.join_next() => self.settle(ended.ok()),
            () = sleep_until(self.next_probe.max(Instant::now())), if self.calls.is_empty() => {}
            () = sleep(Self::PROLONG_EVERY) => {}
            Ok(()) = self.stopping.changed() => {}
        }
        while let Some(ended) = self.calls.try_join_next() {
            self.settle(ended.ok());
        }
    }

    fn settle(&mut self, ended: Option<SettledDelivery>) {
        let Some(settled) = ended else { return };
        let delivered = settled.outcome.is_delivered();
        self.failures.note(self.lease.webhook_id, delivered);
        self.window =
            if delivered { (self.window + 1).min(Self::WINDOW_MAX) } else { (self.window / 2).max(1) };
        self.settled.push(settled);
    }

    /// Records what is settled.
    async fn record(&mut self) {
        if self.settled.is_empty() {
            return;
        }
        let asked_at = Instant::now();
        match self.ports.deliveries.record(&self.lease, self.settled.clone()).await {
            Ok(recorded) => {
                for settled in self.settled.drain(..) {
                    self.under_way.remove(&settled.position);
                }
                // What waited for these may be due now.
                self.may_have_more = true;
                match recorded {
                    Some(recorded) => {
                        self.held_until = asked_at + Self::LEASE;
                        if recorded.is_given_up() {
                            self.give_up().await;
                        }
                    }
                    None => self.held_until = asked_at,
                }
            }
            Err(error) => {
                tracing::debug!(%error, "attempts are not recorded");
                sleep(Self::PROLONG_EVERY / 4).await;
            }
        }
    }

    async fn give_up(&self) {
        let (id, entry_id) = (self.lease.webhook_id, AuditEntryId::new(self.ports.ids.next()));
        match self.ports.webhooks.give_up(GiveUpWebhookCommand { id, entry_id }).await {
            Ok(true) => tracing::warn!(webhook = %id, "has failed for days, and is disabled"),
            Ok(false) => {}
            Err(error) => tracing::warn!(webhook = %id, %error, "has failed for days, and is not disabled"),
        }
    }
}
