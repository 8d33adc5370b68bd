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
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, NoTls};
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
        if is_of_something_else(text) {
            return Err(invalid(
                "it is no URL of PostgreSQL, such as postgresql://user:password@host:5432/database",
            ));
        }
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

    /// Opens a connection.
    ///
    /// # Errors
    /// [`ConnectionError::BadConnection`] with all its causes.
    pub(crate) async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        if let Some(tls) = self.tls.clone() {
            let (client, connection) =
                self.config.connect(tls).await.map_err(|error| self.bad_connection(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        } else {
            let (client, connection) =
                self.config.connect(NoTls).await.map_err(|error| self.bad_connection(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
    }

    /// Says which server it was, and all causes of an error, which its own text leaves out.
    fn bad_connection(&self, error: &tokio_postgres::Error) -> ConnectionError {
        let (mut text, mut cause) = (format!("{}: {error}", self.servers()), error.source());
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        ConnectionError::BadConnection(text)
    }

    /// The servers that it connects to, as `host:port`.
    fn servers(&self) -> String {
        const PORT: u16 = 5432;
        let ports = self.config.get_ports();
        let port = |index: usize| ports.get(index).or_else(|| ports.first()).copied().unwrap_or(PORT);
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(folder) => folder.display().to_string(),
        });
        let addresses = self.config.get_hostaddrs().iter().map(ToString::to_string);
        let hosts: Vec<_> =
            if self.config.get_hosts().is_empty() { addresses.collect() } else { hosts.collect() };
        let servers = hosts.iter().enumerate().map(|(index, host)| format!("{host}:{}", port(index)));
        servers.collect::<Vec<_>>().join(", ")
    }
}

/// Whether it is a URL with another scheme. A list of `key=value` may have `://` in it too.
fn is_of_something_else(text: &str) -> bool {
    let scheme_character = |character: char| character.is_ascii_alphanumeric() || "+.-".contains(character);
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        scheme.chars().all(scheme_character) && !matches!(scheme, "postgres" | "postgresql")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_said_and_nothing_of_the_address() {
        for text in ["mysql://a:secret@h/d", "jdbc:postgresql://h/d", "http://secret", "://secret"] {
            let error = Connector::parse(text).err().unwrap().to_string();
            assert!(!error.contains("secret"), "{error}");
            assert!(
                text.starts_with("jdbc") || error.contains("postgresql://user:password@host:5432/"),
                "{error}"
            );
        }
        assert!(Connector::parse("host=h password=a://b sslmode=disable").is_ok());
    }

    #[test]
    fn servers_are_named_without_credentials() {
        for (text, servers) in [
            ("postgres://a:secret@db.example/d", "db.example:5432"),
            ("postgres://a:secret@[::1]:5433/d", "::1:5433"),
            ("postgres://a:secret@one:1,two:2/d", "one:1, two:2"),
            ("host=/run/postgresql user=a password=secret", "/run/postgresql:5432"),
            ("hostaddr=10.0.0.1 port=6432 password=secret", "10.0.0.1:6432"),
        ] {
            assert_eq!(Connector::parse(text).unwrap().servers(), servers);
        }
    }

    #[tokio::test]
    async fn a_refused_connection_names_its_server() {
        let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let url = format!("postgres://ada:secret@{taken}/d");
        let error = Connector::parse(&url).unwrap().connect().await.err().unwrap().to_string();
        assert!(error.contains(&taken.to_string()) && !error.contains("secret"), "{error}");
    }
}
