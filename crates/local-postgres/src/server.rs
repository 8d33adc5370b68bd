//! The server process: starting it or adopting it, and stopping it.

use std::{
    ffi::{OsStr, OsString},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use nix::{
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use tokio::time::{Instant, sleep};

use crate::{
    StartError, StopError,
    account::Account,
    binaries::Binaries,
    connection::{MAINTENANCE_DATABASE, connect, socket_url},
    postmaster_file::{PostmasterFile, Process},
    process,
    server_log::ServerLog,
    socket_folder,
};

/// Recovery after a crash comes before the first answer, and may take a while.
const START_TIMEOUT: Duration = Duration::from_mins(5);
/// A server that says it is ready answers at once.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// A fast shutdown writes a checkpoint.
const FAST_TIMEOUT: Duration = Duration::from_secs(30);
/// An immediate one leaves the work to the next start's recovery.
const IMMEDIATE_TIMEOUT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Everything that starting a server takes.
#[derive(Debug)]
pub(crate) struct Launch<'a> {
    pub(crate) binaries: &'a Binaries,
    pub(crate) account: &'a Account,
    /// The folder that `initdb` made.
    pub(crate) cluster: &'a Path,
    /// The folder to put the log and, when its path is short enough, the socket into.
    pub(crate) home: &'a Path,
    pub(crate) log: &'a Path,
    /// The folder of the socket, when the server is to have the same address as before; else one is made.
    pub(crate) sockets: Option<&'a Path>,
    /// `name=value`, on top of the cluster's own configuration.
    pub(crate) settings: &'a [&'a str],
    /// Variables for its process.
    pub(crate) environment: &'a [(String, String)],
}

/// A running server. Dropping this value leaves it running.
#[derive(Debug)]
pub(crate) struct Server {
    pid: Pid,
    sockets: PathBuf,
}

impl Server {
    /// Starts a server and waits until it answers.
    pub(crate) async fn launch(launch: &Launch<'_>) -> Result<Self, StartError> {
        let sockets = if let Some(sockets) = launch.sockets {
            socket_folder::create_again(sockets, launch.account)?;
            sockets.to_owned()
        } else {
            if let Some(left_over) = PostmasterFile::read(launch.cluster)? {
                socket_folder::discard(&left_over.sockets);
            }
            socket_folder::create(launch.home, launch.account)?
        };
        let (log, output) = ServerLog::open(launch.log)?;
        let errors = output.try_clone().map_err(StartError::io("open", launch.log))?;
        let program = launch.binaries.postgres();
        let child = command(launch, &program, &sockets)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(StartError::io("run", &program))?;
        let pid = i32::try_from(child.id())
            .map(Pid::from_raw)
            .map_err(|_| log.failure("has a strange process id"))?;
        let server = Self { pid, sockets };
        if let Err(error) = server.wait_until_ready(launch.cluster, &log).await {
            if server.stop().await.is_err() {
                tracing::warn!(%pid, "a PostgreSQL that did not come up cannot be stopped either");
            }
            return Err(error);
        }
        Ok(server)
    }

