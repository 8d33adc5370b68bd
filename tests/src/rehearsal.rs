use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::binary::built;

/// What came of a rehearsal.
#[derive(Debug)]
pub struct Rehearsed {
    /// Its exit code.
    pub code: Option<i32>,
    /// What it printed as its report.
    pub text: String,
    /// What it said besides.
    pub said: String,
    /// Its report as JSON; null when there was no rehearsal.
    pub report: Value,
}

/// Runs the `seatline-rush` binary with these arguments, which are separated by spaces. An empty key is none.
pub async fn rehearse(urls: &str, admin_key: &str, arguments: &str) -> Rehearsed {
    let (urls, admin_key) = (urls.to_owned(), admin_key.to_owned());
    let arguments: Vec<_> = arguments.split_whitespace().map(str::to_owned).collect();
    tokio::task::spawn_blocking(move || {
        static PATH: OnceLock<PathBuf> = OnceLock::new();
        let mut command = Command::new(PATH.get_or_init(|| built("seatline-rush", "seatline-rush")));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.json");
        command.args(["--url", &urls, "--admin-key", &admin_key]).args(arguments).arg("--json").arg(&file);
        let output = command.env_clear().stdin(Stdio::null()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let report = std::fs::read(file).unwrap_or_default();
        Rehearsed {
            code: output.status.code(),
            text: text(output.stdout),
            said: text(output.stderr),
            report: if report.is_empty() { Value::Null } else { serde_json::from_slice(&report).unwrap() },
        }
    })
    .await
    .unwrap()
}

impl Rehearsed {
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
