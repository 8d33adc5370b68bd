use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

use crate::binary::built;

/// What came of a rehearsal.
#[derive(Debug)]
pub struct RehearsalResult {
    /// Its exit code.
    pub code: Option<i32>,
    /// What it printed as its report.
    pub text: String,
    /// What it said besides.
    pub said: String,
    /// Its report as JSON; null when there was no rehearsal.
    pub report: Value,
}

/// A rehearsal that goes on.
pub struct Rehearsal {
    process: Child,
    folder: TempDir,
}

/// Runs the `seatline-rush` binary with these arguments, which are separated by spaces. An empty key is none.
pub async fn rehearse(urls: &str, admin_key: &str, arguments: &str) -> RehearsalResult {
    Rehearsal::begin(urls, admin_key, arguments).end().await
}

impl Rehearsal {
    const REPORT: &str = "report.json";

    /// Starts one.
    pub fn begin(urls: &str, admin_key: &str, arguments: &str) -> Self {
        let mut command = Command::new(built("seatline-rush-under-test"));
        let folder = tempfile::tempdir().unwrap();
        command.args(["--url", urls, "--admin-key", admin_key]).args(arguments.split_whitespace());
        command.arg("--json").arg(folder.path().join(Self::REPORT)).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { process: command.spawn().unwrap(), folder }
    }

    /// Interrupts it, as Ctrl-C does.
    pub fn interrupt(&self) {
        kill(Pid::from_raw(i32::try_from(self.process.id()).unwrap()), Signal::SIGINT).unwrap();
    }

    /// Waits for its end.
    pub async fn end(self) -> RehearsalResult {
        let Self { process, folder } = self;
        let output = tokio::task::spawn_blocking(|| process.wait_with_output()).await.unwrap().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let report = std::fs::read(folder.path().join(Self::REPORT)).unwrap_or_default();
        RehearsalResult {
            code: output.status.code(),
            text: text(output.stdout),
            said: text(output.stderr),
            report: if report.is_empty() { Value::Null } else { serde_json::from_slice(&report).unwrap() },
        }
    }
}

impl RehearsalResult {
    /// How many people it ended so for.
    pub fn people(&self, outcome: &str) -> u64 {
        self.report["outcomes"][outcome].as_u64().unwrap()
    }

    /// The promises whose state this is: `KEPT`, `BROKEN` or `UNKNOWN`.
    pub fn promises(&self, state: &str) -> Vec<&str> {
        let promises = self.report["promises"].as_array().unwrap().iter();
        promises.filter(|one| one["state"] == state).map(|one| one["promise"].as_str().unwrap()).collect()
    }
}
