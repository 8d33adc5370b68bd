use std::future::{Future, ready};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use metrics::{Counter, Unit, counter, describe_counter};
use metrics_exporter_prometheus::PrometheusHandle;
use seatline_application::Seatline;
use seatline_application::accounts::{ForgetDeviceCodes, RemoveIdleAccounts};
use seatline_application::charges::LookUpCharges;
use seatline_application::idempotency::DeleteExpiredKeys;
use seatline_application::queue::RemoveOldPasses;
use seatline_application::seats::WatchSeats;
use seatline_application::webhooks::ForgetEvents;
use seatline_local_postgres::Embedded;
use tokio::sync::Notify;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The rhythm of a worker's steps.
enum Pace {
    /// After a while.
    Every(Interval),
    /// After a step of another worker, so that neither waits for the other.
    After(Arc<Notify>),
    /// After a while; at once, or after a short break, when the last step did all that a step may do, for there may be
    /// more.
    Draining { ticks: Interval, all: usize, rest: Duration },
}

impl Pace {
    fn every(period: Duration) -> Self {
        Self::Every(ticks(period))
    }

    async fn next(&mut self) {
        match self {
            Self::Every(ticks) | Self::Draining { ticks, .. } => drop(ticks.tick().await),
            Self::After(step) => step.notified().await,
        }
    }

