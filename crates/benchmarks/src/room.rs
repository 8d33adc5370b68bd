//! A waiting room to put under load, and the people in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use seatline_adapters_postgres::{ConnectionSettings, Postgres, migrate};
use seatline_application::accounts::AccessToken;
use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{ConfigureQueueCommand, JoinQueueCommand, RegisterUserCommand};
use seatline_domain::concert::{Concert, NewConcert, SeatLimit, policy};
use seatline_domain::id::{AuditEntryId, ConcertId, UserId};
use seatline_domain::ports::{Accounts, ProgrammeEditor, QueueReader, WaitingRooms};
use seatline_domain::queue::{Capacity, RoomFigures, RoomSettings};
use seatline_domain::text::Text;
use seatline_domain::user::User;
use uuid::Uuid;

/// How many callers the lanes are given at the same time.
pub(crate) const CALLERS: usize = 512;

/// An id that no other call gives, greater than those before, as those that the service makes.
pub(crate) fn fresh_id() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(NEXT.fetch_add(1, Ordering::Relaxed).into())
}

/// The adapter, as an instance of the service has it, on a database that is brought up to date first.
pub(crate) async fn adapter(url: &str) -> anyhow::Result<Arc<Postgres>> {
    migrate(url).await?;
    connect(url)
}

/// The adapter on a database that is up to date.
pub(crate) fn connect(url: &str) -> anyhow::Result<Arc<Postgres>> {
    let settings = ConnectionSettings { url: url.to_owned(), pool_size: 16, wait: Duration::from_secs(5) };
    Ok(Arc::new(Postgres::new(&settings)?))
}

/// An open room of this capacity.
pub(crate) async fn open(postgres: &Postgres, capacity: u32) -> anyhow::Result<ConcertId> {
    let id = ConcertId::new(fresh_id());
    let concert = Concert {
        id,
        title: Text::parse("Rush")?,
        venue: Text::parse("Here")?,
        timezone: policy::DEFAULT_TIMEZONE,
        max_seats_per_user: SeatLimit::default(),
    };
    let mut queue = RoomSettings::default();
    queue.capacity = Capacity::parse(capacity)?;
    postgres.add_concert(NewConcert { concert, queue }, stamp(), None).await?;
    Ok(id)
}

fn stamp() -> AuditStamp {
    AuditStamp { entry_id: AuditEntryId::new(fresh_id()), operator: OperatorId::SEATLINE }
}

/// Lets this many people be active at the same time.
pub(crate) async fn set_capacity(
    postgres: &Postgres,
    concert_id: ConcertId,
    capacity: u32,
) -> anyhow::Result<()> {
    let command = ConfigureQueueCommand {
        concert_id,
        capacity: Some(Capacity::parse(capacity)?),
        admit_per_minute: None,
        status: None,
        reason: None,
        stamp: stamp(),
        key: None,
    };
    postgres.configure(command).await?;
    Ok(())
}

/// The room as it is now.
pub(crate) async fn figures(postgres: &Postgres, concert_id: ConcertId) -> anyhow::Result<RoomFigures> {
    postgres.figures(concert_id).await?.context("no room")
}

/// Runs a task for every index from 0 on, many at the same time; gives how many there were a second.
pub(crate) async fn together<F>(
    count: u64,
    callers: usize,
    task: impl Fn(u64) -> F + Clone + Send + 'static,
) -> anyhow::Result<f64>
where
    F: Future<Output = anyhow::Result<()>> + Send,
{
    let (next, begin) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let mut tasks = Vec::new();
    for _ in 0..callers {
        let (next, task) = (next.clone(), task.clone());
        tasks.push(tokio::spawn(async move {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return anyhow::Ok(());
                }
                task(index).await?;
            }
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(f64::from(u32::try_from(count).context("too many")?) / begin.elapsed().as_secs_f64())
}

/// So many people join, whoever they are; gives how many a second.
pub(crate) async fn fill(
    postgres: &Arc<Postgres>,
    concert_id: ConcertId,
    people: u64,
    callers: usize,
) -> anyhow::Result<f64> {
    let postgres = postgres.clone();
    together(people, callers, move |_| {
        let postgres = postgres.clone();
        async move {
            postgres
                .join(JoinQueueCommand {
                    concert_id,
                    user_id: UserId::new(fresh_id()),
                    seats_left: None,
                    key: None,
                })
                .await?;
            Ok(())
        }
    })
    .await
}

/// So many people with accounts, of whom the server has not heard yet; gives their access tokens.
pub(crate) async fn register(postgres: &Arc<Postgres>, people: u64) -> anyhow::Result<Vec<String>> {
    let mut tokens = Vec::new();
    for _ in 0..people {
        tokens.push(AccessToken::generate()?);
    }
    let (postgres, known) = (postgres.clone(), Arc::new(tokens));
    let registering = known.clone();
    together(people, CALLERS, move |index| {
        let (postgres, registering) = (postgres.clone(), registering.clone());
        async move {
            let token = registering.get(usize::try_from(index)?).context("no token")?;
            let user = User { id: UserId::new(fresh_id()), name: None };
            postgres.register(RegisterUserCommand { user, token_hash: token.hash(), key: None }).await?;
            Ok(())
        }
    })
    .await?;
    Ok(known.iter().map(|token| token.reveal().to_owned()).collect())
}
