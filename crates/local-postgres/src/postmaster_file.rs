//! `postmaster.pid`, in which a running server publishes its process id and its socket.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use nix::unistd::Pid;

use crate::{StartError, process};

/// The contents of the file.
#[derive(Debug)]
pub(crate) struct PostmasterFile {
    /// The file itself.
    pub(crate) path: PathBuf,
    /// The server's main process.
    pub(crate) pid: Pid,
    /// The folder of its Unix socket.
    pub(crate) sockets: PathBuf,
    /// Whether its status is `ready`, or `standby` of one that follows another server: it takes connections.
    pub(crate) ready: bool,
}

impl PostmasterFile {
    /// Reads the file of `cluster`; `None` when there is none, or it has just been begun.
    pub(crate) fn read(cluster: &Path) -> Result<Option<Self>, StartError> {
        let path = cluster.join("postmaster.pid");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StartError::io("read", &path)(error)),
        };
        // pid, data folder, start time, port, socket folder, address, memory key, status.
        let mut lines = text.lines();
        let pid = lines.next().and_then(|line| line.trim().parse().ok()).map(Pid::from_raw);
        let sockets = lines.nth(3).map(PathBuf::from).unwrap_or_default();
        let ready = lines.nth(2).is_some_and(|status| matches!(status.trim(), "ready" | "standby"));
        Ok(pid.map(|pid| Self { path, pid, sockets, ready }))
    }

    /// Finds out what has become of the process it names.
    pub(crate) async fn process(&self) -> Process {
        if !process::exists(self.pid) {
            return Process::Gone;
        }
        if process::is_zombie(self.pid) {
            return Process::Stranger;
        }
        match process::program(self.pid).await {
            Some(program) if !program.contains("postgres") => Process::Stranger,
            // When the system does not tell, it may be one: assuming so cannot do harm.
            _ => Process::Postgres,
        }
    }
}

/// The process behind a [`PostmasterFile`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Process {
    /// Alive, and some PostgreSQL.
    Postgres,
    /// Dead. A new server notices by itself, and makes sure that no child of it lives either.
    Gone,
    /// The process id went to another program, as happens after a reboot and in containers, or
    /// belongs to a dead process that nobody has collected. A new server would refuse to start.
    Stranger,
}
