//! Errors of starting and stopping, in words for the person at the terminal.

use std::{io, path::Path, path::PathBuf, time::Duration};

use thiserror::Error;

/// Why no PostgreSQL could be started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// Neither server binaries nor a working Docker.
    #[error(
        "found no PostgreSQL: neither its server binaries (initdb and postgres) nor a running \
         Docker. Install the PostgreSQL server packages (script/setup does it), start Docker, or \
         set DATABASE_URL (for the tests: TEST_DATABASE_URL)"
    )]
    NoPostgres,

    /// The data is in a container's volume, and there is no Docker to reach it.
    #[error(
        "the database of {} is in a Docker volume, and Docker does not answer. Start Docker, or \
         set DATABASE_URL", .data_dir.display()
    )]
    NoDocker {
        /// The data folder.
        data_dir: PathBuf,
    },

    /// The data folder was made by a major version whose binaries are not installed.
    #[error(
        "the database in {} needs the server binaries of PostgreSQL {needed}, found: {found}. \
         Install that version, or set DATABASE_URL", .cluster.display()
    )]
    MissingVersion {
        /// Folder of the cluster.
        cluster: PathBuf,
        /// Major version in the cluster's `PG_VERSION`.
        needed: u32,
        /// Major versions found, for display.
        found: String,
    },

    /// Another account could replace what lies in the data folder, the operators' key too.
    #[error(
        "the data folder {} is not safe: {} {reason}. Make it yours alone (chown, chmod 700), or \
         choose another SEATLINE_DATA_DIR", .folder.display(), .path.display()
    )]
    Unsafe {
        /// The data folder.
        folder: PathBuf,
        /// It, or the folder above it that is at fault.
        path: PathBuf,
        /// What is wrong with that.
        reason: &'static str,
    },

    /// Another live process uses the data folder.
    #[error(
        "the data folder {} is in use by another seatline{}. Stop that one, choose another \
         SEATLINE_DATA_DIR, or let both use one database with DATABASE_URL",
        .data_dir.display(), process(*.pid)
    )]
    InUse {
        /// The data folder.
        data_dir: PathBuf,
        /// The process that holds it, when it is known.
        pid: Option<u32>,
    },

    /// Another process uses the folder, but no PostgreSQL of it answers.
    #[error("no PostgreSQL in {} answers", .data_dir.display())]
    NotRunning {
        /// The folder in which it was looked for.
        data_dir: PathBuf,
    },

    /// Started by root, and there is no account to run PostgreSQL as.
    #[error(
        "PostgreSQL refuses to run as root, and none of the accounts {tried} exists. Create one \
         of them, start seatline as an ordinary user, or set DATABASE_URL"
    )]
    NoAccount {
        /// Names that were looked up.
        tried: String,
    },

    /// Started by root, and the unprivileged account cannot enter the folder.
    #[error(
        "the account {account}, which runs PostgreSQL because it refuses to run as root, cannot \
         reach {}. Choose a SEATLINE_DATA_DIR whose parent folders everyone may enter, or set \
         DATABASE_URL", .folder.display()
    )]
    Unreachable {
        /// The account that was chosen.
        account: String,
        /// The folder it has to enter.
        folder: PathBuf,
    },

    /// A left-over server is alive, but does not answer as the server of this folder.
    #[error(
        "process {pid}, named in {}, is alive but does not answer as the PostgreSQL of this \
         folder. Stop it; if it is no PostgreSQL at all, remove that file", .file.display()
    )]
    Unresponsive {
        /// Process id in the file.
        pid: i32,
        /// The cluster's `postmaster.pid`.
        file: PathBuf,
    },

    /// The server went away, or was not ready in time.
    #[error("PostgreSQL {what}. The last lines of {}:\n{tail}", .log.display())]
    Server {
        /// A predicate: what happened.
        what: String,
        /// Its log.
        log: PathBuf,
        /// The last lines that it wrote in this attempt.
        tail: String,
    },

    /// A program that was run on the way failed.
    #[error(transparent)]
    Program(#[from] ProgramError),

    /// The server runs but refuses our first statements.
    #[error("PostgreSQL started, but does not accept our statements")]
    Database(#[from] tokio_postgres::Error),

    /// The system refused a file or a folder.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// The action, an infinitive.
        action: &'static str,
        /// The path it was for.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl StartError {
    /// Adds the action and the path to a bare I/O error, in `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

fn process(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

/// Why PostgreSQL could not be stopped.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StopError {
    /// It outlived the fast and the immediate shutdown.
    #[error("PostgreSQL (process {pid}) is still running {}s after it was told to stop", .waited.as_secs())]
    StillRunning {
        /// The server's main process.
        pid: i32,
        /// The time it was given.
        waited: Duration,
    },

    /// Docker did not stop the container.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

/// A program that failed.
#[derive(Debug, Error)]
#[error("`{program}` failed: {output}")]
pub struct ProgramError {
    program: String,
    output: String,
}

impl ProgramError {
    /// * `output` – its own words, or why it could not be run.
    pub(crate) fn new(program: impl Into<String>, output: String) -> Self {
        Self { program: program.into(), output }
    }
}
