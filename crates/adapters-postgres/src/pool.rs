//! Connections to PostgreSQL. Every wait has a bound.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool::Runtime;
use deadpool::Status;
use deadpool::managed::{PoolError, TimeoutType};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::{Object, Pool as Deadpool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use metrics::Counter;
use seatline_domain::storage::StorageError;
use tokio::time::timeout;

use crate::connector::Connector;
use crate::failure::Failure;
use crate::metrics::wait_timeouts;
use crate::statement::{Change, Select};

/// How to reach PostgreSQL, and how long to wait for it.
#[derive(Clone)]
pub struct ConnectionSettings {
    /// Where it is, as a URL or a list of `key=value`. May hold a password: never shown.
    pub url: String,
    /// The most connections.
    pub pool_size: usize,
    /// The longest wait for a free connection.
    pub wait: Duration,
}

impl std::fmt::Debug for ConnectionSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionSettings")
            .field("url", &"..")
            .field("pool_size", &self.pool_size)
            .field("wait", &self.wait)
            .finish()
    }
}

/// The longest that anything but a commit is waited for on this side, should the network go silent. Longer than the
/// server's own `statement_timeout`.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(6);

/// What every connection is told first: its own bounds, of which that of idle transactions is below the age at which
/// boards pass over a batch, so that a frozen instance's batch is never committed behind their backs; and to plan the
/// batches' small look-ups by index whatever the statistics say of tables that have just grown (ADR-0006).
const SESSION: &str = "
    SET statement_timeout = '5s';
    SET lock_timeout = '3s';
    SET idle_in_transaction_session_timeout = '4s';
    SET jit = off;
    SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET enable_bitmapscan = off;
    SET enable_material = off;";

/// A bounded pool of connections.
#[derive(Clone)]
pub(crate) struct Pool {
    connections: Deadpool<AsyncPgConnection>,
    wait_timeouts: Counter,
}

impl Pool {
    /// A pool that opens connections when they are first needed.
    pub(crate) fn new(settings: &ConnectionSettings) -> Result<Self, StorageError> {
        let unusable = |error: ConnectionError| StorageError::Unavailable(error.to_string());
        let connector = Arc::new(Connector::parse(&settings.url).map_err(unusable)?);
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |_| Box::pin(connect(connector.clone())));
        // The connector knows where to.
        let manager = AsyncDieselConnectionManager::new_with_config(String::new(), config);
        let connections = Deadpool::builder(manager)
            .max_size(settings.pool_size)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(settings.wait))
            .create_timeout(Some(Connector::TIMEOUT))
            .recycle_timeout(Some(Connector::TIMEOUT))
            .build()
            .map_err(|error| StorageError::Unavailable(error.to_string()))?;
        Ok(Self { connections, wait_timeouts: wait_timeouts() })
    }

    /// A connection, within the pool's wait.
    pub(crate) async fn lease(&self) -> Result<Lease, Failure> {
        match self.connections.get().await {
            Ok(connection) => Ok(Lease::new(connection)),
            Err(PoolError::Timeout(kind)) => {
                if matches!(kind, TimeoutType::Wait) {
                    self.wait_timeouts.increment(1);
                }
                Err(Failure::Unavailable(format!("no connection in time: {kind:?}")))
            }
            Err(error) => Err(Failure::Unavailable(error.to_string())),
        }
    }

    /// A connection in a transaction. One that turns out to be dead is replaced once.
    pub(crate) async fn begin(&self) -> Result<Lease, Failure> {
        let mut lease = self.lease().await?;
        match lease.batch("BEGIN").await {
            Err(Failure::ConnectionLost(_)) => self.drop_idle(),
            result => return result.map(|()| lease),
        }
        let mut lease = self.lease().await?;
        lease.batch("BEGIN").await?;
        Ok(lease)
    }

    /// Runs one statement that reads. A connection that turns out to be dead is replaced once.
    pub(crate) async fn load<S: Select>(&self, statement: S) -> Result<Vec<S::Row>, StorageError> {
        for last in [false, true] {
            match self.lease().await?.load(statement.clone()).await {
                Err(Failure::ConnectionLost(_)) if !last => self.drop_idle(),
                result => return Ok(result?),
            }
        }
        Err(StorageError::Unavailable("the connection was lost twice".into()))
    }

    /// The one row of a statement that reads, if there is one.
    pub(crate) async fn load_one<S: Select>(&self, statement: S) -> Result<Option<S::Row>, StorageError> {
        Ok(self.load(statement).await?.into_iter().next())
    }

    /// Closes the connections that nobody uses: when one is found dead, the others are likely to be so too.
    pub(crate) fn drop_idle(&self) {
        drop(self.connections.retain(|_, _| false));
    }

    /// How it is used at this moment.
    pub(crate) fn status(&self) -> Status {
        self.connections.status()
    }

    /// Closes the pool.
    pub(crate) fn close(&self) {
        self.connections.close();
    }
}

