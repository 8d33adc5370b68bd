//! A server of one's own, for tests and benchmarks that crash and restart it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::{
    StartError, StopError,
    account::Account,
    binaries::Binaries,
    cluster::{self, Flush},
    connection::{MAINTENANCE_DATABASE, connect},
    server::{Launch, Server},
    socket_folder::short_temporary_folder,
    watchdog::Watchdog,
};

/// Room for many pools at once: tests run in parallel, and each opens its own.
const CONNECTIONS: &str = "max_connections=300";

/// Settings that are fast, and lose everything in a crash of the machine.
const FORGETFUL: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// `$1` is the folder. The server takes its own files away as its last act, so the end of
/// `postmaster.pid` is the end of the server.
const CLEAN_UP: &str = r#"
file="$1/postgres/postmaster.pid"
if read -r pid <"$file" && kill -QUIT "$pid"; then
    tries=0
    while [ -e "$file" ] && [ "$tries" -lt 200 ]; do
        sleep 0.02
        tries=$((tries + 1))
    done
fi
tries=0
# An initdb that is still at work may add a file meanwhile.
until rm -rf -- "$1" || [ "$tries" -ge 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
"#;

/// Whether a temporary cluster survives a crash.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Durability {
    /// PostgreSQL's defaults: what was committed is there after a crash. For fault tests and
    /// benchmarks, whose results would otherwise mean nothing.
    Durable,
    /// Nothing waits for the disk. For tests that never crash the server.
    Forgetful,
}

/// A PostgreSQL in a temporary folder, from the server binaries.
///
/// The server and the folder go away when this value is dropped, or when the process ends,
/// however it ends. It takes 300 connections.
#[derive(Debug)]
pub struct TemporaryCluster {
    home: PathBuf,
    binaries: Binaries,
    account: Account,
    durability: Durability,
    settings: Vec<String>,
    environment: Vec<(String, String)>,
    server: Server,
    _watchdog: Watchdog,
}

impl TemporaryCluster {
    /// Creates a cluster and starts its server.
    ///
    /// # Errors
    /// * [`StartError::NoPostgres`] – there are no server binaries.
    /// * Others – as for [`Embedded::start`](crate::Embedded::start).
    pub async fn start(durability: Durability) -> Result<Self, StartError> {
        Self::start_with_settings(durability, []).await
    }

    /// Creates a cluster with settings of one's own, each `name=value`, which stay over restarts, and
    /// starts its server. Without `listen_addresses` it listens on a Unix socket only.
    ///
    /// # Errors
    /// As for [`TemporaryCluster::start`]; [`StartError::Server`] also for a setting that the
    /// server does not take.
    pub async fn start_with_settings(
        durability: Durability,
        settings: impl IntoIterator<Item = String>,
    ) -> Result<Self, StartError> {
        let binaries = Binaries::find().ok_or(StartError::NoPostgres)?;
        let settings: Vec<_> = settings.into_iter().collect();
        let account = Account::choose(None)?;
        let (home, watchdog) = make_home(&account)?;
        cluster::create(&home.join("postgres"), &binaries, &account, Flush::Never).await?;
        let environment = Vec::new();
        let server = launch(&home, &binaries, &account, durability, &settings, &environment).await?;
        Ok(Self { home, binaries, account, durability, settings, environment, server, _watchdog: watchdog })
    }

    /// Copies this cluster, and starts a standby that follows its server: see
    /// [`TemporaryCluster::promote`].
    ///
    /// * `environment` – variables for the standby's process, such as give it another time of day.
    ///
    /// # Errors
    /// As for [`TemporaryCluster::start`].
    pub async fn standby(&self, environment: Vec<(String, String)>) -> Result<Self, StartError> {
        let (binaries, account) = (self.binaries.clone(), self.account.clone());
        let (home, watchdog) = make_home(&account)?;
        cluster::copy(&self.url("postgres"), &home.join("postgres"), &binaries, &account).await?;
        let (durability, settings) = (self.durability, self.settings.clone());
        let server = launch(&home, &binaries, &account, durability, &settings, &environment).await?;
        Ok(Self { home, binaries, account, durability, settings, environment, server, _watchdog: watchdog })
    }

    /// Makes a standby take over, whatever the server that it follows does. Returns when it takes
    /// writes.
    ///
    /// # Errors
    /// [`StartError::Database`] – it does not answer, or is no standby.
    pub async fn promote(&self) -> Result<(), StartError> {
        let client = connect(&self.url(MAINTENANCE_DATABASE)).await?;
        client.batch_execute("SELECT pg_promote(true, 60)").await?;
        Ok(())
    }

    /// The address of a database on this server, which need not exist. It stays the same over
    /// restarts. `postgres` always exists.
    pub fn url(&self, database: &str) -> String {
        self.server.url(database)
    }

    /// The file that the server logs to.
    pub fn log(&self) -> PathBuf {
        log_in(&self.home)
    }

    /// Whether the server's main process is alive.
    pub fn is_running(&self) -> bool {
        self.server.is_running()
    }

    /// Stops the server the fast way: open transactions are rolled back, clients disconnected.
    /// The data stays; see [`TemporaryCluster::restart`].
    ///
    /// # Errors
    /// * [`StopError::StillRunning`] – the server outlived the immediate shutdown as well.
    pub async fn stop(&self) -> Result<(), StopError> {
        self.server.stop().await
    }

    /// Crashes the server: an immediate shutdown, without a checkpoint. Whether committed data is
    /// there after [`TemporaryCluster::restart`] is up to PostgreSQL's recovery, as after a real
    /// crash of its processes.
    ///
    /// # Errors
    /// * [`StopError::StillRunning`] – the server is alive ten seconds later.
    pub async fn crash(&self) -> Result<(), StopError> {
        self.server.crash().await
    }

    /// Starts the server again on the same folder, after [`TemporaryCluster::stop`] or
    /// [`TemporaryCluster::crash`]. Returns when it answers, thus after its recovery.
    ///
    /// # Errors
    /// * [`StartError::Server`] – it did not come up, or is still running.
    pub async fn restart(&mut self) -> Result<(), StartError> {
        self.server = launch(
            &self.home,
            &self.binaries,
            &self.account,
            self.durability,
            &self.settings,
            &self.environment,
        )
        .await?;
        Ok(())
    }
}

/// Makes a folder of a cluster's own. Everything in it is the watchdog's to remove.
fn make_home(account: &Account) -> Result<(PathBuf, Watchdog), StartError> {
    let base = short_temporary_folder();
    let home = tempfile::Builder::new()
        .prefix("seatline-test-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(&base)
        .map_err(StartError::io("create a folder in", &base))?
        .keep();
    let watchdog =
        Watchdog::start(CLEAN_UP, &[home.as_os_str()]).map_err(StartError::io("watch over", &home))?;
    account.own(&home)?;
    account.check_reach(&home)?;
    Ok((home, watchdog))
}

fn log_in(home: &Path) -> PathBuf {
    home.join("postgres.log")
}

async fn launch(
    home: &Path,
    binaries: &Binaries,
    account: &Account,
    durability: Durability,
    own: &[String],
    environment: &[(String, String)],
) -> Result<Server, StartError> {
    let mut settings = vec![CONNECTIONS];
    if durability == Durability::Forgetful {
        settings.extend(FORGETFUL);
    }
    settings.extend(own.iter().map(String::as_str));
    Server::launch(&Launch {
        binaries,
        account,
        cluster: &home.join("postgres"),
        home,
        log: &log_in(home),
        sockets: None,
        settings: &settings,
        environment,
    })
    .await
}