    /// Takes notice of how much a step did.
    fn stepped(&mut self, done: usize) {
        if let Self::Draining { ticks, all, rest } = self
            && done >= *all
        {
            ticks.reset_after(*rest);
        }
    }
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// The background workers: admission, streams of positions and of seats, ends of lines, expiry of holds and of idempotency
/// keys, look-up of charges, refunds of cancelled performances, delivery of events, removal of idle accounts and of old passes,
/// and upkeep of the metrics.
pub(crate) struct Workers {
    seatline: Arc<Seatline>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Workers {
    /// How often what is left of the seats is counted, of rooms with people in them: those who wait are told by a count that
    /// is two seconds old at the most.
    const COUNT_SEATS_EVERY: Duration = Duration::from_secs(1);
    /// How often it is made sure that the embedded database is there.
    const SUPERVISE_EVERY: Duration = Duration::from_secs(1);
    /// How often measurements are sorted into their buckets. Until then each takes memory of its own.
    const TIDY_METRICS_EVERY: Duration = Duration::from_secs(1);
    /// How often it is looked which accounts never did anything: all of them, some at a time.
    const FIND_IDLE_EVERY: Duration = Duration::from_hours(24);
    /// How often those are removed that were found.
    const REMOVE_IDLE_EVERY: Duration = Duration::from_mins(1);
    /// How often passes of closed rooms are removed.
    const REMOVE_PASSES_EVERY: Duration = Duration::from_hours(1);
    /// The break between two steps of those that are in no hurry.
    const REST: Duration = Duration::from_millis(100);
    /// How often it is looked whether a performance was cancelled, and somebody is owed points for it.
    const REFUND_EVERY: Duration = Duration::from_secs(1);
    /// The break between two steps of its refunds, which others use.
    const REFUND_REST: Duration = Duration::from_millis(20);
    /// How often it is looked which charges are to be looked up now.
    const LOOK_UP_EVERY: Duration = Duration::from_secs(1);
    /// How often charges are counted whose money is waited for.
    const COUNT_CHARGES_EVERY: Duration = Duration::from_secs(5);
    /// How often it is looked whether events were told, and whether something is to be delivered.
    const DELIVER_EVERY: Duration = Duration::from_millis(200);
    /// How often what waits to be delivered is counted.
    const COUNT_EVENTS_EVERY: Duration = Duration::from_secs(5);
    /// How often old events are removed.
    const FORGET_EVENTS_EVERY: Duration = Duration::from_mins(10);
    /// How often expired device codes are removed.
    const FORGET_CODES_EVERY: Duration = Duration::from_mins(1);
    /// How often expired idempotency keys are deleted.
    const DELETE_KEYS_EVERY: Duration = Duration::from_mins(1);

    /// Starts them.
    pub(crate) fn start(
        seatline: &Arc<Seatline>,
        metrics: PrometheusHandle,
        admit_every: Duration,
        sweep_every: Duration,
    ) -> Self {
        let workers = Self {
            seatline: seatline.clone(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        };
        let (admitting, ticked) = (seatline.clone(), Arc::new(Notify::new()));
        let notify = ticked.clone();
        workers.every(admit_every, "admission", move || {
            let (seatline, notify) = (admitting.clone(), notify.clone());
            async move {
                let admitted = seatline.admit_waiting.execute().await;
                notify.notify_one();
                admitted.map_err(|error| error.to_string())
            }
        });
        let watched = seatline.clone();
        workers.run(Pace::After(ticked), "watch", move || {
            let seatline = watched.clone();
            async move { seatline.watch_queue.tick().await.map_err(|error| error.to_string()) }
        });
        let watched = seatline.clone();
        workers.every(WatchSeats::TICK_EVERY, "live maps", move || {
            let seatline = watched.clone();
            async move { seatline.watch_seats.tick().await.map_err(|error| error.to_string()) }
        });
        let ending = seatline.clone();
        workers.every(Self::COUNT_SEATS_EVERY, "seats left", move || {
            let seatline = ending.clone();
            async move { seatline.end_sold_out_lines.execute().await.map_err(|error| error.to_string()) }
        });
        let expiring = seatline.clone();
        workers.every(sweep_every, "expiry of holds", move || {
            let seatline = expiring.clone();
            async move { seatline.expire_holds.execute().await.map_err(|error| error.to_string()) }
        });
        let deleting = seatline.clone();
        let all = DeleteExpiredKeys::STEP.into();
        let draining = Pace::Draining { ticks: ticks(Self::DELETE_KEYS_EVERY), all, rest: Duration::ZERO };
        workers.run(draining, "deletion of keys", move || {
            let seatline = deleting.clone();
            async move { seatline.delete_expired_keys.execute().await.map_err(|error| error.to_string()) }
        });
        let refunding = seatline.clone();
        let pace = Pace::Draining { ticks: ticks(Self::REFUND_EVERY), all: 1, rest: Self::REFUND_REST };
        workers.run(pace, "refunds of cancelled performances", move || {
            let seatline = refunding.clone();
            async move { seatline.refund_cancelled.execute().await.map_err(|error| error.to_string()) }
        });
        workers.look_up_charges(seatline);
        workers.deliver_events(seatline);
        workers.remove_what_is_over(seatline);
        workers.every(Self::TIDY_METRICS_EVERY, "metrics", move || {
            metrics.run_upkeep();
            ready(Ok(0))
        });
        workers
    }

    /// Looks up charges whose money is waited for, where a provider takes it.
    fn look_up_charges(&self, seatline: &Arc<Seatline>) {
        if seatline.charging.provider().is_none() {
            return;
        }
        let asking = seatline.clone();
        let all = LookUpCharges::STEP.into();
        let pace = Pace::Draining { ticks: ticks(Self::LOOK_UP_EVERY), all, rest: Duration::ZERO };
        self.run(pace, "look-up of charges", move || {
            let seatline = asking.clone();
            async move { seatline.look_up_charges.execute().await.map_err(|error| error.to_string()) }
        });
        let counting = seatline.clone();
        self.every(Self::COUNT_CHARGES_EVERY, "count of charges", move || {
            let seatline = counting.clone();
            async move { seatline.look_up_charges.count().await.map_err(|error| error.to_string()) }
        });
    }

    /// Publishes events and delivers them. Neither waits for the other.
    fn deliver_events(&self, seatline: &Arc<Seatline>) {
        let publishing = seatline.clone();
        self.every(Self::DELIVER_EVERY, "publication of events", move || {
            let seatline = publishing.clone();
            async move { seatline.deliver_events.publish().await.map_err(|error| error.to_string()) }
        });
        let delivering = seatline.clone();
        self.every(Self::DELIVER_EVERY, "delivery of events", move || {
            let seatline = delivering.clone();
            async move { seatline.deliver_events.begin().await.map_err(|error| error.to_string()) }
        });
        let counting = seatline.clone();
        self.every(Self::COUNT_EVENTS_EVERY, "count of events", move || {
            let seatline = counting.clone();
            async move { seatline.deliver_events.count().await.map_err(|error| error.to_string()) }
        });
    }

    /// Removes accounts that never did anything, and passes of closed rooms, in no hurry.
    fn remove_what_is_over(&self, seatline: &Arc<Seatline>) {
        let gently = |every, all| Pace::Draining { ticks: ticks(every), all, rest: Self::REST };
        let finding = seatline.clone();
        let pace = gently(Self::FIND_IDLE_EVERY, RemoveIdleAccounts::STEP.into());
        self.run(pace, "search for idle accounts", move || {
            let seatline = finding.clone();
            async move { seatline.remove_idle_accounts.find().await.map_err(|error| error.to_string()) }
        });
        let removing = seatline.clone();
        let pace = gently(Self::REMOVE_IDLE_EVERY, RemoveIdleAccounts::STEP.into());
        self.run(pace, "removal of idle accounts", move || {
            let seatline = removing.clone();
            async move { seatline.remove_idle_accounts.remove().await.map_err(|error| error.to_string()) }
        });
        let forgetting = seatline.clone();
        let pace = gently(Self::FORGET_CODES_EVERY, ForgetDeviceCodes::STEP.into());
        self.run(pace, "removal of device codes", move || {
            let seatline = forgetting.clone();
            async move { seatline.forget_device_codes.execute().await.map_err(|error| error.to_string()) }
        });
        let forgetting = seatline.clone();
        let pace = gently(Self::FORGET_EVENTS_EVERY, ForgetEvents::STEP.into());
        self.run(pace, "removal of events", move || {
            let seatline = forgetting.clone();
            async move { seatline.forget_events.execute().await.map_err(|error| error.to_string()) }
        });
        let removing = seatline.clone();
        let all = usize::try_from(RemoveOldPasses::MANY).unwrap_or(usize::MAX);
        self.run(gently(Self::REMOVE_PASSES_EVERY, all), "removal of passes", move || {
            let seatline = removing.clone();
            async move {
                let removed = seatline.remove_old_passes.execute().await;
                removed
                    .map(|passes| usize::try_from(passes).unwrap_or(usize::MAX))
                    .map_err(|error| error.to_string())
            }
        });
    }

    /// Looks after the embedded database as well, which may end by itself, when its disk is full for instance.
    pub(crate) fn supervise(&self, database: Arc<Embedded>) {
        self.every(Self::SUPERVISE_EVERY, "embedded database", move || {
            let database = Arc::clone(&database);
            async move {
                let revived = database.revive().await.map_err(|error| error.to_string())?;
                if revived {
                    tracing::warn!("the embedded database had ended, and was started again");
                }
                Ok(usize::from(revived))
            }
        });
    }

    /// Stops them once the step that each is in has ended.
    pub(crate) async fn stop(self) {
        self.stopping.cancel();
        self.seatline.deliver_events.stop().await;
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Takes a step every so often.
    fn every<F>(&self, period: Duration, name: &'static str, step: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = Result<usize, String>> + Send,
    {
        self.run(Pace::every(period), name, step);
    }

    /// Takes a step again and again. One that fails is logged, the next is taken all the same.
    fn run<F>(&self, mut pace: Pace, name: &'static str, step: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = Result<usize, String>> + Send,
    {
        let stopping = self.stopping.clone();
        let (succeeded, failed) = (steps(name, "done"), steps(name, "failed"));
        self.tasks.spawn(async move {
            let mut failing = false;
            loop {
                tokio::select! {
                    () = stopping.cancelled() => return,
                    () = pace.next() => {}
                }
                let step = AssertUnwindSafe(step()).catch_unwind().await;
                match step.unwrap_or_else(|_| Err("a panic".into())) {
                    Ok(done) => {
                        if failing {
                            tracing::info!(worker = name, "works again");
                        }
                        tracing::trace!(worker = name, done);
                        succeeded.increment(1);
                        failing = false;
                        pace.stepped(done);
                    }
                    Err(error) => {
                        if !failing {
                            tracing::warn!(worker = name, error, "fails, and is tried again");
                        }
                        failed.increment(1);
                        failing = true;
                    }
                }
            }
        });
    }
}

/// Makes the counter of a worker's steps that ended so.
fn steps(worker: &'static str, outcome: &'static str) -> Counter {
    const STEPS: &str = "seatline_worker_steps_total";
    describe_counter!(STEPS, Unit::Count, "Steps that background workers took, by what came of them.");
    counter!(STEPS, "worker" => worker, "outcome" => outcome)
}