    /// Takes over the server that a killed process left on `cluster`.
    ///
    /// Returns `None` when there is none. A file that names a process of another kind is removed,
    /// because the server would refuse to start over it. The caller must own the cluster.
    pub(crate) async fn adopt(cluster: &Path) -> Result<Option<Self>, StartError> {
        let begin = Instant::now();
        loop {
            let Some(file) = PostmasterFile::read(cluster)? else {
                return Ok(None);
            };
            match file.process().await {
                Process::Postgres => {}
                Process::Gone => return Ok(None),
                Process::Stranger => {
                    std::fs::remove_file(&file.path).map_err(StartError::io("remove", &file.path))?;
                    socket_folder::discard(&file.sockets);
                    return Ok(None);
                }
            }
            // It may still be starting, or be about to end.
            if file.ready {
                match serves(&file.sockets, cluster).await {
                    Ok(true) => {
                        return Ok(Some(Self { pid: file.pid, sockets: file.sockets }));
                    }
                    Ok(false) => return Err(unresponsive(file)),
                    Err(error) => tracing::debug!(%error, "the server left behind does not answer"),
                }
            }
            if begin.elapsed() >= if file.ready { ANSWER_TIMEOUT } else { START_TIMEOUT } {
                return Err(unresponsive(file));
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Finds the server that another process has started on `cluster`, and waits until it answers. Changes nothing.
    pub(crate) async fn running(cluster: &Path) -> Result<Self, StartError> {
        let deadline = Instant::now() + ANSWER_TIMEOUT;
        loop {
            if let Some(file) = PostmasterFile::read(cluster)?
                && file.ready
                && file.process().await == Process::Postgres
                && serves(&file.sockets, cluster).await.unwrap_or(false)
            {
                return Ok(Self { pid: file.pid, sockets: file.sockets });
            }
            if Instant::now() >= deadline {
                return Err(StartError::NotRunning { data_dir: cluster.to_owned() });
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    pub(crate) fn sockets(&self) -> &Path {
        &self.sockets
    }

    pub(crate) fn url(&self, database: &str) -> String {
        socket_url(&self.sockets, database)
    }

    /// Whether the main process is alive.
    pub(crate) fn is_running(&self) -> bool {
        match waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => true,
            Ok(_) => false,
            // Not our child: adopted, or waited for before.
            Err(_) => process::exists(self.pid) && !process::is_zombie(self.pid),
        }
    }

    /// Stops it by a fast shutdown: open transactions are rolled back, everything else is on disk. When that
    /// takes too long, an immediate one.
    pub(crate) async fn stop(&self) -> Result<(), StopError> {
        if !self.stops_within(Signal::SIGINT, FAST_TIMEOUT).await {
            tracing::warn!(pid = %self.pid, "PostgreSQL does not stop, trying an immediate shutdown");
            self.crash().await?;
        }
        socket_folder::discard(&self.sockets);
        Ok(())
    }

    /// Stops it by an immediate shutdown, which for the data is a crash.
    pub(crate) async fn crash(&self) -> Result<(), StopError> {
        if self.stops_within(Signal::SIGQUIT, IMMEDIATE_TIMEOUT).await {
            return Ok(());
        }
        Err(StopError::StillRunning { pid: self.pid.as_raw(), waited: IMMEDIATE_TIMEOUT })
    }

    async fn stops_within(&self, signal: Signal, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        if !self.is_running() {
            return true;
        }
        // A process that is gone by now is what we want; any other refusal shows in the wait.
        let _ = kill(self.pid, signal);
        while self.is_running() {
            if Instant::now() >= deadline {
                return false;
            }
            sleep(POLL_INTERVAL).await;
        }
        true
    }

    async fn wait_until_ready(&self, cluster: &Path, log: &ServerLog) -> Result<(), StartError> {
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            if !self.is_running() {
                return Err(log.failure("ended before it was ready"));
            }
            let file = PostmasterFile::read(cluster)?;
            if file.is_some_and(|file| file.ready && file.pid == self.pid) {
                connect(&self.url(MAINTENANCE_DATABASE)).await?;
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(log.failure(format!("was not ready after {}s", START_TIMEOUT.as_secs())));
            }
            sleep(POLL_INTERVAL).await;
        }
    }
}

fn command(launch: &Launch<'_>, program: &Path, sockets: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("-D").arg(launch.cluster);
    for setting in ["listen_addresses=", "port=5432", "unix_socket_permissions=0700", "logging_collector=off"]
    {
        command.args(["-c", setting]);
    }
    command.arg("-c").arg(socket_setting(sockets));
    for setting in launch.settings {
        command.args(["-c", setting]);
    }
    launch.account.run(&mut command);
    command.env("LC_ALL", "C").env_remove("PGOPTIONS");
    command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
    // A Ctrl-C in the terminal is for seatline, which stops the database last.
    command.process_group(0);
    command
}

/// Quotes the folder, since the setting is a comma-separated list: any path is one element of it.
fn socket_setting(sockets: &Path) -> OsString {
    let mut setting = b"unix_socket_directories=\"".to_vec();
    for &byte in sockets.as_os_str().as_bytes() {
        if byte == b'"' {
            setting.push(byte);
        }
        setting.push(byte);
    }
    setting.push(b'"');
    OsString::from_vec(setting)
}

/// Whether the server behind the socket works on `cluster`.
async fn serves(sockets: &Path, cluster: &Path) -> Result<bool, tokio_postgres::Error> {
    let client = connect(&socket_url(sockets, MAINTENANCE_DATABASE)).await?;
    let folder: String = client.query_one("SHOW data_directory", &[]).await?.try_get(0)?;
    Ok(Path::new(OsStr::new(&folder)).canonicalize().is_ok_and(|folder| folder == cluster))
}

fn unresponsive(file: PostmasterFile) -> StartError {
    StartError::Unresponsive { pid: file.pid.as_raw(), file: file.path }
}
