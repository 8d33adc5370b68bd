//! The embedded default: the database of a `seatline` that was given none.

use std::{
    fmt::{self, Display, Formatter},
    path::{Path, PathBuf},
};

use tokio::sync::Mutex;

use crate::{
    StartError, StopError,
    account::Account,
    binaries::Binaries,
    cluster::{self, Flush},
    connection::{DATABASE, MAINTENANCE_DATABASE, ensure_database},
    container::Container,
    data_folder::DataFolder,
    server::{Launch, Server},
};

/// A PostgreSQL that belongs to this process, and whose data survives it.
///
/// Dropped without [`Embedded::stop`], or when the process is killed, the server goes on; the
/// next [`Embedded::start`] on the same folder takes it over.
pub struct Embedded {
    server: Mutex<Running>,
    url: String,
    location: PathBuf,
    description: String,
    /// Released last, after the server's handle.
    folder: DataFolder,
}

/// Leaves the address out, in which a container's password is.
impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Embedded");
        shown.field("server", &self.server).field("location", &self.location).finish_non_exhaustive()
    }
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
        let (url, description) = (server.url(DATABASE), server.description(&location));
        Ok(Self { server: Mutex::new(server), url, location, description, folder })
    }

    /// Whether a first start has made a database in `data_dir`.
    pub fn exists(data_dir: &Path) -> bool {
        DataFolder::cluster_in(data_dir).join("PG_VERSION").exists() || Container::is_remembered(data_dir)
    }

    /// The address of the database that another process uses in `data_dir`, to be connected to beside it. It may carry a
    /// password.
    ///
    /// * Cost – a connection; up to ten seconds while the other process is starting it.
    ///
    /// # Errors
    /// * [`StartError::NotRunning`] – there is none, or it does not answer.
    /// * Others – the system refused a file or a program.
    pub async fn url_beside(data_dir: &Path) -> Result<String, StartError> {
        let data_dir = data_dir.canonicalize().map_err(StartError::io("resolve", data_dir))?;
        if Container::is_remembered(&data_dir) {
            return Ok(Container::running(&data_dir).await?.url(DATABASE));
        }
        Ok(Server::running(&DataFolder::cluster_in(&data_dir)).await?.url(DATABASE))
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
        self.server.lock().await.is_running().await
    }

    /// Starts the server again, with the same address, if it has ended by itself. Returns whether it had. A container is
    /// left to Docker.
    ///
    /// * Cost – a system call while it is there; else that of a start, recovery included.
    ///
    /// # Errors
    /// As for [`Embedded::start`]. The next call tries again.
    pub async fn revive(&self) -> Result<bool, StartError> {
        let mut server = self.server.lock().await;
        let Running::Process(ended) = &*server else { return Ok(false) };
        if ended.is_running() {
            return Ok(false);
        }
        let cluster = self.folder.cluster();
        let account = Account::choose(Some(&cluster))?;
        let Some(major) = cluster::major_version(&cluster)? else { return Err(StartError::NoPostgres) };
        let binaries = Binaries::of_version(major, &cluster)?;
        let sockets = ended.sockets().to_owned();
        *server = launch(&self.folder, &binaries, &account, Some(&sockets)).await?;
        Ok(true)
    }

    /// Stops the server and waits for its end: a fast shutdown, and an immediate one when that
    /// takes longer than 30 seconds. Open transactions are rolled back.
    ///
    /// # Errors
    /// * [`StopError::StillRunning`] – it outlived both; the next start takes it over.
    /// * [`StopError::Program`] – Docker did not stop the container.
    pub async fn stop(self) -> Result<(), StopError> {
        match &*self.server.lock().await {
            Running::Process(server) => server.stop().await,
            Running::Container(container) => container.stop().await,
        }
    }
}

impl Display for Embedded {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.description)
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
            return launch(folder, &binaries, &account, None).await;
        }
        // Binaries installed later must not hide the data that a container has.
        if Container::is_remembered(folder.path()) {
            if !Container::is_supported().await {
                return Err(StartError::NoDocker { data_dir: folder.path().to_owned() });
            }
            return Ok(Self::Container(Container::start(folder.path()).await?));
        }
        if let Some(binaries) = Binaries::find() {
            let account = Account::choose(None)?;
            folder.admit(&account)?;
            cluster::create(&cluster, &binaries, &account, Flush::ToDisk).await?;
            return launch(folder, &binaries, &account, None).await;
        }
        if !Container::is_supported().await {
            return Err(StartError::NoPostgres);
        }
        Ok(Self::Container(Container::start(folder.path()).await?))
    }

    async fn is_running(&self) -> bool {
        match self {
            Self::Process(server) => server.is_running(),
            Self::Container(container) => container.is_running().await,
        }
    }

    fn description(&self, location: &Path) -> String {
        match self {
            Self::Process(_) => format!("PostgreSQL in {}", location.display()),
            Self::Container(container) => format!("PostgreSQL in the Docker volume {}", container.name()),
        }
    }

    fn url(&self, database: &str) -> String {
        match self {
            Self::Process(server) => server.url(database),
            Self::Container(container) => container.url(database),
        }
    }
}

async fn launch(
    folder: &DataFolder,
    binaries: &Binaries,
    account: &Account,
    sockets: Option<&Path>,
) -> Result<Running, StartError> {
    let server = Server::launch(&Launch {
        binaries,
        account,
        cluster: &folder.cluster(),
        home: folder.path(),
        log: &folder.log(),
        sockets,
        settings: &[],
        environment: &[],
    })
    .await?;
    Ok(Running::Process(server))
}
