use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use seatline_domain::event::ToldEvents;
use seatline_domain::storage::StorageError;
use seatline_domain::working_set::{Footprint, WorkingSet};
use tracing::{Instrument, Span};

use super::job::Job;
use super::keyed_queues::Batch;
use crate::changes::Changes;
use crate::failure::Failure;
use crate::metrics::LaneMetrics;
use crate::pool::{Clock, Lease, Pool};
use crate::tables::{self, LockWait};
use crate::wanted_events::WantedEvents;

/// Takes batches of commands through lock → load → decide → store.
#[derive(Clone)]
pub(crate) struct BatchRunner {
    pool: Pool,
    changes: Arc<Changes>,
    wanted: Arc<WantedEvents>,
    metrics: LaneMetrics,
}

impl BatchRunner {
    const ATTEMPTS: u8 = 4;

    pub(crate) const fn new(
        pool: Pool,
        changes: Arc<Changes>,
        wanted: Arc<WantedEvents>,
        metrics: LaneMetrics,
    ) -> Self {
        Self { pool, changes, wanted, metrics }
    }

    /// Handles a batch in one transaction. When it fails for a reason of its own making, or for a row lock that somebody
    /// else keeps, its commands are run one by one, so that a bad or blocked command fails alone.
    ///
    /// Tells whether somebody else kept a row locked.
    pub(crate) async fn run(&self, mut jobs: Vec<Box<dyn Job>>, wait: LockWait) -> bool {
        let failure = match self.attempt(&mut jobs, wait).await {
            Ok(()) => {
                jobs.into_iter().for_each(Job::answer);
                return false;
            }
            Err(failure) => failure,
        };
        let is_blocked = matches!(failure, Failure::Blocked(_));
        if (is_blocked || matches!(failure, Failure::Broken(_))) && jobs.len() > 1 {
            self.run_apart(jobs, Self::blocked_max(wait)).await;
        } else {
            fail_all(jobs, failure);
        }
        is_blocked
    }

    /// Handles the commands of several keys in one transaction. When it fails for a reason of their own making, or does not
    /// get its locks soon, gives all of them back.
    pub(super) async fn run_together(&self, batch: Batch<Box<dyn Job>>) -> Batch<Box<dyn Job>> {
        let sizes: Vec<_> = batch.iter().map(|(key, jobs)| (*key, jobs.len())).collect();
        let mut jobs: Vec<_> = batch.into_iter().flat_map(|(_, jobs)| jobs).collect();
        match self.attempt(&mut jobs, LockWait::Short).await {
            Ok(()) => jobs.into_iter().for_each(Job::answer),
            Err(Failure::Broken(_) | Failure::Blocked(_)) => {
                let mut jobs = jobs.into_iter();
                return sizes
                    .into_iter()
                    .map(|(key, size)| (key, jobs.by_ref().take(size).collect()))
                    .collect();
            }
            Err(failure) => fail_all(jobs, failure),
        }
        Batch::new()
    }

    /// The most commands of a batch that wait for locks again, each on its own, before the rest is refused.
    const fn blocked_max(wait: LockWait) -> u8 {
        match wait {
            LockWait::Long | LockWait::Short => 8,
            // That somebody keeps a row is known already.
            LockWait::Brief => 2,
        }
    }

    /// Runs commands one by one. They wait for locks only briefly, and no more once so many have done so in vain.
    async fn run_apart(&self, jobs: Vec<Box<dyn Job>>, blocked_max: u8) {
        let mut blocked = 0;
        let mut jobs = jobs.into_iter();
        while let Some(job) = jobs.next() {
            let mut alone = vec![job];
            match self.attempt(&mut alone, LockWait::Brief).await {
                Ok(()) => alone.into_iter().for_each(Job::answer),
                Err(failure) => {
                    blocked += u8::from(matches!(failure, Failure::Blocked(_)));
                    if blocked == blocked_max {
                        alone.extend(jobs.by_ref());
                    }
                    fail_all(alone, failure);
                }
            }
        }
    }

    /// Attempts a batch, again where that helps: after contention, and after a connection was lost before the commit.
    async fn attempt(&self, jobs: &mut [Box<dyn Job>], wait: LockWait) -> Result<(), Failure> {
        let span = span_of(jobs);
        // It is too large to be moved about.
        Box::pin(self.attempts(jobs, wait).instrument(span)).await
    }

