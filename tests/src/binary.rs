use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread::JoinHandle;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::client::Client;
use crate::options::{ADMIN_KEY, QUEUE_KEY, TICKET_KEY};

/// The `seatline` binary, run with the variables that a test gives it and no others of ours, without limits on rates.
pub struct Binary;

impl Binary {
    /// The path to it: the one that cargo has built with the tests, unless `SEATLINE_BINARY` names another.
    pub fn path() -> &'static Path {
        static PATH: OnceLock<PathBuf> = OnceLock::new();
        let named = || std::env::var_os("SEATLINE_BINARY").filter(|path| !path.is_empty()).map(PathBuf::from);
        PATH.get_or_init(|| named().unwrap_or_else(|| built("seatline-under-test")))
    }

    /// The path to that of the version before: `SEATLINE_BINARY_BEFORE`; this one, if none is named.
    pub fn path_before() -> PathBuf {
        let named = std::env::var_os("SEATLINE_BINARY_BEFORE").filter(|path| !path.is_empty());
        named.map_or_else(|| Self::path().to_owned(), PathBuf::from)
    }

    /// What it needs besides a database, which is this one: keys, and a free port.
    pub fn variables(database_url: &str) -> [(&'static str, &str); 6] {
        [
            ("DATABASE_URL", database_url),
            ("SEATLINE_LISTEN", "127.0.0.1:0"),
            ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
            ("SEATLINE_PAYMENTS", "play"),
            ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
            ("SEATLINE_TICKET_KEYS", TICKET_KEY),
        ]
    }

    /// Runs it to its end.
    pub fn run<'v>(command: &str, variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Output {
        Self::run_of(Self::path(), command, variables)
    }

    /// Runs the binary at this path to its end.
    pub fn run_of<'v>(
        path: &Path,
        command: &str,
        variables: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> Output {
        Self::command(path, command, variables).output().unwrap()
    }

    /// Starts the binary at this path to serve, and waits until it says where.
    pub fn serve_of<'v>(path: &Path, variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Running {
        Self::start(Self::command(path, "serve", variables))
    }

    /// Starts it to serve, and waits until it says where.
    pub fn serve<'v>(variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Running {
        Self::serve_by_clock(None, variables)
    }

    /// The same by a clock that is so many seconds off, which takes the `faketime` program.
    pub fn serve_by_clock<'v>(
        seconds_off: Option<i64>,
        variables: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> Running {
        let mut command = Self::command(Self::path(), "serve", variables);
        if let Some(seconds) = seconds_off {
            command.envs(wrong_clock(seconds));
        }
        Self::start(command)
    }

    fn start(mut command: Command) -> Running {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = process.stderr.take().unwrap();
        let log = std::thread::spawn(move || read_all(stderr));
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let read = output.read_line(&mut said).unwrap();
            if let Some(address) =
                said.lines().last().and_then(|line| line.strip_prefix("Seatline listens on http://"))
            {
                break address.parse().unwrap();
            }
            assert!(read > 0, "it ended before it served: {said}{}", log.join().unwrap());
        };
        Running { process, address, said, output, log: Some(log) }
    }

    fn command<'v>(
        path: &Path,
        command: &str,
        variables: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> Command {
        const KEPT: [&str; 4] = ["PATH", "HOME", "USER", "TMPDIR"];
        let mut process = Command::new(path);
        process.arg(command).env_clear().stdin(Stdio::null());
        process.envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        // A test is one address: it is kept to no rate unless it says so.
        process.env("SEATLINE_RATE_LIMITS", "off").envs(variables);
        process
    }
}

/// The binary, serving. Ended, if a test did not get so far, when dropped.
pub struct Running {
    process: Child,
    address: SocketAddr,
    said: String,
    output: BufReader<ChildStdout>,
    log: Option<JoinHandle<String>>,
}

impl Running {
    /// The address at which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Somebody who asks it.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// How much memory it has, as Linux tells it.
    pub fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let kibibytes =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        kibibytes.unwrap().parse::<u64>().unwrap() * 1_024
    }

    /// What it said when it had started, up to a line that contains `last`.
    pub fn announcement(&mut self, last: &str) -> &str {
        while !self.said.contains(last) {
            let read = self.output.read_line(&mut self.said).unwrap();
            assert!(read > 0, "it never said {last}: {}", self.said);
        }
        &self.said
    }

    /// Asks it to end with this signal, and gives its exit code and what it logged.
    pub fn end_with(mut self, signal: Signal) -> (Option<i32>, String) {
        self.signal(signal);
        let status = self.process.wait().unwrap();
        (status.code(), self.log.take().unwrap().join().unwrap())
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(i32::try_from(self.process.id()).unwrap());
        // It may have ended already.
        let _ = kill(id, signal);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.log.is_some() {
            self.signal(Signal::SIGTERM);
            drop(self.process.wait());
        }
    }
}

/// What gives a process another time of day. `faketime` says it to its child, which it does not hand signals on to: so
/// only its word is taken.
pub(crate) fn wrong_clock(seconds: i64) -> Vec<(String, String)> {
    let said = Command::new("faketime").args(["-f", &format!("{seconds:+}s"), "env"]).output();
    let said = said.expect("no `faketime`; script/setup --tests installs what the tests need").stdout;
    let said = String::from_utf8(said).unwrap();
    let variables = said.lines().filter_map(|line| line.split_once('='));
    let mut preload: Vec<_> =
        variables.filter(|(name, _)| matches!(*name, "LD_PRELOAD" | "FAKETIME")).collect();
    // Durations are to be right: it is the time of day that is wrong.
    preload.push(("FAKETIME_DONT_FAKE_MONOTONIC", "1"));
    preload.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn read_all(mut source: impl Read) -> String {
    let mut text = String::new();
    drop(source.read_to_string(&mut text));
    text
}

/// The path to a binary of this package, which cargo has built with its tests and says at their start.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    let path = std::env::var_os(format!("CARGO_BIN_EXE_{name}"));
    path.expect("the tests of the whole service are run by cargo, which says where their binaries are").into()
}
