//! `PgBouncer` in transaction mode between the instances and their database.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::Signal;
use seatline_local_postgres::{Durability, TemporaryCluster};
use seatline_tests::crowd::{Crowd, Endpoints};
use seatline_tests::history::{History, contradictions};
use seatline_tests::{ADMIN_KEY, Binary, Client, Database, Operator, Sale, eventually};
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use tokio_postgres::config::Host;

/// A pooler in front of a database.
struct Pooler {
    folder: TempDir,
    program: PathBuf,
    account: (u32, u32),
    port: u16,
    process: Child,
}

impl Pooler {
    /// Starts one. `None` where there is no `PgBouncer`: `SEATLINE_PGBOUNCER` names another than the system's.
    fn start(database: &Database) -> Option<Self> {
        let named = std::env::var_os("SEATLINE_PGBOUNCER").filter(|path| !path.is_empty());
        let program = named.map_or_else(|| PathBuf::from("/usr/sbin/pgbouncer"), PathBuf::from);
        if !program.exists() {
            return None;
        }
        let config: tokio_postgres::Config = database.url().parse().unwrap();
        let [Host::Unix(sockets)] = config.get_hosts() else { panic!("{}", database.url()) };
        let of_sockets = fs::metadata(sockets).unwrap();
        let account = (of_sockets.uid(), of_sockets.gid());
        let folder = TempDir::with_prefix("seatline-pooler-").unwrap();
        std::os::unix::fs::chown(folder.path(), Some(account.0), Some(account.1)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "[databases]\n* = host={} port=5432 user={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 12\nmax_client_conn = 200\n",
            sockets.display(),
            config.get_user().unwrap()
        );
        // The older one knows no such setting.
        let prepared = if is_recent(&program) { "max_prepared_statements = 200\n" } else { "" };
        fs::write(folder.path().join("pgbouncer.ini"), settings + prepared).unwrap();
        let process = run(&program, &folder, account);
        Some(Self { folder, program, account, port, process })
    }

    fn url(&self) -> String {
        format!("postgresql://seatline@127.0.0.1:{}/postgres", self.port)
    }

    fn is_recent(&self) -> bool {
        is_recent(&self.program)
    }

    /// Ends it at once, with all connections, and starts it again.
    fn restart(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = run(&self.program, &self.folder, self.account);
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn run(program: &PathBuf, folder: &TempDir, (user, group): (u32, u32)) -> Child {
    let mut command = Command::new(program);
    if nix::unistd::geteuid().is_root() {
        command.uid(user).gid(group);
    }
    command.arg(folder.path().join("pgbouncer.ini")).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Whether it keeps prepared statements in transaction mode: 1.21 or newer.
fn is_recent(program: &PathBuf) -> bool {
    let said = Command::new(program).arg("--version").output().unwrap().stdout;
    let said = String::from_utf8(said).unwrap();
    let version = said.split_whitespace().nth(1).unwrap();
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap()) >= (1, 21)
}

fn variables(url: &str) -> impl Iterator<Item = (&str, &str)> {
    let others = [("SEATLINE_HOLD_TTL", "2s"), ("RUST_LOG", "error")];
    Binary::variables(url).into_iter().chain(others)
}

/// What the binary says when it does not serve.
async fn refusal(url: &str) -> String {
    let url = url.to_owned();
    let output = spawn_blocking(move || Binary::run("serve", variables(&url))).await.unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_keeps_every_promise_or_is_refused() {
    let server = TemporaryCluster::start(Durability::Durable).await.unwrap();
    let database = Database::at(server.url("postgres"));
    let Some(mut pooler) = Pooler::start(&database) else {
        eprintln!("NOT RUN: there is no PgBouncer; script/setup --tests installs it");
        return;
    };
    eventually("the pooler takes connections", async || {
        tokio_postgres::connect(&pooler.url(), tokio_postgres::NoTls).await.ok().map(drop)
    })
    .await;
    let said = refusal(&pooler.url()).await;
    if !pooler.is_recent() {
        assert!(said.contains("it takes PgBouncer 1.21 or newer in transaction mode"), "{said}");
        return;
    }
    // It has migrated, and says what the role must have.
    let missing: Vec<_> =
        said.split("ALTER ROLE").skip(1).map(|rest| rest.split(';').next().unwrap()).collect();
    assert!(missing.iter().any(|setting| setting.ends_with("SET lock_timeout = '3s'")), "{said}");
    for setting in missing {
        database.execute(&format!("ALTER ROLE {setting}")).await;
    }
    pooler.restart();
    let mut instances = Vec::new();
    let (history, endpoints) = (History::default(), Endpoints::default());
    for index in 0..2 {
        let url = pooler.url();
        let running = spawn_blocking(move || Binary::serve(variables(&url))).await.unwrap();
        endpoints.put(index, Client::with_timeout(running.address(), Duration::from_secs(20)));
        instances.push(running);
    }
    let plan = Sale::builder().seats(Sale::CROWD_SEATS).seats_per_user(100).capacity(16);
    let sale = plan.open(&Operator::new(instances[0].client(), ADMIN_KEY)).await;
    let crowd = Crowd::start(20, &endpoints, &[sale], &history, 11);
    let done = || history.tally().0;
    for _ in 0..2 {
        let before = done();
        eventually("people are busy", async || (done() > before + 150).then_some(())).await;
        pooler.restart();
    }
    let before = done();
    eventually("people are busy again", async || (done() > before + 100).then_some(())).await;
    crowd.finish().await;
    assert_eq!(contradictions(&history, &database).await, Vec::<String>::new());
    for running in instances {
        let ended = spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
        assert_eq!(ended.0, Some(0), "{}", ended.1);
    }
    // It would lose in which of several cells a session looks.
    database.execute("SELECT add_cell()").await;
    let said = refusal(&pooler.url()).await;
    assert!(said.contains("there can be only one cell"), "{said}");
}
