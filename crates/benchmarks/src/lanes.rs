use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use seatline_adapters_postgres::{ConnectionSettings, Postgres, migrate};
use seatline_domain::concert::{Concert, NewConcert, ProgrammeEditor, SeatLimit, policy};
use seatline_domain::id::{AuditEntryId, ConcertId, UserId};
use seatline_domain::queue::{Capacity, JoinRoom, RoomSettings, WaitingRooms};
use seatline_domain::text::Text;
use seatline_local_postgres::{Durability, TemporaryCluster};
use uuid::Uuid;

use crate::{pgbench, report};

const PLAIN_JOIN: &str = "
BEGIN;
UPDATE plain_rooms SET last_number = last_number + 1 WHERE id = 1 RETURNING last_number \\gset
INSERT INTO plain_tickets (number, user_id, issued_at) VALUES (:last_number, gen_random_uuid(), now());
COMMIT;
";

/// Joins of one room through the lane alone, and by pgbench.
pub(crate) async fn join(people: u64, callers: usize) -> anyhow::Result<()> {
    let cluster = TemporaryCluster::start(Durability::Durable).await?;
    let url = cluster.url("postgres");
    migrate(&url).await?;
    let plain = plain_joins(&url).await?;
    report::rate("pgbench, 32 clients: counter row, insert, commit", plain);
    let settings = ConnectionSettings { url, pool_size: 16, wait: Duration::from_secs(5) };
    let postgres = Arc::new(Postgres::new(&settings)?);
    let concert_id = room(&postgres).await?;
    let (next, begin) = (Arc::new(AtomicU64::new(1)), Instant::now());
    let mut tasks = Vec::new();
    for _ in 0..callers {
        let (postgres, next) = (postgres.clone(), next.clone());
        tasks.push(tokio::spawn(async move {
            loop {
                let person = next.fetch_add(1, Ordering::Relaxed);
                if person > people {
                    return anyhow::Ok(());
                }
                let user_id = UserId::new(Uuid::from_u128(person.into()));
                postgres.join(JoinRoom { concert_id, user_id }).await?;
            }
        }));
    }
    for task in tasks {
        task.await??;
    }
    let joined = rate_of(people, begin.elapsed())?;
    report::rate(&format!("the lane alone, {callers} callers"), joined);
    report::ratio("joins of one room, the lane alone / pgbench", joined / plain, 15.0);
    postgres.shut_down(Duration::from_secs(10)).await;
    Ok(())
}

fn rate_of(count: u64, elapsed: Duration) -> anyhow::Result<f64> {
    Ok(f64::from(u32::try_from(count).context("too many")?) / elapsed.as_secs_f64())
}

async fn plain_joins(url: &str) -> anyhow::Result<f64> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let driver = tokio::spawn(connection);
    let tables = "CREATE TABLE plain_rooms (id integer PRIMARY KEY, last_number bigint NOT NULL);
                  INSERT INTO plain_rooms VALUES (1, 0);
                  CREATE TABLE plain_tickets (number bigint PRIMARY KEY, user_id uuid NOT NULL UNIQUE,
                                              issued_at timestamptz NOT NULL);";
    client.batch_execute(tables).await?;
    drop(client);
    driver.await??;
    let url = url.to_owned();
    tokio::task::spawn_blocking(move || pgbench::run(&url, PLAIN_JOIN, 32, 5)).await?
}

async fn room(postgres: &Postgres) -> anyhow::Result<ConcertId> {
    let id = ConcertId::new(Uuid::from_u128(1));
    let concert = Concert {
        id,
        title: Text::parse("Rush")?,
        venue: Text::parse("Here")?,
        timezone: policy::DEFAULT_TIMEZONE,
        max_seats_per_user: SeatLimit::default(),
    };
    let mut queue = RoomSettings::default();
    queue.capacity = Capacity::parse(1)?;
    postgres.add_concert(NewConcert { concert, queue }, AuditEntryId::new(Uuid::from_u128(2))).await?;
    Ok(id)
}
