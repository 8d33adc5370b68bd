use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::programs::Programs;
use super::window::{Window, WindowOptions};
use crate::cluster::Cluster;

/// A chromedriver, and the windows that it has opened. They end with it.
pub struct Chromium {
    process: Child,
    /// Kept open, lest what it says end it.
    _output: BufReader<ChildStdout>,
    port: u16,
    site: String,
    programs: Programs,
    /// Where browsers keep their profiles.
    folder: TempDir,
}

impl Chromium {
    /// The longest wait for windows to close.
    const FAREWELL: Duration = Duration::from_secs(10);

    /// Starts one for the first instance of a cluster. Nothing, said loudly, where `SEATLINE_BROWSER` is `none`.
    pub fn start(cluster: &Cluster) -> Option<Self> {
        let programs = Programs::find()?;
        let folder = tempfile::tempdir().unwrap();
        // It takes a free port, and ends where somebody else takes that at the same moment.
        let started = (0..5).find_map(|_| run(&programs.driver, folder.path()));
        let (process, output, port) = started.expect("chromedriver did not start");
        Some(Self {
            process,
            _output: output,
            port,
            site: format!("http://{}", cluster.address(0)),
            programs,
            folder,
        })
    }

    /// A window of a browser that has never been here, whose person reads this language.
    pub async fn window(&self, language: &'static str) -> Window {
        self.window_with(WindowOptions { language, ..WindowOptions::default() }).await
    }

    /// A window of a browser that is set up in another way.
    pub async fn window_with(&self, options: WindowOptions) -> Window {
        let driver = format!("http://127.0.0.1:{}", self.port);
        Window::open_first(&driver, &self.programs.browser, &self.site, options).await
    }

    /// Asks the driver to close its windows and to end.
    fn say_farewell(&self) -> std::io::Result<()> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(Self::FAREWELL))?;
        write!(connection, "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        connection.read_to_end(&mut Vec::new())?;
        Ok(())
    }
}

/// Runs a driver; its process, what it says, and its port. Nothing where it ends before it serves.
fn run(driver: &Path, folder: &Path) -> Option<(Child, BufReader<ChildStdout>, u16)> {
    let mut process = Command::new(driver)
        .args(["--port=0", "--log-level=SEVERE"])
        .env_clear()
        .envs(["PATH", "LANG"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .env("HOME", folder)
        .env("TMPDIR", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let said = output.by_ref().lines().map_while(Result::ok);
    let port = said.into_iter().find_map(|line| {
        line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok()
    });
    if port.is_none() {
        drop(process.kill());
        drop(process.wait());
    }
    Some((process, output, port?))
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if self.say_farewell().is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(self.folder.path());
    }
}
