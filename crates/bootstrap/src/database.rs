use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use seatline_local_postgres::Embedded;
use secrecy::{ExposeSecret, SecretString};

use crate::config::Options;

/// The database that Seatline works on: one that was given, or one of its own.
pub(crate) enum Database {
    Given(SecretString),
    Embedded { server: Arc<Embedded>, data_dir: PathBuf },
}

impl Database {
    /// Takes the database that was given, or starts one.
    pub(crate) async fn open(options: &Options) -> anyhow::Result<Self> {
        if let Some(url) = &options.database_url {
            return Ok(Self::Given(url.clone()));
        }
        let data_dir = options.data_dir.clone().map_or_else(default_data_dir, Ok)?;
        std::fs::create_dir_all(&data_dir)
            .with_context(|| format!("cannot create the data folder {}", data_dir.display()))?;
        let server = Embedded::start(&data_dir).await.context("cannot start the embedded database")?;
        Ok(Self::Embedded { server: Arc::new(server), data_dir })
    }

    /// How to reach it.
    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Given(url) => url.expose_secret(),
            Self::Embedded { server, .. } => server.url(),
        }
    }

    /// The data folder, when it is Seatline's own.
    pub(crate) fn data_dir(&self) -> Option<&Path> {
        match self {
            Self::Given(_) => None,
            Self::Embedded { data_dir, .. } => Some(data_dir),
        }
    }

    /// The server, when it is Seatline's own.
    pub(crate) fn embedded(&self) -> Option<Arc<Embedded>> {
        match self {
            Self::Given(_) => None,
            Self::Embedded { server, .. } => Some(Arc::clone(server)),
        }
    }

    /// Stops it, when it is Seatline's own.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        match self {
            Self::Given(_) => Ok(()),
            Self::Embedded { server, .. } => {
                // Who looks after it has ended by now.
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
        }
    }
}

fn default_data_dir() -> anyhow::Result<PathBuf> {
    if nix::unistd::geteuid().is_root() {
        return Ok("/var/lib/seatline".into());
    }
    let folder = dirs::data_dir().context("there is no data folder for this user; set SEATLINE_DATA_DIR")?;
    Ok(folder.join("seatline"))
}
