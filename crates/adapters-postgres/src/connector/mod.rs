//! Opens connections: finds the server, and protects what goes to and fro.
//!
//! Everything that connects to PostgreSQL does so through a [`Connector`], the pool and the migrations alike.

mod connection_string;
mod protection;
mod tls;

use std::error::Error;
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use tokio::time::timeout;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{CancelToken, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use self::connection_string::ConnectionString;
use self::protection::{Protection, invalid};

/// Opens connections to one database.
#[derive(Clone)]
pub(crate) struct Connector {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Connector {
    /// The longest wait for a new connection to each address of the server.
    pub(crate) const TIMEOUT: Duration = Duration::from_secs(3);

    /// Reads a URL or a list of `key=value`, and the certificates that it names.
    ///
    /// # Errors
    /// [`ConnectionError::InvalidConnectionUrl`] and what is wrong with it, without repeating any of it but the path of
    /// a certificate.
    pub(crate) fn parse(text: &str) -> ConnectionResult<Self> {
        let ConnectionString { rest, sslmode, sslrootcert } = ConnectionString::split(text);
        let protection = Protection::parse(sslmode.as_deref(), sslrootcert.as_deref())?;
        let unreadable = |_| invalid("it cannot be read, or has an option that is not supported");
        let mut config: Config = rest.parse().map_err(unreadable)?;
        config.application_name("seatline").connect_timeout(Self::TIMEOUT);
        // What goes through a socket of this machine needs no protection, and PostgreSQL offers none there.
        let is_local = config.get_hostaddrs().is_empty()
            && config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        let (mode, tls) = match protection {
            Protection::None => (SslMode::Disable, None),
            _ if is_local => (SslMode::Disable, None),
            Protection::IfOffered => (SslMode::Prefer, Some(tls::client(&protection)?)),
            Protection::Encrypted | Protection::Verified { .. } => {
                (SslMode::Require, Some(tls::client(&protection)?))
            }
        };
        config.ssl_mode(mode);
        if tls.is_some() && config.get_hosts().is_empty() {
            // A server without a name is known by its address.
            for address in config.get_hostaddrs().to_vec() {
                config.host(address.to_string());
            }
        }
        Ok(Self { config, tls })
    }

    /// Asks the server to end what a connection is doing. Whether it does, and whether anything was being done, nobody
    /// knows.
    pub(crate) async fn cancel(&self, token: CancelToken) {
        let asked = async {
            match self.tls.clone() {
                Some(tls) => token.cancel_query(tls).await,
                None => token.cancel_query(NoTls).await,
            }
        };
        match timeout(Self::TIMEOUT, asked).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a statement could not be cancelled"),
            Err(_) => tracing::debug!("a statement could not be cancelled in time"),
        }
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// [`ConnectionError::BadConnection`] with all its causes.
    pub(crate) async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        if let Some(tls) = self.tls.clone() {
            let (client, connection) =
                self.config.connect(tls).await.map_err(|error| bad_connection(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        } else {
            let (client, connection) =
                self.config.connect(NoTls).await.map_err(|error| bad_connection(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
    }
}

/// Keeps all causes of an error, which its own text leaves out.
fn bad_connection(error: &tokio_postgres::Error) -> ConnectionError {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    ConnectionError::BadConnection(text)
}
