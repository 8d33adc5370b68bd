//! The schema: plain SQL, up and down, compiled into the binary.

use diesel::ConnectionError;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use thiserror::Error;

use crate::connector::Connector;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Two instances that start together must not both migrate: they take turns on this advisory lock, which ends with the
/// connection that holds it.
const TAKE_TURNS: &str = "SELECT pg_advisory_lock(7322542881105)";

/// A failure to bring the schema up to date.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// The database is out of reach.
    #[error("cannot reach the database")]
    Connect(#[from] ConnectionError),
    /// The lock that migrations take turns on was not granted.
    #[error("cannot take the migration lock")]
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
    with_harness(url, |harness| {
        let applied = harness.run_pending_migrations(MIGRATIONS)?;
        Ok(applied.iter().map(ToString::to_string).collect())
    })
    .await
}

/// Gives the names of the migrations that [`migrate`] would apply.
///
/// # Errors
/// [`MigrationError`].
pub async fn pending_migrations(url: &str) -> Result<Vec<String>, MigrationError> {
    with_harness(url, |harness| {
        let pending = harness.pending_migrations(MIGRATIONS)?;
        Ok(pending.iter().map(|migration| migration.name().version().to_string()).collect())
    })
    .await
}

/// Removes the whole schema, with everything in it.
///
/// # Errors
/// [`MigrationError`].
pub async fn revert_all(url: &str) -> Result<(), MigrationError> {
    with_harness(url, |harness| {
        harness.revert_all_migrations(MIGRATIONS)?;
        Ok(())
    })
    .await
}

type MigrationConnection = AsyncConnectionWrapper<AsyncPgConnection>;

async fn with_harness<T: Send + 'static>(
    url: &str,
    work: impl FnOnce(&mut MigrationConnection) -> Result<T, MigrationError> + Send + 'static,
) -> Result<T, MigrationError> {
    let connector = Connector::parse(url)?;
    let mut guard = connector.connect().await?;
    guard.pg.batch_execute(TAKE_TURNS).await?;
    let connection = connector.connect().await?;
    let done =
        tokio::task::spawn_blocking(move || work(&mut MigrationConnection::from(connection.pg))).await?;
    drop(guard);
    done
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

impl From<Cause> for MigrationError {
    fn from(cause: Cause) -> Self {
        Self::Migration(cause.to_string())
    }
}
