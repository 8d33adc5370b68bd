//! What these tests share.

use std::{
    env,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// Set in a process that a test starts from its own binary, to be killed.
const ROLE: &str = "SEATLINE_TEST_ROLE";

/// A folder for one test, which any account may pass through.
///
/// These tests are of what is done with PostgreSQL's server binaries. Without them a container would be started, of which
/// they know nothing, and which nobody would take away.
pub(crate) fn scratch() -> TempDir {
    assert!(
        seatline_local_postgres::is_installed(),
        "no PostgreSQL binaries; script/setup --tests installs them"
    );
    let folder = TempDir::with_prefix("seatline-scratch-").unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o711)).unwrap();
    folder
}

pub(crate) async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

pub(crate) async fn number(url: &str, query: &str) -> i32 {
    client(url).await.query_one(query, &[]).await.unwrap().get(0)
}

pub(crate) async fn text(url: &str, query: &str) -> String {
    client(url).await.query_one(query, &[]).await.unwrap().get(0)
}

/// The instant at which the server's main process started: the same server gives the same answer.
pub(crate) async fn started_at(url: &str) -> String {
    text(url, "SELECT pg_postmaster_start_time()::text").await
}

/// Waits for a condition, at most half a minute.
pub(crate) async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < Duration::from_secs(30), "still not: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The folder to work on, in a process that [`Understudy::start`] made.
pub(crate) fn understudy_folder() -> Option<PathBuf> {
    env::var_os(ROLE).map(PathBuf::from)
}

/// Another process that runs one test of this binary, to be killed.
pub(crate) struct Understudy {
    process: Child,
}

impl Understudy {
    /// Starts `test` in a process of its own and returns the line that it hands over with
    /// [`hand_over`].
    pub(crate) fn start(test: &str, folder: &std::path::Path) -> (Self, String) {
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(ROLE, folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let line = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("handed over: ").map(|(_, rest)| rest.to_owned()))
            .expect("the other process ended early");
        (Self { process }, line)
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// SIGKILL: no destructor runs.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Gives `line` to the test that started this process, and waits to be killed.
pub(crate) async fn hand_over(line: &str) {
    println!("handed over: {line}");
    std::future::pending::<()>().await;
}
