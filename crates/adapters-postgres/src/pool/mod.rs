//! Connections to PostgreSQL. Every wait has a bound.

#[cfg(test)]
mod failures;
mod lease;
mod settings;

pub(crate) use lease::Lease;
pub use settings::ConnectionSettings;

use std::sync::Arc;

use deadpool::Runtime;
use deadpool::Status;
use deadpool::managed::{PoolError, TimeoutType};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::Pool as Deadpool;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use metrics::Counter;
use seatline_domain::storage::StorageError;

use crate::connector::Connector;
use crate::failure::Failure;
use crate::metrics::wait_timeouts;
use crate::statement::Select;

/// The settings of every connection. Its timeouts: that of idle transactions is below the age at which the commit
/// watermark passes over a batch, so that no frozen instance's batch is ever committed behind a board's back. Its plans:
/// the batches' small look-ups go by index, whatever the statistics say of tables that have just grown (ADR-0006).
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

/// What reads for the public have besides: nobody waits longer for an answer, and a client that has gone leaves no more
/// work behind than this.
const PUBLIC_SESSION: &str = "SET statement_timeout = '2s'; SET default_transaction_read_only = on;";

/// A bounded pool of connections.
#[derive(Clone)]
pub(crate) struct Pool {
    connections: Deadpool<AsyncPgConnection>,
    connector: Arc<Connector>,
    wait_timeouts: Counter,
}

impl Pool {
    /// A pool that opens connections when they are first needed.
    pub(crate) fn new(settings: &ConnectionSettings) -> Result<Self, StorageError> {
        Self::of_session(settings, SESSION.to_owned())
    }

    /// A pool for reads that anybody may ask for.
    pub(crate) fn for_the_public(settings: &ConnectionSettings) -> Result<Self, StorageError> {
        Self::of_session(settings, format!("{SESSION}{PUBLIC_SESSION}"))
    }

    fn of_session(settings: &ConnectionSettings, session: String) -> Result<Self, StorageError> {
        let unusable = |error: ConnectionError| StorageError::Unavailable(error.to_string());
        let connector = Arc::new(Connector::parse(&settings.url).map_err(unusable)?);
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        let (connecting, session) = (connector.clone(), Arc::<str>::from(session));
        config.custom_setup = Box::new(move |_| Box::pin(connect(connecting.clone(), session.clone())));
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
        Ok(Self { connections, connector, wait_timeouts: wait_timeouts() })
    }

    /// A connection, within the pool's wait.
    pub(crate) async fn lease(&self) -> Result<Lease, Failure> {
        match self.connections.get().await {
            Ok(connection) => Ok(Lease::new(connection, self.connector.clone())),
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
        match lease.begin().await {
            Err(Failure::ConnectionLost(_)) => self.drop_idle(),
            result => return result.map(|()| lease),
        }
        let mut lease = self.lease().await?;
        lease.begin().await?;
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

    /// The use of the pool at this moment.
    pub(crate) fn status(&self) -> Status {
        self.connections.status()
    }

    /// Closes the pool.
    pub(crate) fn close(&self) {
        self.connections.close();
    }
}

async fn connect(connector: Arc<Connector>, session: Arc<str>) -> ConnectionResult<AsyncPgConnection> {
    let mut connection = connector.connect().await?;
    connection.batch_execute(&session).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}
