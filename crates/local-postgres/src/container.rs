//! PostgreSQL in a container, for machines with Docker but without server binaries.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout};

use crate::{
    StartError, StopError,
    connection::{DATABASE, MAINTENANCE_DATABASE, ROLE, connect, loopback_url},
};

const IMAGE: &str = "postgres:17";
/// Where this image keeps its cluster.
const CLUSTER: &str = "/var/lib/postgresql/data";
/// Bounds the first download of the image too.
const COMMAND_WAIT: Duration = Duration::from_mins(10);
const INFO_WAIT: Duration = Duration::from_secs(10);
const START_WAIT: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_millis(50);

/// The Docker command line.
#[derive(Clone, Debug)]
pub(crate) struct Docker {
    program: PathBuf,
}

/// A command that failed, and what it said.
#[derive(Debug)]
pub(crate) struct Refusal {
    program: String,
    output: String,
}

impl Docker {
    /// Finds Docker, if its engine answers.
    pub(crate) async fn find() -> Option<Self> {
        let docker = Self { program: "docker".into() };
        match timeout(INFO_WAIT, docker.run(&["info"], None)).await {
            Ok(Ok(_)) => Some(docker),
            Ok(Err(_)) | Err(_) => None,
        }
    }

    async fn run(&self, arguments: &[&str], password: Option<&str>) -> Result<String, Refusal> {
        let refusal = |output: String| Refusal {
            program: format!("{} {}", self.program.display(), arguments.first().unwrap_or(&"")),
            output,
        };
        let mut command = tokio::process::Command::new(&self.program);
        command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
        if let Some(password) = password {
            // Not among the arguments, which every user of the machine can list.
            command.env("POSTGRES_PASSWORD", password);
        }
        let output = timeout(COMMAND_WAIT, command.output())
            .await
            .map_err(|_| refusal(format!("no end after {}s", COMMAND_WAIT.as_secs())))?
            .map_err(|error| refusal(error.to_string()))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        Err(refusal(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}

impl From<Refusal> for StartError {
    fn from(Refusal { program, output }: Refusal) -> Self {
        Self::Program { program, output }
    }
}

impl From<Refusal> for StopError {
    fn from(Refusal { program, output }: Refusal) -> Self {
        Self::Program { program, output }
    }
}

/// A container that answers on this machine's loopback.
pub(crate) struct Container {
    docker: Docker,
    name: String,
    password: String,
    port: u16,
}

/// Without the password.
impl std::fmt::Debug for Container {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Container")
            .field("name", &self.name)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl Container {
    /// Whether the data of this data folder is in a container's volume.
    pub(crate) fn is_remembered(data_dir: &Path) -> bool {
        identity_file(data_dir).exists()
    }

    /// Starts, or adopts, the container of a data folder. Its volume keeps the data.
    pub(crate) async fn keep(docker: Docker, data_dir: &Path) -> Result<Self, StartError> {
        let (name, password) = identity(data_dir)?;
        let running = "{{.State.Running}}";
        match docker.run(&["container", "inspect", "--format", running, &name], None).await {
            Ok(state) if state == "true" => {}
            Ok(_) => {
                docker.run(&["start", &name], None).await?;
            }
            Err(_) => {
                let volume = format!("{name}:{CLUSTER}");
                create(&docker, &name, &password, &["--volume", &volume], &[]).await?;
            }
        }
        Self::connected(docker, name, password).await
    }

    /// Starts a container that keeps its data in memory.
    pub(crate) async fn throw_away(
        docker: Docker,
        name: String,
        settings: &[&str],
    ) -> Result<Self, StartError> {
        let password = random_hex()?;
        create(&docker, &name, &password, &["--rm", "--tmpfs", CLUSTER], settings).await?;
        Self::connected(docker, name, password).await
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
        self.docker.run(&["stop", "-t", "30", &self.name], None).await?;
        Ok(())
    }

    async fn connected(docker: Docker, name: String, password: String) -> Result<Self, StartError> {
        let published = docker.run(&["port", &name, "5432/tcp"], None).await?;
        let port = published_port(&published).ok_or_else(|| StartError::Program {
            program: "docker port".to_owned(),
            output: format!("no port in {published:?}"),
        })?;
        let container = Self { docker, name, password, port };
        let give_up = Instant::now() + START_WAIT;
        while let Err(error) = connect(&container.url(MAINTENANCE_DATABASE)).await {
            if Instant::now() >= give_up {
                tracing::warn!(container = %container.name, "see `docker logs`");
                return Err(error.into());
            }
            sleep(POLL).await;
        }
        Ok(container)
    }
}

async fn create(
    docker: &Docker,
    name: &str,
    password: &str,
    storage: &[&str],
    settings: &[&str],
) -> Result<(), StartError> {
    let user = format!("POSTGRES_USER={ROLE}");
    let database = format!("POSTGRES_DB={DATABASE}");
    let mut arguments = vec!["run", "--detach", "--name", name, "--publish", "127.0.0.1::5432"];
    arguments.extend(["--env", &user, "--env", &database, "--env", "POSTGRES_PASSWORD"]);
    arguments.extend(["--env", "POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C"]);
    arguments.extend(storage);
    arguments.push(IMAGE);
    for setting in settings {
        arguments.extend(["-c", setting]);
    }
    docker.run(&arguments, Some(password)).await?;
    Ok(())
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
pub(crate) fn random_hex() -> Result<String, StartError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| StartError::Program {
        program: "the system's random source".to_owned(),
        output: error.to_string(),
    })?;
    Ok(format!("{:032x}", u128::from_ne_bytes(random)))
}