    async fn attempts(&self, jobs: &mut [Box<dyn Job>], wait: LockWait) -> Result<(), Failure> {
        let mut attempt = 1;
        loop {
            let failure = match self.transaction(jobs, wait).await {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            };
            match failure {
                Failure::Contention(_) if attempt < Self::ATTEMPTS => {
                    tracing::debug!(?failure, attempt, "a batch is repeated");
                }
                Failure::ConnectionLost(_) if attempt < Self::ATTEMPTS => self.pool.drop_idle(),
                failure => return Err(failure),
            }
            self.metrics.retried();
            attempt += 1;
        }
    }

    async fn transaction(&self, jobs: &mut [Box<dyn Job>], wait: LockWait) -> Result<(), Failure> {
        let lease = self.pool.lease().await?;
        // A panic is one command's: like any other failure of its own making it must not take others with it.
        let result =
            AssertUnwindSafe(work(&lease, jobs, wait, &self.wanted, self.pool.clock())).catch_unwind().await;
        let result = result.unwrap_or_else(|panic| Err(Failure::of_panic(&*panic)));
        let result = lease.finish(result).await;
        match &result {
            Ok(set) => self.changes.committed(set),
            Err(Failure::OutcomeUnknown(_)) => self.changes.anything(),
            Err(_) => {}
        }
        result.map(drop)
    }
}

async fn work(
    lease: &Lease,
    jobs: &mut [Box<dyn Job>],
    wait: LockWait,
    wanted: &WantedEvents,
    clock: &Arc<Clock>,
) -> Result<WorkingSet, Failure> {
    let mut footprint = Footprint::default();
    for job in &*jobs {
        job.footprint(&mut footprint);
    }
    let mut set = WorkingSet::default();
    tables::begin(lease, wait, &footprint, &mut set).await?;
    let mut now = tables::load(lease, &footprint, &mut set, clock).await?;
    let kinds = if let Some(kinds) = wanted.now() {
        kinds
    } else {
        let kinds = wanted.read(lease).await?;
        now = clock.time(lease).await?;
        kinds
    };
    // Few batches change webhooks: none is to carry the room for it.
    Box::pin(tables::publish_before_change(lease, &footprint, wanted.wants_all())).await?;
    set.events = ToldEvents::wanting(kinds);
    for job in &mut *jobs {
        job.decide(&mut set, now);
    }
    tables::store(lease, &set, now).await?;
    Ok(set)
}

/// The span of a batch. It serves many requests and is part of none: each is linked to it, and it to each.
fn span_of(jobs: &[Box<dyn Job>]) -> Span {
    let span = tracing::debug_span!(parent: None, "batch", commands = jobs.len());
    if let Some(id) = span.id() {
        for job in jobs {
            span.follows_from(job.span());
            job.span().follows_from(&id);
        }
    }
    span
}

