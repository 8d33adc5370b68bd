//! PostgreSQL in a container, for machines with Docker but without server binaries.
//!
//! The `docker` command drives it, not a client of the engine's API: that would be as much code and dozens of crates in
//! the binary, and could not reach a podman whose service does not run.

use std::{
    fmt, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    process::Command,
    time::{Instant, sleep, timeout},
};

use crate::{
    StartError, StopError,
    connection::{DATABASE, MAINTENANCE_DATABASE, ROLE, connect, loopback_url},
    error::ProgramError,
};

const IMAGE: &str = "docker.io/library/postgres:17";
/// Where this image keeps its cluster.
const CLUSTER: &str = "/var/lib/postgresql/data";
/// Bounds the first download of the image too.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(10);
const INFO_TIMEOUT: Duration = Duration::from_secs(10);
const START_TIMEOUT: Duration = Duration::from_mins(2);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A container that answers on this machine's loopback, and whose volume keeps its data.
pub(crate) struct Container {
    name: String,
    password: String,
    port: u16,
}

/// Leaves the password out.
impl fmt::Debug for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Container")
            .field("name", &self.name)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl Container {
    /// Whether Docker's engine answers.
    pub(crate) async fn is_supported() -> bool {
        timeout(INFO_TIMEOUT, docker(&["info"], None)).await.is_ok_and(|info| info.is_ok())
    }

    /// Whether the data of this data folder is in a container's volume.
    pub(crate) fn is_remembered(data_dir: &Path) -> bool {
        identity_file(data_dir).exists()
    }

    /// Starts the container of a data folder, or adopts it when it is running.
    pub(crate) async fn start(data_dir: &Path) -> Result<Self, StartError> {
        let (name, password) = identity(data_dir)?;
        match docker(&["container", "inspect", "--format", "{{.State.Running}}", &name], None).await {
            Ok(running) if running == "true" => {}
            Ok(_) => drop(docker(&["start", &name], None).await?),
            Err(_) => create(&name, &password).await?,
        }
        let published = docker(&["port", &name, "5432/tcp"], None).await?;
        let port = published_port(&published)
            .ok_or_else(|| ProgramError::new("docker port", format!("no port in {published:?}")))?;
        let container = Self { name, password, port };
        container.wait_until_ready().await?;
        Ok(container)
    }

    /// Finds the container of a data folder that another process has started.
    pub(crate) async fn running(data_dir: &Path) -> Result<Self, StartError> {
        let (name, password) = identity(data_dir)?;
        let published = docker(&["port", &name, "5432/tcp"], None).await?;
        let not_running = || StartError::NotRunning { data_dir: data_dir.to_owned() };
        let port = published_port(&published).ok_or_else(not_running)?;
        let container = Self { name, password, port };
        if container.is_running().await { Ok(container) } else { Err(not_running()) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn url(&self, database: &str) -> String {
        loopback_url(self.port, &self.password, database)
    }

    pub(crate) async fn is_running(&self) -> bool {
        connect(&self.url(MAINTENANCE_DATABASE)).await.is_ok()
    }

    pub(crate) async fn stop(&self) -> Result<(), StopError> {
        docker(&["stop", "-t", "30", &self.name], None).await?;
        Ok(())
    }

    async fn wait_until_ready(&self) -> Result<(), StartError> {
        let deadline = Instant::now() + START_TIMEOUT;
        while let Err(error) = connect(&self.url(MAINTENANCE_DATABASE)).await {
            if Instant::now() >= deadline {
                tracing::warn!(container = %self.name, "see `docker logs`");
                return Err(error.into());
            }
            sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }
}

async fn create(name: &str, password: &str) -> Result<(), ProgramError> {
    let user = format!("POSTGRES_USER={ROLE}");
    let database = format!("POSTGRES_DB={DATABASE}");
    let volume = format!("{name}:{CLUSTER}");
    let mut arguments = vec!["run", "--detach", "--name", name, "--publish", "127.0.0.1::5432"];
    arguments.extend(["--env", &user, "--env", &database, "--env", "POSTGRES_PASSWORD"]);
    arguments.extend(["--env", "POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C"]);
    arguments.extend(["--volume", &volume, IMAGE]);
    docker(&arguments, Some(password)).await.map(drop)
}

/// Runs a `docker` command and returns its output.
async fn docker(arguments: &[&str], password: Option<&str>) -> Result<String, ProgramError> {
    let failed =
        |output: String| ProgramError::new(format!("docker {}", arguments.first().unwrap_or(&"")), output);
    let mut command = Command::new("docker");
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    if let Some(password) = password {
        // Not among the arguments, which every user of the machine can list.
        command.env("POSTGRES_PASSWORD", password);
    }
    let output = timeout(COMMAND_TIMEOUT, command.output())
        .await
        .map_err(|_| failed(format!("no end after {}s", COMMAND_TIMEOUT.as_secs())))?
        .map_err(|error| failed(error.to_string()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(failed(text(&output.stderr))) }
}

/// Reads the port from `127.0.0.1:49153`.
fn published_port(lines: &str) -> Option<u16> {
    lines.lines().next()?.rsplit_once(':')?.1.trim().parse().ok()
}

fn identity_file(data_dir: &Path) -> PathBuf {
    data_dir.join("container")
}

/// The name and the password of a data folder's container, made up on first use.
fn identity(data_dir: &Path) -> Result<(String, String), StartError> {
    let path = identity_file(data_dir);
    if path.exists() {
        let text = fs::read_to_string(&path).map_err(StartError::io("read", &path))?;
        let mut lines = text.lines().map(str::to_owned);
        if let (Some(name), Some(password)) = (lines.next(), lines.next()) {
            return Ok((name, password));
        }
    }
    let (name, password) = (format!("seatline-{}", random_hex()?), random_hex()?);
    // Written whole or not at all, readable by its owner only, before the volume is made.
    tempfile::NamedTempFile::new_in(data_dir)
        .and_then(|mut file| {
            writeln!(file, "{name}\n{password}")?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)
        })
        .map_err(StartError::io("write", &path))?;
    Ok((name, password))
}

/// 128 random bits, in hexadecimal.
fn random_hex() -> Result<String, ProgramError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .map_err(|error| ProgramError::new("the system's random source", error.to_string()))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(random)))
}
