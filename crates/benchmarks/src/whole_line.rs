use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures::future::try_join_all;
use seatline_adapters_postgres::Postgres;
use seatline_domain::commands::{AdmitWaitingCommand, JoinQueueCommand, LeaveQueueCommand};
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::ports::{Inspection, WaitingRooms};
use seatline_domain::queue::{Number, PassState};
use seatline_local_postgres::{Durability, TemporaryCluster};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::{report, room};

/// How many people may be active at the same time.
const CAPACITY: u32 = 10_000;
/// Of so many people, one leaves while waiting.
const ONE_LEAVES_OF: u64 = 5;

/// What has become of the person with a number.
const WAITS: u8 = 0;
const ADMITTED: u8 = 1;
const LEFT: u8 = 2;

/// A line, as it is seen from outside.
struct Line {
    instances: [Arc<Postgres>; 2],
    concert_id: ConcertId,
    /// Users by their numbers.
    users: Vec<AtomicU64>,
    fates: Vec<AtomicU8>,
    /// How many were admitted as they joined.
    at_once: AtomicU64,
    /// Up to which number somebody may have been admitted, so that those leave who still wait.
    served: AtomicU64,
    done: AtomicBool,
}

/// So many people join through two instances; all are admitted while some of them leave. Nobody may be admitted out of
/// order, twice or never.
pub(crate) async fn run(people: u64) -> anyhow::Result<()> {
    let cluster = TemporaryCluster::start(Durability::Durable).await?;
    let url = cluster.url("postgres");
    let instances = [room::adapter(&url).await?, room::adapter(&url).await?];
    let concert_id = room::open(&instances[0], 1).await?;
    let slots = usize::try_from(people)? + 1;
    let line = Arc::new(Line {
        instances,
        concert_id,
        users: std::iter::repeat_with(AtomicU64::default).take(slots).collect(),
        fates: std::iter::repeat_with(AtomicU8::default).take(slots).collect(),
        at_once: AtomicU64::new(0),
        served: AtomicU64::new(0),
        done: AtomicBool::new(false),
    });
    let joining = line.clone();
    let joins = room::together(people, room::CALLERS, move |index| {
        let line = joining.clone();
        async move { line.join(index + 1).await }
    });
    report::rate("joins through two instances", joins.await?);

    line.set_capacity(CAPACITY).await?;
    let begin = Instant::now();
    let leaving = leave_early(&line, people);
    let (one, other) = (line.clone(), line.clone());
    let admissions = [
        tokio::spawn(async move { one.admit(0, people).await }),
        tokio::spawn(async move { other.admit(1, people).await }),
    ];
    let mut admitted = line.at_once.load(Ordering::Relaxed);
    for admission in admissions {
        admitted += admission.await??;
    }
    line.done.store(true, Ordering::Relaxed);
    let left = leaving.await??;
    report::rate("admissions, each followed by the end of the turn", per_second(admitted, begin.elapsed())?);
    println!("{admitted} were admitted, {left} left before");
    ensure!(admitted + left == people, "{} people were forgotten", people - admitted - left);
    line.check(&url).await?;
    println!("nobody out of order, nobody twice, nobody forgotten; everything holds that must always hold");
    for instance in &line.instances {
        instance.shut_down(Duration::from_secs(10)).await;
    }
    Ok(())
}

fn per_second(count: u64, elapsed: Duration) -> anyhow::Result<f64> {
    Ok(f64::from(u32::try_from(count)?) / elapsed.as_secs_f64())
}

/// Has people leave who still wait, all along the line ahead of admission; gives how many did.
fn leave_early(line: &Arc<Line>, people: u64) -> JoinHandle<anyhow::Result<u64>> {
    let line = line.clone();
    tokio::spawn(async move {
        let mut left = 0;
        // Neither random nor regular, and the same in each run: every number once, far from the one before.
        let numbers = (1..=people).map(|index| index.wrapping_mul(2_654_435_761) % people + 1);
        let leavers: Vec<u64> = numbers.filter(|number| number % ONE_LEAVES_OF == 0).collect();
        for some in leavers.chunks(256) {
            if line.done.load(Ordering::Relaxed) {
                break;
            }
            let ahead = line.served.load(Ordering::Relaxed);
            let still = some.iter().filter(|number| **number > ahead);
            left += try_join_all(still.map(|number| line.leave(*number))).await?.into_iter().sum::<u64>();
        }
        Ok(left)
    })
}

