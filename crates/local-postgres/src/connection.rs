//! Addresses of a server, and the few statements that starting one needs.

use std::{fmt::Write, os::unix::ffi::OsStrExt, path::Path, time::Duration};

use tokio_postgres::{Client, NoTls, error::SqlState};

use crate::StartError;

/// The role that owns everything in a cluster of ours.
pub(crate) const ROLE: &str = "seatline";

/// The database of the embedded default.
pub(crate) const DATABASE: &str = "seatline";

/// The database that every new cluster has.
pub(crate) const MAINTENANCE_DATABASE: &str = "postgres";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The address of a database behind the socket in `sockets`.
pub(crate) fn socket_url(sockets: &Path, database: &str) -> String {
    let host = encode(sockets.as_os_str().as_bytes());
    format!("postgresql://{ROLE}@/{}?host={host}", encode(database.as_bytes()))
}

/// The address of a database on this machine's loopback.
pub(crate) fn loopback_url(port: u16, password: &str, database: &str) -> String {
    format!("postgresql://{ROLE}:{password}@127.0.0.1:{port}/{}", encode(database.as_bytes()))
}

/// Connects, within [`CONNECT_TIMEOUT`].
pub(crate) async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let mut config: tokio_postgres::Config = url.parse()?;
    config.connect_timeout(CONNECT_TIMEOUT).application_name("seatline start");
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "the connection made for the start broke");
        }
    });
    Ok(client)
}

/// Creates `database` unless it exists.
pub(crate) async fn ensure_database(url: &str, database: &str) -> Result<(), StartError> {
    let client = connect(url).await?;
    let found = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&database]).await?;
    if found.is_some() {
        return Ok(());
    }
    match client.batch_execute(&format!("CREATE DATABASE \"{database}\"")).await {
        Err(error) if error.code() == Some(&SqlState::DUPLICATE_DATABASE) => Ok(()),
        outcome => Ok(outcome?),
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use tokio_postgres::{Config, config::Host};

    use super::*;

    #[test]
    fn a_socket_url_survives_any_path() {
        let folder = Path::new("/tmp/a b/50%&?#@,\"'ü");
        let config: Config = socket_url(folder, "tests_1").parse().unwrap();
        assert_eq!(config.get_hosts(), [Host::Unix(folder.to_owned())]);
        assert_eq!(config.get_user(), Some("seatline"));
        assert_eq!(config.get_dbname(), Some("tests_1"));
    }
}
