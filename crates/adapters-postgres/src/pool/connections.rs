use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::SimpleAsyncConnection;

use super::Share;
use crate::connector::{Connection, Connector};

/// The settings of every connection, whatever those of the database are. Its timeouts: that of idle transactions is
/// below the age at which the commit watermark passes over a batch, so that no frozen instance's batch is ever committed
/// behind a board's back. Its isolation: the batches lock first and read what is committed then. Its plans: the batches'
/// small look-ups go by index, whatever the statistics say of tables that have just grown (ADR-0006).
const SESSION: &str = "
    SET statement_timeout = '5s';
    SET lock_timeout = '3s';
    SET idle_in_transaction_session_timeout = '4s';
    SET jit = off;
    SET default_transaction_isolation = 'read committed';
    SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET enable_bitmapscan = off;
    SET enable_material = off;";

/// What reads for the public have besides: nobody waits longer for an answer, and a client that has gone leaves no more
/// work behind than this.
const PUBLIC_SESSION: &str = "SET statement_timeout = '2s'; SET default_transaction_read_only = on;";

/// Opens the connections of a share.
pub(crate) struct Connections {
    connector: Connector,
    session: String,
}

impl Connections {
    pub(super) fn new(connector: Connector, share: Share) -> Self {
        let name = share.application_name();
        let bounds = if share == Share::Public { PUBLIC_SESSION } else { "" };
        Self { connector, session: format!("{SESSION} SET application_name = '{name}'; {bounds}") }
    }

    /// Asks the server to end what a connection is doing.
    pub(super) async fn cancel(&self, connection: &Connection) {
        self.connector.cancel(connection).await;
    }
}

impl Manager for Connections {
    type Type = Connection;
    type Error = ConnectionError;

    async fn create(&self) -> ConnectionResult<Connection> {
        let mut connection = self.connector.connect().await?;
        connection
            .pg
            .batch_execute(&self.session)
            .await
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }

    /// Asks nothing of the server: what has failed does not come back, and a connection that died unused is replaced by
    /// whoever finds out. Those to a server that another has taken over from are closed.
    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<ConnectionError> {
        if connection.is_left_behind() {
            return Err(RecycleError::message("its history was left behind"));
        }
        Ok(())
    }
}