/// A connection for as long as it is used. One that has failed is not given back.
///
/// Statements that are awaited together, by `try_join!`, are sent together: the server runs them one after the other, in
/// the order of their first poll, each with a snapshot of its own, and nobody waits for answers in between.
pub(crate) struct Lease {
    /// There until it is dropped.
    connection: Option<Object<AsyncPgConnection>>,
    failed: AtomicBool,
}

impl Lease {
    fn new(connection: Object<AsyncPgConnection>) -> Self {
        Self { connection: Some(connection), failed: AtomicBool::new(false) }
    }

    /// Runs a statement and gives its rows.
    pub(crate) async fn load<S: Select>(&self, statement: S) -> Result<Vec<S::Row>, Failure> {
        let connection = self.connection.as_deref().filter(|_| !self.has_failed()).ok_or_else(cancelled)?;
        self.judge(timeout(ANSWER_TIMEOUT, statement.load(connection)).await)
    }

    /// Runs a statement and gives the number of rows that it touched.
    pub(crate) async fn execute<S: Change>(&self, statement: S) -> Result<usize, Failure> {
        let connection = self.connection.as_deref().filter(|_| !self.has_failed()).ok_or_else(cancelled)?;
        self.judge(timeout(ANSWER_TIMEOUT, statement.execute(connection)).await)
    }

    /// Runs plain SQL without binds.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        let failed = self.has_failed();
        let connection = self.connection.as_deref_mut().filter(|_| !failed).ok_or_else(cancelled)?;
        let result = timeout(ANSWER_TIMEOUT, connection.batch_execute(sql)).await;
        self.judge(result)
    }

    /// Commits. Whatever goes wrong from here on, the transaction may have been committed.
    async fn commit(&mut self) -> Result<(), Failure> {
        self.batch("COMMIT").await.map_err(|failure| {
            self.fail();
            Failure::OutcomeUnknown(format!("{failure:?}"))
        })
    }

    /// Ends the transaction: commits when its work was done, rolls back when it failed.
    pub(crate) async fn finish<T>(mut self, work: Result<T, Failure>) -> Result<T, Failure> {
        match work {
            Ok(value) => self.commit().await.map(|()| value),
            Err(failure) => {
                self.roll_back().await;
                Err(failure)
            }
        }
    }

    /// Rolls back, or gives the connection up when it cannot.
    async fn roll_back(&mut self) {
        if self.batch("ROLLBACK").await.is_err() {
            self.fail();
        }
    }

    fn judge<T>(
        &self,
        result: Result<diesel::QueryResult<T>, tokio::time::error::Elapsed>,
    ) -> Result<T, Failure> {
        let failure = match result {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => Failure::of_statement(&error),
            Err(_) => Failure::Unavailable("no answer in time".into()),
        };
        if failure.ends_connection() {
            self.fail();
        }
        Err(failure)
    }

    fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.has_failed() {
            drop(self.connection.take().map(Object::take));
        }
    }
}

fn cancelled() -> Failure {
    Failure::ConnectionLost("the connection was given up".into())
}

async fn connect(connector: Arc<Connector>) -> ConnectionResult<AsyncPgConnection> {
    let mut connection = connector.connect().await?;
    connection.batch_execute(SESSION).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}
