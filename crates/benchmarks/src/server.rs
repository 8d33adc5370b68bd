//! The servers under load, each in a process of its own: this program again, with a hidden command.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};

use actix_web::http::header::ContentType;
use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;
use clap::Parser;

/// What a server says once it listens.
const LISTENS: &str = "listens on http://";

/// Keys of the servers under load.
pub(crate) const ADMIN_KEY: &str = "the-operators-key-of-the-benchmarks-0123456789";
const TICKET_KEY: &str = "the-ticket-key-of-the-benchmarks-0123456789abc";
pub(crate) const QUEUE_KEY: &str = "the-queue-key-of-the-benchmarks-0123456789abcd";

/// A server in a process of its own, killed when dropped.
pub(crate) struct Process {
    child: Child,
    /// Kept open, since it goes on saying things.
    _output: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Seatline on this database.
    pub(crate) fn seatline(database_url: &str) -> anyhow::Result<Self> {
        Self::start(&mut Self::seatline_command(database_url)?)
    }

    /// The same with these settings.
    pub(crate) fn seatline_with(database_url: &str, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::start(Self::seatline_command(database_url)?.envs(settings.iter().copied()))
    }

    fn seatline_command(database_url: &str) -> anyhow::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["seatline", "serve", "--listen", "127.0.0.1:0"])
            .args(["--rate-limits", "off", "--log", "warn"])
            .env("DATABASE_URL", database_url)
            .env("SEATLINE_PAYMENTS", "play")
            .env("SEATLINE_ADMIN_KEY", ADMIN_KEY)
            .env("SEATLINE_QUEUE_KEYS", QUEUE_KEY)
            .env("SEATLINE_TICKET_KEYS", TICKET_KEY);
        Ok(command)
    }

    /// A handler of bare actix-web that answers every request with this body.
    pub(crate) fn bare(body: &str) -> anyhow::Result<Self> {
        let file = std::env::temp_dir().join(format!("seatline-bench-body-{}", std::process::id()));
        std::fs::write(&file, body)?;
        let started = Self::start(Command::new(std::env::current_exe()?).arg("bare").arg(&file));
        std::fs::remove_file(&file)?;
        started
    }

    fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("no output")?);
        let mut said = String::new();
        while output.read_line(&mut said)? > 0 {
            if let Some((_, address)) = said.trim_end().rsplit_once(LISTENS) {
                return Ok(Self { address: address.parse()?, _output: output, child });
            }
        }
        anyhow::bail!("the server ended before it listened: {said}")
    }

    /// How much memory it takes, in bytes.
    pub(crate) fn memory(&self) -> anyhow::Result<u64> {
        let output = Command::new("ps").args(["-o", "rss=", "-p", &self.child.id().to_string()]).output()?;
        let kibibytes: u64 = String::from_utf8(output.stdout)?.trim().parse()?;
        Ok(kibibytes * 1_024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs Seatline with these arguments.
pub(crate) fn seatline(arguments: &[String]) -> ExitCode {
    let name = "seatline".to_owned();
    seatline_bootstrap::run(&seatline_bootstrap::Cli::parse_from(std::iter::once(&name).chain(arguments)))
}

/// What Seatline adds to every answer, so that the bare handler sends no fewer bytes.
const HEADERS: [(&str, &str); 7] = [
    ("x-request-id", "0b2f6a52-7d0e-4c6f-9a55-1f3a8c1b2d4e"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Runs the bare handler.
pub(crate) async fn bare(file: &Path) -> anyhow::Result<()> {
    let body = Bytes::from(std::fs::read(file)?);
    let server = HttpServer::new(move || {
        let body = body.clone();
        let answer = move || {
            let body = body.clone();
            async move {
                let mut response = HttpResponse::Ok();
                for header in HEADERS {
                    response.insert_header(header);
                }
                response.content_type(ContentType::json()).body(body)
            }
        };
        App::new().default_service(web::to(answer))
    })
    .bind(("127.0.0.1", 0))?;
    let address = server.addrs().first().copied().context("no address")?;
    println!("bare {LISTENS}{address}");
    Ok(server.run().await?)
}
