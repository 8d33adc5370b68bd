//! The embedded default: the database of a `seatline` that was given none.

use std::{
    fmt::{self, Display, Formatter},
    path::{Path, PathBuf},
};

use crate::{
    StartError, StopError,
    account::Account,
    binaries::Binaries,
    cluster::{self, Flush},
    connection::{DATABASE, MAINTENANCE_DATABASE, ensure_database},
    container::{Container, Docker},
    data_folder::DataFolder,
    server::{Launch, Server},
};

/// A PostgreSQL that belongs to this process, and whose data survives it.
///
/// Dropped without [`Embedded::stop`], or when the process is killed, the server goes on; the
/// next [`Embedded::start`] on the same folder takes it over.
#[derive(Debug)]
pub struct Embedded {
    server: Running,
    url: String,
    location: PathBuf,
    /// Released last, after the server's handle.
    _folder: DataFolder,
}

#[derive(Debug)]
enum Running {
    Process(Server),
    Container(Container),
}

impl Embedded {
    /// Starts the database in `data_dir`, or takes over the one that a killed process left there.
    ///
    /// The first start creates the folder (mode 0700) and in it a cluster of the PostgreSQL found
    /// in `PATH`, through `pg_config` or in the usual install folders. Later starts use the same
    /// major version. Without binaries, a container keeps the data in a named volume. The server
    /// listens on a Unix socket that only its account and root can reach (a container: on the
    /// loopback, with a random password kept in `data_dir`), keeps PostgreSQL's durable defaults,
    /// and writes its log to `data_dir`. A Ctrl-C in the terminal does not reach it.
    ///
    /// PostgreSQL refuses to run as root. Started by root, it runs as the owner of the existing
    /// cluster, else as `seatline`, `postgres` or `nobody`, the first that exists.
    ///
    /// * Cost – the first start takes about a second or two, later ones a fraction; after a crash,
    ///   up to five minutes for its recovery.
    ///
    /// # Errors
    /// * [`StartError::NoPostgres`] – neither binaries nor Docker; the message names the ways out.
    /// * [`StartError::NoDocker`] – the data is in a container's volume, and Docker is not there.
    /// * [`StartError::InUse`] – another live process uses `data_dir`.
    /// * [`StartError::MissingVersion`] – the cluster needs another major version.
    /// * [`StartError::NoAccount`], [`StartError::Unreachable`] – root has no one to run it as.
    /// * [`StartError::Server`] – it did not come up; carries the last lines of its log.
    /// * Others – the system refused a file, a program or a connection.
    ///
    /// Source: requirement "The embedded default"; ADR-0005.
    pub async fn start(data_dir: &Path) -> Result<Self, StartError> {
        let folder = DataFolder::claim(data_dir).await?;
        let server = Running::start(&folder).await?;
        ensure_database(&server.url(MAINTENANCE_DATABASE), DATABASE).await?;
        let location = match &server {
            Running::Process(_) => folder.cluster(),
            Running::Container(_) => folder.path().to_owned(),
        };
        Ok(Self { url: server.url(DATABASE), server, location, _folder: folder })
    }

    /// The address of the database `seatline`, which exists. It may carry a password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder of the cluster. For a container, the data folder that knows its volume; print
    /// the value itself to name either.
    pub fn location(&self) -> &Path {
        &self.location
    }

    /// Whether the server is still there. Costs a system call; for a container, a connection.
    pub async fn is_running(&self) -> bool {
        match &self.server {
            Running::Process(server) => server.is_running(),
            Running::Container(container) => container.is_running().await,
        }
    }

    /// Stops the server and waits for its end: a fast shutdown, and an immediate one when that
    /// takes longer than 30 seconds. Open transactions are rolled back.
    ///
    /// # Errors
    /// * [`StopError::StillRunning`] – it outlived both; the next start takes it over.
    /// * [`StopError::Program`] – Docker did not stop the container.
    pub async fn stop(self) -> Result<(), StopError> {
        match &self.server {
            Running::Process(server) => server.stop().await,
            Running::Container(container) => container.stop().await,
        }
    }
}

impl Display for Embedded {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.server {
            Running::Process(_) => write!(formatter, "PostgreSQL in {}", self.location.display()),
            Running::Container(container) => {
                write!(formatter, "PostgreSQL in the Docker volume {}", container.name())
            }
        }
    }
}

impl Running {
    async fn start(folder: &DataFolder) -> Result<Self, StartError> {
        let cluster = folder.cluster();
        if let Some(major) = cluster::major_version(&cluster)? {
            if let Some(server) = Server::adopt(&cluster).await? {
                tracing::info!("took over the PostgreSQL that a killed seatline left running");
                return Ok(Self::Process(server));
            }
            let account = Account::choose(Some(&cluster))?;
            folder.admit(&account)?;
            let binaries = Binaries::of_version(major, &cluster)?;
            return launch(folder, &binaries, &account).await;
        }
        // Binaries installed later must not hide the data that a container has.
        if Container::is_remembered(folder.path()) {
            let data_dir = folder.path().to_owned();
            let docker = Docker::find().await.ok_or(StartError::NoDocker { data_dir })?;
            return Ok(Self::Container(Container::keep(docker, folder.path()).await?));
        }
        if let Some(binaries) = Binaries::find() {
            let account = Account::choose(None)?;
            folder.admit(&account)?;
            cluster::create(&cluster, &binaries, &account, Flush::ToDisk).await?;
            return launch(folder, &binaries, &account).await;
        }
        let docker = Docker::find().await.ok_or(StartError::NoPostgres)?;
        Ok(Self::Container(Container::keep(docker, folder.path()).await?))
    }

    fn url(&self, database: &str) -> String {
        match self {
            Self::Process(server) => server.url(database),
            Self::Container(container) => container.url(database),
        }
    }
}

async fn launch(folder: &DataFolder, binaries: &Binaries, account: &Account) -> Result<Running, StartError> {
    let server = Server::launch(&Launch {
        binaries,
        account,
        cluster: &folder.cluster(),
        home: folder.path(),
        log: &folder.log(),
        settings: &[],
    })
    .await?;
    Ok(Running::Process(server))
}