fn fail_all(jobs: Vec<Box<dyn Job>>, failure: Failure) {
    tracing::warn!(?failure, commands = jobs.len(), "a batch failed");
    let error = StorageError::from(failure);
    for job in jobs {
        job.fail(error.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::{Lane, Lanes, submit};
    use crate::migrate;
    use crate::pool::{ConnectionSettings, Shares};
    use seatline_domain::Timestamp;
    use seatline_domain::commands::{ChargeError, ChargePointsCommand, Command, RegisterUserCommand};
    use seatline_domain::id::{LedgerEntryId, UserId};
    use seatline_domain::idempotency::IdempotencyKey;
    use seatline_domain::point::{Amount, LedgerEntry, LedgerEntryKind};
    use seatline_domain::user::{AccessTokenHash, User};
    use seatline_test_support::TestDatabase;
    use std::time::Duration;
    use tokio_util::sync::CancellationToken;
    use tokio_util::task::TaskTracker;
    use uuid::Uuid;

    struct Fixture {
        database: TestDatabase,
        pool: Pool,
        tasks: TaskTracker,
        closing: CancellationToken,
        lanes: Lanes<Box<dyn Job>>,
    }

    async fn fixture() -> Fixture {
        let database = TestDatabase::create(|url| async move { drop(migrate(&url).await.unwrap()) }).await;
        let settings =
            ConnectionSettings { url: database.url().into(), pool_size: 5, wait: Duration::from_secs(5) };
        let pool = Shares::new(&settings).unwrap().booking;
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let metrics = LaneMetrics::of(LaneMetrics::WALLETS);
        let runner = BatchRunner::new(pool.clone(), Arc::default(), Arc::default(), metrics.clone());
        let lanes = Lanes::start(1, |permit| {
            let runner = runner.clone();
            Lane::start(&tasks, &closing, permit, metrics.clone(), move |batch| {
                let runner = runner.clone();
                async move {
                    let _kept = runner.run(batch, LockWait::Long).await;
                }
            })
        });
        Fixture { database, pool, tasks, closing, lanes }
    }

    fn user(n: u128) -> UserId {
        UserId::new(Uuid::from_u128(n))
    }

    async fn register(fixture: &Fixture, n: u128) {
        let token_hash = AccessTokenHash::new([u8::try_from(n).unwrap(); 32]);
        let command = RegisterUserCommand { user: User { id: user(n), name: None }, token_hash, key: None };
        submit(&fixture.lanes, Uuid::nil(), command).await.unwrap();
    }

    fn charge(n: u128, entry: u128) -> ChargePointsCommand {
        ChargePointsCommand {
            entry_id: LedgerEntryId::new(Uuid::from_u128(entry)),
            user_id: user(n),
            amount: Amount::whole(100),
            key: IdempotencyKey::parse(&entry.to_string()).unwrap(),
        }
    }

    /// A command that leaves something in the set which the schema refuses.
    #[derive(Debug)]
    struct RefusedBySchema;

    impl Command for RefusedBySchema {
        type Success = ();
        type Error = StorageError;

        fn footprint(&self, _footprint: &mut Footprint) {}

        fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<(), StorageError> {
            set.entries.push(LedgerEntry {
                id: LedgerEntryId::new(Uuid::nil()),
                user_id: user(1),
                sequence: 0,
                kind: LedgerEntryKind::Charge,
                amount: Amount::whole(1),
                balance_after: Amount::whole(1),
                reference_id: None,
                created_at: now,
            });
            Ok(())
        }
    }

    /// A command that panics when it decides.
    #[derive(Debug)]
    struct Panics;

    impl Command for Panics {
        type Success = ();
        type Error = StorageError;

        fn footprint(&self, _footprint: &mut Footprint) {}

        fn decide(&self, _set: &mut WorkingSet, _now: Timestamp) -> Result<(), StorageError> {
            panic!("a bug");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_command_that_panics_fails_alone_and_its_lane_goes_on() {
        let fixture = fixture().await;
        register(&fixture, 1).await;
        let mut blocker = fixture.pool.begin().await.unwrap();
        blocker.batch("SELECT FROM wallets FOR UPDATE").await.unwrap();
        let first = submit(&fixture.lanes, Uuid::nil(), charge(1, 1));
        let queued = async {
            let (bad, good) = (submit(&fixture.lanes, Uuid::nil(), Panics), charge(1, 2));
            tokio::join!(bad, submit(&fixture.lanes, Uuid::nil(), good))
        };
        let release = async { blocker.finish(Ok(())).await.unwrap() };
        let (first, (bad, good), ()) = tokio::join!(first, queued, release);
        assert!(first.is_ok() && good.is_ok());
        assert!(matches!(bad, Err(StorageError::Corrupt(_))), "{bad:?}");
        submit(&fixture.lanes, Uuid::nil(), charge(1, 3)).await.unwrap();
        assert!(fixture.lanes.is_running());
        assert_eq!(fixture.database.query("SELECT balance FROM wallets").await, ["300.00"]);
        let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
        assert_eq!(fixture.database.query(open).await, ["0"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_bad_command_fails_alone() {
        let fixture = fixture().await;
        register(&fixture, 1).await;
        register(&fixture, 2).await;
        let mut replies = Vec::new();
        let mut blocker = fixture.pool.begin().await.unwrap();
        blocker.batch("SELECT FROM wallets FOR UPDATE").await.unwrap();
        let first = submit(&fixture.lanes, Uuid::nil(), charge(1, 1));
        let queued = async {
            let (good, bad) = (charge(2, 2), RefusedBySchema);
            tokio::join!(submit(&fixture.lanes, Uuid::nil(), good), submit(&fixture.lanes, Uuid::nil(), bad))
        };
        let release = async { blocker.finish(Ok(())).await.unwrap() };
        let (first, (good, bad), ()) = tokio::join!(first, queued, release);
        replies.push(first.is_ok());
        replies.push(good.is_ok());
        assert_eq!(replies, [true, true]);
        assert!(matches!(bad, Err(StorageError::Corrupt(_))), "{bad:?}");
        assert_eq!(fixture.database.query("SELECT count(*) FROM ledger_entries").await, ["2"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_command_that_needs_a_row_lock_of_somebody_elses_fails_alone() {
        const PEOPLE: u128 = 20;
        let fixture = fixture().await;
        for n in 0..PEOPLE {
            register(&fixture, n).await;
        }
        let lock = format!("SELECT FROM wallets WHERE user_id = '{}' FOR UPDATE", Uuid::from_u128(7));
        let mut kept = fixture.pool.begin().await.unwrap();
        kept.batch(&lock).await.unwrap();
        let submitted = (0..PEOPLE).map(|n| submit(&fixture.lanes, Uuid::nil(), charge(n, n)));
        let charged = futures::future::join_all(submitted).await;
        let failed: Vec<_> = (0..PEOPLE).zip(charged).filter(|(_, charged)| charged.is_err()).collect();
        assert!(
            matches!(failed.as_slice(), [(7, Err(ChargeError::Storage(StorageError::Unavailable(_))))]),
            "{failed:?}"
        );
        kept.finish(Ok(())).await.unwrap();
        submit(&fixture.lanes, Uuid::nil(), charge(7, 7)).await.unwrap();
        assert_eq!(fixture.database.query("SELECT DISTINCT balance FROM wallets").await, ["100.00"], "once");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_caller_that_goes_away_does_not_stop_the_work() {
        let fixture = fixture().await;
        register(&fixture, 1).await;
        let blocker = {
            let mut blocker = fixture.pool.begin().await.unwrap();
            blocker.batch("SELECT FROM wallets FOR UPDATE").await.unwrap();
            blocker
        };
        let mut gone = Box::pin(submit(&fixture.lanes, Uuid::nil(), charge(1, 1)));
        assert!(futures::poll!(&mut gone).is_pending());
        drop(gone);
        blocker.finish(Ok(())).await.unwrap();
        fixture.closing.cancel();
        fixture.tasks.close();
        fixture.tasks.wait().await;
        assert_eq!(fixture.database.query("SELECT balance FROM wallets").await, ["100.00"]);
        let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
        assert_eq!(fixture.database.query(open).await, ["0"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_full_lane_refuses_at_once_and_a_closed_one_finishes_what_it_took() {
        let fixture = fixture().await;
        register(&fixture, 1).await;
        let mut blocker = fixture.pool.begin().await.unwrap();
        blocker.batch("SELECT FROM wallets FOR UPDATE").await.unwrap();
        let mut waiting = Vec::new();
        let refusal = loop {
            let entry = u128::try_from(waiting.len()).unwrap() + 1;
            let mut submitted = Box::pin(submit(&fixture.lanes, Uuid::nil(), charge(1, entry)));
            match futures::poll!(&mut submitted) {
                std::task::Poll::Ready(answer) => break answer,
                std::task::Poll::Pending => waiting.push(submitted),
            }
        };
        assert_eq!(refusal, Err(ChargeError::Storage(StorageError::Overloaded)));
        assert!(waiting.len() <= 4_096 + 512 * 2, "{}", waiting.len());
        fixture.closing.cancel();
        blocker.finish(Ok(())).await.unwrap();
        let taken = waiting.len();
        let charged = futures::future::join_all(waiting).await.into_iter().flatten().count();
        assert_eq!(charged, taken);
        let balance = fixture.database.query("SELECT balance::bigint FROM wallets").await;
        assert_eq!(balance, [(taken * 100).to_string()]);
        let late = submit(&fixture.lanes, Uuid::nil(), charge(1, 9)).await;
        assert!(matches!(late, Err(ChargeError::Storage(StorageError::Unavailable(_)))));
    }
}