impl Line {
    fn instance(&self, index: u64) -> &Postgres {
        let [one, other] = &self.instances;
        if index.is_multiple_of(2) { one } else { other }
    }

    async fn join(&self, user: u64) -> anyhow::Result<()> {
        let command = JoinQueueCommand {
            concert_id: self.concert_id,
            user_id: user_id(user),
            seats_left: None,
            key: None,
        };
        let joined = self.instance(user).join(command).await?;
        let holder =
            self.users.get(usize::try_from(joined.pass.number.get())?).context("a number too high")?;
        ensure!(holder.swap(user, Ordering::Relaxed) == 0, "number {} was given twice", joined.pass.number);
        if let PassState::Active { .. } = joined.pass.state {
            self.admit_one(joined.pass.number)?;
            self.at_once.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn set_capacity(&self, capacity: u32) -> anyhow::Result<()> {
        room::set_capacity(self.instance(0), self.concert_id, capacity).await
    }

    /// Leaves; gives 1 when that was before the person's turn.
    async fn leave(&self, number: u64) -> anyhow::Result<u64> {
        let user =
            self.users.get(usize::try_from(number)?).context("no such number")?.load(Ordering::Relaxed);
        let (concert_id, number) = (self.concert_id, Number::new(number));
        let command = LeaveQueueCommand { concert_id, number, user_id: user_id(user) };
        let pass = self.instance(user).leave(command).await?;
        match pass.state {
            PassState::Ended { admitted_at: None, .. } => {
                let fate = self.fates.get(usize::try_from(number.get())?).context("no such number")?;
                let before = fate.swap(LEFT, Ordering::Relaxed);
                ensure!(before == WAITS, "number {number} left and was admitted");
                Ok(1)
            }
            _ => Ok(0),
        }
    }

    fn admit_one(&self, number: Number) -> anyhow::Result<()> {
        let fate = self.fates.get(usize::try_from(number.get())?).context("a number too high")?;
        ensure!(fate.swap(ADMITTED, Ordering::Relaxed) == WAITS, "number {number} was admitted twice");
        Ok(())
    }

    /// Admits through one instance until nobody waits; gives how many it admitted.
    async fn admit(&self, index: u64, people: u64) -> anyhow::Result<u64> {
        let (mut admitted, mut last) = (0, 0);
        while self.served.load(Ordering::Relaxed) < people {
            let step =
                self.instance(index).admit(AdmitWaitingCommand { concert_id: self.concert_id }).await?;
            for number in &step.numbers {
                ensure!(number.get() > last, "number {number} was admitted after {last}");
                last = number.get();
                self.admit_one(*number)?;
                admitted += 1;
            }
            let figures = room::figures(self.instance(index), self.concert_id).await?;
            let served = if figures.waiting == 0 { people } else { figures.now_serving };
            self.served.fetch_max(served, Ordering::Relaxed);
            try_join_all(step.numbers.iter().map(|number| self.leave(number.get()))).await?;
        }
        Ok(admitted)
    }

    /// Looks at what the database has of it.
    async fn check(&self, url: &str) -> anyhow::Result<()> {
        const WRONG: &str = "
            SELECT count(*) FROM (
                SELECT admitted_at, state, max(admitted_at) OVER (ORDER BY number) AS latest_before FROM passes
            ) AS pass
            WHERE admitted_at < latest_before OR state = 'WAITING'";
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        let driver = tokio::spawn(connection);
        let wrong: i64 = client.query_one(WRONG, &[]).await?.get(0);
        ensure!(wrong == 0, "{wrong} people were admitted out of order or still wait");
        drop(client);
        driver.await??;
        let violations = self.instance(0).violations().await?;
        ensure!(violations.is_empty(), "{violations:?}");
        Ok(())
    }
}

fn user_id(user: u64) -> UserId {
    UserId::new(Uuid::from_u128(user.into()))
}
