//! Opens connections: finds the server, protects what goes to and fro, and takes note of its errors.
//!
//! Everything that connects to PostgreSQL does so through a [`Connector`], the pool and the migrations alike.

mod connection_string;
mod history;
mod host;
mod observed;
mod pooler;
mod protection;
mod server_errors;
mod simple_query;
#[cfg(test)]
mod tests;
mod tls;

pub(crate) use server_errors::ServerErrors;

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use tokio::time::{sleep, timeout};
use tokio_postgres::config::{LoadBalanceHosts, SslMode, TargetSessionAttrs};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use self::connection_string::ConnectionString;
use self::history::{History, Timeline};
use self::host::{Address, Host, Socket};
use self::observed::{Observed, ObservedTls};
use self::protection::{Protection, invalid};
use self::simple_query::first_row;

/// Opens connections to one database.
#[derive(Clone)]
pub(crate) struct Connector {
    config: Config,
    /// At least one.
    hosts: Vec<Host>,
    /// The index of the host that answered last.
    preferred: Arc<AtomicUsize>,
    history: Arc<History>,
    tls: Option<MakeRustlsConnect>,
}

/// A connection, with what the server reported over it.
pub(crate) struct Connection {
    pub(crate) pg: AsyncPgConnection,
    pub(crate) errors: Arc<ServerErrors>,
    host: Host,
    address: Address,
    timeline: Option<Timeline>,
    history: Arc<History>,
    /// Whether there is a pooler in between: what is set for a session gets lost.
    pub(crate) is_pooled: bool,
}

impl Connection {
    /// Tells whether another server has taken over from the one that this is to.
    pub(crate) fn is_left_behind(&self) -> bool {
        self.timeline.as_ref().is_some_and(|timeline| self.history.is_left_behind(timeline))
    }
}

impl Connector {
    /// The longest that one address may take for a new connection, from the first packet to the first answer.
    const TIMEOUT: Duration = Duration::from_secs(3);
    /// The time after which the next host, or the next address of one, is tried as well.
    const HEAD_START: Duration = Duration::from_millis(250);

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
        config.application_name("seatline");
        let hosts = Host::all_of(&config).map_err(invalid)?;
        if config.get_load_balance_hosts() != LoadBalanceHosts::Disable {
            return Err(invalid("load_balance_hosts is not supported"));
        }
        // Of several hosts the one is meant that takes writes, unless something else is said.
        if hosts.len() > 1 && !rest.contains("target_session_attrs") {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        // What goes through a socket of this machine needs no protection, and PostgreSQL offers none there.
        let is_local = hosts.iter().all(Host::is_local);
        let (mode, tls) = match protection {
            Protection::None => (SslMode::Disable, None),
            _ if is_local => (SslMode::Disable, None),
            Protection::IfOffered => (SslMode::Prefer, Some(tls::client(&protection)?)),
            Protection::Encrypted | Protection::Verified { .. } => {
                (SslMode::Require, Some(tls::client(&protection)?))
            }
        };
        config.ssl_mode(mode);
        Ok(Self { config, hosts, preferred: Arc::default(), history: Arc::default(), tls })
    }

    /// The same by another name, which the server shows and a pooler keeps.
    pub(crate) fn named(&self, name: &str) -> Self {
        let mut named = self.clone();
        named.config.application_name(name);
        named
    }

    /// The longest that [`connect`](Self::connect) takes.
    pub(crate) fn timeout(&self) -> Duration {
        // Names are looked up, and all their addresses tried, within the time of their host.
        Self::TIMEOUT * 2 + Self::HEAD_START * u32::try_from(self.hosts.len()).unwrap_or(u32::MAX)
    }

    /// Opens a connection to the first host that answers: the one that did so last gets a head start over the others.
    ///
    /// # Errors
    /// [`ConnectionError::BadConnection`] with what each host answered, and all causes.
    pub(crate) async fn connect(&self) -> ConnectionResult<Connection> {
        let preferred = self.preferred.load(Ordering::Relaxed);
        let hosts = self.hosts.iter().enumerate();
        let in_turn = hosts.clone().skip(preferred).chain(hosts.take(preferred));
        let attempts = in_turn.map(|(index, host)| async move { Ok((index, self.connect_to(host).await?)) });
        let (index, connection) = first_of(attempts).await.map_err(ConnectionError::BadConnection)?;
        self.preferred.store(index, Ordering::Relaxed);
        Ok(connection)
    }

    async fn connect_to(&self, host: &Host) -> Result<Connection, String> {
        let with_host = |reason: String| format!("{host}: {reason}");
        let addresses = timeout(Self::TIMEOUT, host.addresses()).await;
        let addresses = addresses.map_err(|_| with_host("its name was not resolved in time".into()))?;
        let addresses = addresses.map_err(|error| with_host(error.to_string()))?;
        let attempts = addresses.iter().map(|address| async move {
            let attempt = timeout(Self::TIMEOUT, self.connect_at(address, host)).await;
            attempt.unwrap_or_else(|_| Err("no answer in time".into()))
        });
        first_of(attempts).await.map_err(with_host)
    }

