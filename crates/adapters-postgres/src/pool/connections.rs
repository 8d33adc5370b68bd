use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use diesel::sql_types::{Array, Bool, Text};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::SimpleAsyncConnection;

use super::{Scope, Share};
use crate::connector::{Connection, Connector};
use crate::statement::{Select, arrays, row, statement};

/// The settings of every connection, whatever those of the database are. Its timeouts: that of idle transactions is
/// below the age at which the commit watermark passes over a batch, so that no frozen instance's batch is ever committed
/// behind a board's back. Its isolation: the batches lock first and read what is committed then. Its plans: the batches'
/// small look-ups go by index, whatever the statistics say of tables that have just grown (ADR-0006).
const SETTINGS: [(&str, &str); 11] = [
    ("statement_timeout", "5s"),
    ("lock_timeout", "3s"),
    ("idle_in_transaction_session_timeout", "4s"),
    ("jit", "off"),
    ("default_transaction_isolation", "read committed"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_material", "off"),
];

/// What reads for the public have besides: nobody waits longer for an answer, and a client that has gone leaves no more
/// work behind than this.
const PUBLIC_SETTINGS: [(&str, &str); 2] =
    [("statement_timeout", "2s"), ("default_transaction_read_only", "on")];

statement! {
    /// Gives what must be run once for settings of the role in this database that are not as they must be. Behind a pooler
    /// only these hold.
    FindMissingSettings { name: Vec<&'static str> => Array<Text>, value: Vec<&'static str> => Array<Text> } -> String;
    "SELECT format('ALTER ROLE %I IN DATABASE %I SET %s = %L;', current_user, current_database(), wanted.name, wanted.value)
     FROM ", arrays!(wanted: name, value), "
     WHERE current_setting(wanted.name) <> wanted.value"
}

/// Opens the connections of a share.
pub(crate) struct Connections {
    connector: Connector,
    session: String,
    scope: Scope,
}

impl Connections {
    pub(super) fn new(connector: &Connector, share: Share, scope: Scope) -> Self {
        let public = if share == Share::Public { PUBLIC_SETTINGS.as_slice() } else { &[] };
        let settings = SETTINGS.iter().chain(public);
        let settings = settings.map(|(name, value)| format!("SET {name} = '{value}'"));
        let session = settings.chain(scope.session()).collect::<Vec<_>>().join("; ");
        Self { connector: connector.named(share.application_name()), session, scope }
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
        if connection.is_pooled {
            check_settings(&connection).await?;
        } else {
            let set = connection.pg.batch_execute(&self.session).await;
            set.map_err(ConnectionError::CouldntSetupConfiguration)?;
        }
        check_scope(&connection, self.scope).await?;
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

statement! {
    /// Reads which schema is looked through first, and whether there is one of this name.
    FindSchemas { schema: String => Text } -> SchemasRow;
    "SELECT ", schemas_columns!(), " FROM (SELECT ? AS schema) AS wanted"
}

row! {
    /// Where a session looks for tables.
    SchemasRow as schemas_columns {
        current: String => Text = "coalesce(current_schema()::text, '')",
        exists: bool => Bool = "EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = wanted.schema)",
    }
}

/// Makes sure that every table is found where it is. Only the views of all cells may be missing: where there is one cell.
async fn check_scope(connection: &Connection, scope: Scope) -> ConnectionResult<()> {
    let Some(schema) = scope.schema() else { return Ok(()) };
    let found = FindSchemas { schema: schema.clone() }.load(&connection.pg).await;
    let found = found.map_err(ConnectionError::CouldntSetupConfiguration)?;
    let may_be_missing = scope == Scope::EveryCell;
    if found.iter().all(|found| found.current == schema || may_be_missing && !found.exists) {
        return Ok(());
    }
    Err(ConnectionError::BadConnection(if connection.is_pooled {
        "a pooler in between loses where a session looks for its tables, so there can be only one cell".into()
    } else {
        format!(
            "there is no schema {schema}, or this role may not use it (GRANT USAGE ON SCHEMA {schema} TO …)"
        )
    }))
}

/// Makes sure that the settings hold without being set.
async fn check_settings(connection: &Connection) -> ConnectionResult<()> {
    let (name, value) = SETTINGS.into_iter().unzip();
    let missing = FindMissingSettings { name, value }.load(&connection.pg).await;
    let missing = missing.map_err(ConnectionError::CouldntSetupConfiguration)?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(ConnectionError::BadConnection(format!(
        "a pooler in between loses what is set for a session, so the role must have it; run this once, and then RECONNECT \
         in the pooler's console: {}",
        missing.join(" ")
    )))
}
