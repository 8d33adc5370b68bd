//! Connections to PostgreSQL, in [shares](Share) that do not wait for each other. Every wait has a bound.

mod clock;
mod connections;
#[cfg(test)]
mod failures;
mod lease;
mod scope;
mod settings;
mod share;
mod shares;

pub(crate) use clock::{Clock, CommitWatermark, now, time_of_read};
pub(crate) use lease::Lease;
pub(crate) use scope::Scope;
pub use settings::ConnectionSettings;
pub(crate) use share::Share;
pub(crate) use shares::Shares;

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{self, PoolError, TimeoutType};
use deadpool::{Runtime, Status};
use metrics::Counter;
use seatline_domain::storage::StorageError;

use self::connections::Connections;
use crate::connector::Connector;
use crate::failure::Failure;
use crate::metrics::wait_timeouts;
use crate::statement::Select;

/// A bounded pool of connections.
#[derive(Clone)]
pub(crate) struct Pool {
    connections: managed::Pool<Connections>,
    clock: Arc<Clock>,
    answer_timeout: Duration,
    wait_timeouts: Counter,
}

/// Makes the connections of a share, so many at most. They are opened when they are first needed.
fn connections(
    connector: &Connector,
    settings: &ConnectionSettings,
    share: Share,
    scope: Scope,
) -> Result<managed::Pool<Connections>, StorageError> {
    managed::Pool::builder(Connections::new(connector, share, scope))
        .max_size(share.size(settings.pool_size))
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(settings.wait))
        .create_timeout(Some(connector.timeout()))
        .build()
        .map_err(|error| StorageError::Unavailable(error.to_string()))
}

impl Pool {
    fn new(connections: managed::Pool<Connections>, share: Share, clock: Arc<Clock>) -> Self {
        let (answer_timeout, wait_timeouts) = (share.answer_timeout(), wait_timeouts(share.name()));
        Self { connections, clock, answer_timeout, wait_timeouts }
    }

    /// A connection, within the pool's wait.
    pub(crate) async fn lease(&self) -> Result<Lease, Failure> {
        match self.connections.get().await {
            Ok(connection) => Ok(Lease::new(connection, self.answer_timeout)),
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

    /// The database's time.
    pub(crate) const fn clock(&self) -> &Arc<Clock> {
        &self.clock
    }

    /// The most connections.
    pub(crate) fn size_max(&self) -> usize {
        self.status().max_size
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