    async fn connect_at(&self, address: &Address, host: &Host) -> Result<Connection, String> {
        let socket = address.open(&self.config).await.map_err(|error| error.to_string())?;
        let errors = Arc::new(ServerErrors::default());
        let client = self.shake_hands(socket, host, errors.clone()).await.map_err(|error| causes(&error))?;
        self.check_session(&client).await?;
        let timeline = Timeline::of(&client).await;
        if let Some(timeline) = &timeline {
            self.history.follow(timeline)?;
        }
        let is_pooled =
            pooler::is_between(&client, errors.backend()).await.map_err(|error| causes(&error))?;
        if is_pooled {
            pooler::check(&client).await?;
        }
        let pg = AsyncPgConnection::try_from(client).await.map_err(|error| error.to_string())?;
        let (host, address, history) = (host.clone(), address.clone(), self.history.clone());
        Ok(Connection { pg, errors, host, address, timeline, history, is_pooled })
    }

    /// How often it is to be looked whether another server has taken over, for those whose connections are all to the one
    /// before. `None` where there is no other.
    pub(crate) fn look_around_every(&self) -> Option<Duration> {
        match self.hosts.as_slice() {
            [host] if host.is_local() => None,
            // What is behind the one name may change.
            [_] => Some(Duration::from_secs(5)),
            _ => Some(Duration::from_secs(1)),
        }
    }

    /// Connects to every host, to see whether another server has taken over.
    pub(crate) async fn look_around(&self) {
        join_all(self.hosts.iter().map(|host| self.connect_to(host))).await;
    }

    /// Asks the server to end what a connection is doing. Whether it does, and whether anything was being done, nobody
    /// knows.
    pub(crate) async fn cancel(&self, connection: &Connection) {
        let token = connection.pg.cancel_token();
        let asked = async {
            let socket = connection.address.open(&self.config).await.map_err(|error| error.to_string())?;
            let asked = match self.tls_of(&connection.host) {
                Some(tls) => token.cancel_query_raw(socket, tls).await,
                None => token.cancel_query_raw(socket, NoTls).await,
            };
            asked.map_err(|error| causes(&error))
        };
        match timeout(Self::TIMEOUT, asked).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(error, "a statement could not be cancelled"),
            Err(_) => tracing::debug!("a statement could not be cancelled in time"),
        }
    }

    /// The client of TLS for a host, where there is to be one.
    fn tls_of(&self, host: &Host) -> Option<<MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect> {
        let mut tls = self.tls.clone().filter(|_| !host.is_local())?;
        let Ok(tls) = MakeTlsConnect::<Socket>::make_tls_connect(&mut tls, &host.name);
        Some(tls)
    }

    /// Speaks TLS where it is wanted, logs in, and drives the connection from then on.
    async fn shake_hands(
        &self,
        socket: Socket,
        host: &Host,
        errors: Arc<ServerErrors>,
    ) -> Result<Client, tokio_postgres::Error> {
        let socket = Observed::new(socket, self.tls_of(host).is_some(), errors);
        match self.tls_of(host) {
            None => {
                let mut config = self.config.clone();
                config.ssl_mode(SslMode::Disable);
                let (client, connection) = config.connect_raw(socket, NoTls).await?;
                tokio::spawn(drive(connection));
                Ok(client)
            }
            Some(tls) => {
                let (client, connection) = self.config.connect_raw(socket, ObservedTls(tls)).await?;
                tokio::spawn(drive(connection));
                Ok(client)
            }
        }
    }

    /// Makes sure that the server takes writes, or takes none, where that is asked for.
    async fn check_session(&self, client: &Client) -> Result<(), String> {
        let wanted = match self.config.get_target_session_attrs() {
            TargetSessionAttrs::ReadWrite => "off",
            TargetSessionAttrs::ReadOnly => "on",
            _ => return Ok(()),
        };
        let row = first_row(client, "SHOW transaction_read_only").await.map_err(|error| causes(&error))?;
        match row.as_ref().and_then(|row| row.get(0)) {
            Some(answer) if answer == wanted => Ok(()),
            Some("on") => Err("it takes no writes".into()),
            _ => Err("it takes writes".into()),
        }
    }
}

/// Tells whether it is a URL with another scheme. A list of `key=value` may have `://` in it too.
fn is_of_something_else(text: &str) -> bool {
    let scheme_character = |character: char| character.is_ascii_alphanumeric() || "+.-".contains(character);
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        scheme.chars().all(scheme_character) && !matches!(scheme, "postgres" | "postgresql")
    })
}

/// The first success. Each attempt begins a little after the one before it.
///
/// # Errors
/// What each came to.
async fn first_of<T>(
    attempts: impl Iterator<Item = impl Future<Output = Result<T, String>>>,
) -> Result<T, String> {
    let mut attempts: FuturesUnordered<_> = attempts
        .zip(0_u32..)
        .map(|(attempt, place)| sleep(Connector::HEAD_START * place).then(|()| attempt))
        .collect();
    let mut refusals = Vec::new();
    while let Some(outcome) = attempts.next().await {
        match outcome {
            Ok(success) => return Ok(success),
            Err(refusal) => refusals.push(refusal),
        }
    }
    Err(if refusals.is_empty() { "it has no address".into() } else { refusals.join("; ") })
}

/// Carries what goes to and fro until the connection ends. Those who wait for an answer then hear of it themselves.
async fn drive(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::debug!(error = causes(&error), "a connection to the database ended");
    }
}

/// An error with all its causes, which its own text leaves out.
fn causes(error: &tokio_postgres::Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
