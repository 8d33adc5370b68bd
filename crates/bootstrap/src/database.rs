use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use seatline_local_postgres::{Embedded, StartError};
use secrecy::{ExposeSecret, SecretString};

use crate::config::Options;

/// The database that Seatline works on: one that was given, or one of its own.
pub(crate) enum Database {
    Given(SecretString),
    Embedded {
        server: Arc<Embedded>,
        data_dir: PathBuf,
    },
    /// Seatline's own, of another process that goes on using it.
    Running {
        url: SecretString,
        data_dir: PathBuf,
    },
}

impl Database {
    /// Takes the database that was given, or starts one.
    pub(crate) async fn open(options: &Options) -> anyhow::Result<Self> {
        if let Some(url) = options.given_database() {
            return Ok(Self::Given(url.clone()));
        }
        let data_dir = data_dir(options)?;
        let server = Embedded::start(&data_dir).await.map_err(|error| explain(error, &data_dir))?;
        Ok(Self::Embedded { server: Arc::new(server), data_dir })
    }

    /// Takes the database that is there: the one that was given, the one that a running service uses, or one's own,
    /// which is started. Makes none.
    pub(crate) async fn find(options: &Options) -> anyhow::Result<Self> {
        if let Some(url) = options.given_database() {
            return Ok(Self::Given(url.clone()));
        }
        let data_dir = data_dir(options)?;
        anyhow::ensure!(
            Embedded::exists(&data_dir),
            "there is no database in {}; SEATLINE_DATA_DIR or DATABASE_URL say where it is",
            data_dir.display()
        );
        match Embedded::start(&data_dir).await {
            Ok(server) => Ok(Self::Embedded { server: Arc::new(server), data_dir }),
            Err(StartError::InUse { .. }) => {
                let url = Embedded::url_beside(&data_dir).await.with_context(|| {
                    format!("cannot reach the database of the running service in {}", data_dir.display())
                })?;
                Ok(Self::Running { url: url.into(), data_dir })
            }
            Err(error) => Err(explain(error, &data_dir)),
        }
    }

    /// How to reach it.
    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Given(url) | Self::Running { url, .. } => url.expose_secret(),
            Self::Embedded { server, .. } => server.url(),
        }
    }

    /// The data folder, when it is Seatline's own.
    pub(crate) fn data_dir(&self) -> Option<&Path> {
        match self {
            Self::Given(_) => None,
            Self::Embedded { data_dir, .. } | Self::Running { data_dir, .. } => Some(data_dir),
        }
    }

    /// The server, when it is Seatline's own.
    pub(crate) fn embedded(&self) -> Option<Arc<Embedded>> {
        match self {
            Self::Given(_) | Self::Running { .. } => None,
            Self::Embedded { server, .. } => Some(Arc::clone(server)),
        }
    }

    /// Stops it, when it is Seatline's own.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        match self {
            Self::Given(_) | Self::Running { .. } => Ok(()),
            Self::Embedded { server, .. } => {
                // The process that looked after it has ended by now.
                let server = Arc::into_inner(server).context("the embedded database is still in use")?;
                server.stop().await.context("cannot stop the embedded database")
            }
        }
    }
}

impl std::fmt::Display for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Given(_) => f.write_str("the PostgreSQL of DATABASE_URL"),
            Self::Embedded { server, .. } => write!(f, "{server}"),
            Self::Running { data_dir, .. } => write!(f, "the running PostgreSQL in {}", data_dir.display()),
        }
    }
}

const CHOOSES_ANOTHER: &str = "SEATLINE_DATA_DIR chooses another one";

/// Says what to do where the folder is at fault.
fn explain(error: StartError, data_dir: &Path) -> anyhow::Error {
    let context = match &error {
        StartError::Io { .. } => {
            format!("cannot keep a database in the data folder {}; {CHOOSES_ANOTHER}", data_dir.display())
        }
        _ => "cannot start the embedded database".to_owned(),
    };
    anyhow::Error::new(error).context(context)
}

fn data_dir(options: &Options) -> anyhow::Result<PathBuf> {
    options.data_dir.clone().map_or_else(default_data_dir, Ok)
}

fn default_data_dir() -> anyhow::Result<PathBuf> {
    if nix::unistd::geteuid().is_root() {
        return Ok("/var/lib/seatline".into());
    }
    let folder = dirs::data_dir().context("there is no data folder for this user; set SEATLINE_DATA_DIR")?;
    Ok(folder.join("seatline"))
}
