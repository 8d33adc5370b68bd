//! The schema: plain SQL, up and down, compiled into the binary.

use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::{Connection as _, ConnectionError};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use thiserror::Error;
use tokio::time::sleep;
use tokio_postgres::error::SqlState;

use crate::connector::{Connection, Connector, ServerErrors};
use crate::statement::{Select, statement};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Two instances that start together must not both migrate: they take turns on this advisory lock, which ends with the
/// transaction that holds it.
const TAKE_TURNS: &str = "
    BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
    SELECT pg_advisory_xact_lock(7322542881105)";
/// The most often that the turn is asked for: ten minutes or so.
const TURN_ATTEMPTS: u32 = 120;

/// Whoever waits for a table's lock has everybody else on that table wait behind them. So a migration waits only
/// briefly, and steps back before it tries again.
const LOCK_BRIEFLY: &str = "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = 0";
/// No board waits for it.
const NAME: &str = "seatline migrations";
const PAUSE: Duration = Duration::from_secs(2);
/// The most often that migrations are tried: five minutes or so.
const LOCK_ATTEMPTS: u32 = 100;

/// A failure to bring the schema up to date.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// The database is out of reach.
    #[error("cannot reach the database")]
    Connect(#[from] ConnectionError),
    /// The lock that migrations take turns on was not granted, or what was applied could not be read.
    #[error("cannot take the migration lock, or read what was applied")]
    Lock(#[from] diesel::result::Error),
    /// A migration failed; it and those after it are not applied.
    #[error("a migration failed: {0}")]
    Migration(String),
    /// The task that migrates was cancelled.
    #[error("the migration was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// Brings a database to the schema that this version needs; gives the names of the migrations that it applied.
/// Instances that start together take turns.
///
/// # Errors
/// [`MigrationError`]; migrations before the one that failed stay applied.
pub async fn migrate(url: &str) -> Result<Vec<String>, MigrationError> {
    with_harness(url, |harness, errors| {
        let mut applied = Vec::new();
        for attempt in 1..=LOCK_ATTEMPTS {
            // Each migration is a transaction of its own; those before one that failed are not run again.
            match migrate_all(harness, &mut applied) {
                Err(_) if was_blocked(errors) && attempt < LOCK_ATTEMPTS => {
                    tracing::warn!(attempt, "a migration waits for somebody else's lock, and is tried again");
                    thread::sleep(PAUSE);
                }
                outcome => return outcome.map(|()| applied),
            }
        }
        Ok(applied)
    })
    .await
}

statement! {
    /// Reads which migrations have been applied.
    AppliedMigrations {} -> String;
    "SELECT version::text FROM __diesel_schema_migrations"
}

/// Gives the names of the migrations that [`migrate`] would apply. Changes nothing and waits for nobody, so that a role that
/// may not change the schema can ask too.
///
/// # Errors
/// [`MigrationError`].
pub async fn pending_migrations(url: &str) -> Result<Vec<String>, MigrationError> {
    let Connection { pg, errors, .. } = Connector::parse(url)?.connect().await?;
    let applied = AppliedMigrations {}.load(&pg).await;
    let applied = match applied {
        // None ever was.
        Err(_) if errors.last() == Some(SqlState::UNDEFINED_TABLE) => Vec::new(),
        applied => applied?,
    };
    let all = MigrationSource::<Pg>::migrations(&MIGRATIONS)?;
    let versions = all.iter().map(|migration| migration.name().version().to_string());
    Ok(versions.filter(|version| !applied.contains(version)).collect())
}

/// Makes another cell in a migrated database, and gives its number: concerts that are added from then on may be in it.
///
/// # Errors
/// [`MigrationError`]; nothing is changed then.
pub async fn add_cell(url: &str) -> Result<i32, MigrationError> {
    let mut connection = Connector::parse(url)?.named(NAME).connect().await?;
    for attempt in 1..=LOCK_ATTEMPTS {
        take_turn(&mut connection).await?;
        connection.pg.batch_execute(LOCK_BRIEFLY).await?;
        let added = AddCell {}.load(&connection.pg).await;
        match added {
            Err(_) if was_blocked(&connection.errors) && attempt < LOCK_ATTEMPTS => {
                tracing::warn!(attempt, "another cell waits for somebody else's lock, and is tried again");
                connection.pg.batch_execute("ROLLBACK").await?;
                sleep(PAUSE).await;
            }
            Err(error) => return Err(MigrationError::Migration(error.to_string())),
            Ok(added) => {
                connection.pg.batch_execute("COMMIT").await?;
                return added.first().copied().ok_or(MigrationError::Lock(diesel::result::Error::NotFound));
            }
        }
    }
    Err(MigrationError::Lock(diesel::result::Error::NotFound))
}

statement! {
    /// Makes another cell.
    AddCell {} -> i32;
    "SELECT add_cell()"
}

/// Removes the whole schema, with everything in it.
///
/// # Errors
/// [`MigrationError`].
pub async fn revert_all(url: &str) -> Result<(), MigrationError> {
    with_harness(url, |harness, _| {
        harness.revert_all_migrations(MIGRATIONS)?;
        Ok(())
    })
    .await
}

type MigrationConnection = AsyncConnectionWrapper<AsyncPgConnection>;

async fn with_harness<T: Send + 'static>(
    url: &str,
    work: impl FnOnce(&mut MigrationConnection, &ServerErrors) -> Result<T, MigrationError> + Send + 'static,
) -> Result<T, MigrationError> {
    let connector = Connector::parse(url)?.named(NAME);
    let mut guard = connector.connect().await?;
    take_turn(&mut guard).await?;
    let Connection { pg, errors, .. } = connector.connect().await?;
    let done = tokio::task::spawn_blocking(move || work(&mut MigrationConnection::from(pg), &errors)).await?;
    drop(guard);
    done
}

async fn take_turn(guard: &mut Connection) -> Result<(), MigrationError> {
    for attempt in 1.. {
        match guard.pg.batch_execute(TAKE_TURNS).await {
            Err(_) if was_blocked(&guard.errors) && attempt < TURN_ATTEMPTS => {
                tracing::info!("another instance migrates this database; waiting for it");
                guard.pg.batch_execute("ROLLBACK").await?;
            }
            outcome => return Ok(outcome?),
        }
    }
    Ok(())
}

fn was_blocked(errors: &ServerErrors) -> bool {
    errors.last() == Some(SqlState::LOCK_NOT_AVAILABLE)
}

fn migrate_all(harness: &mut MigrationConnection, applied: &mut Vec<String>) -> Result<(), MigrationError> {
    while let Some(name) = harness.transaction(migrate_next)? {
        applied.push(name);
    }
    Ok(())
}

/// Applies the next migration, if there is one, in a transaction.
fn migrate_next(harness: &mut MigrationConnection) -> Result<Option<String>, MigrationError> {
    SimpleConnection::batch_execute(harness, LOCK_BRIEFLY)?;
    if !harness.has_pending_migration(MIGRATIONS)? {
        return Ok(None);
    }
    Ok(Some(harness.run_next_migration(MIGRATIONS)?.to_string()))
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

impl From<Cause> for MigrationError {
    fn from(cause: Cause) -> Self {
        Self::Migration(cause.to_string())
    }
}
