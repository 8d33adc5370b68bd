use std::time::Duration;

use chrono::{DateTime, Utc};
use nix::sys::signal::Signal;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use seatline_local_postgres::{Durability, TemporaryCluster};
use tokio::task::spawn_blocking;
use tokio_postgres::config::Host;

use super::network_fault::NetworkFault;
use super::proxy::{Proxy, Upstream};
use crate::binary::{Binary, Running, wrong_clock};
use crate::client::Client;
use crate::concurrency::eventually;
use crate::crowd::Endpoints;
use crate::database::Database;
use crate::operator::Operator;
use crate::options::{ADMIN_KEY, ClusterOptions};
use crate::sale::Sale;

/// The parts of a cluster.
#[derive(Debug, Clone, Copy)]
pub struct Topology {
    /// How many instances there are.
    pub instances: usize,
    /// Whether the database is a durable server of its own, which may be crashed, and may be taken over from.
    pub own_server: bool,
    /// How many hosts the instances know for the database, each behind a proxy of its own.
    pub database_hosts: usize,
    /// The clock skew of each instance in seconds, if any is off; needs the `faketime` program.
    pub clock_skews: &'static [i64],
}

impl Default for Topology {
    fn default() -> Self {
        Self { instances: 2, own_server: false, database_hosts: 1, clock_skews: &[] }
    }
}

/// Instances as processes, each behind a proxy of its own, on one database, which is behind a proxy too.
pub struct ProxiedCluster {
    /// Decides what happens next.
    pub rng: StdRng,
    topology: Topology,
    server: Option<TemporaryCluster>,
    database: Database,
    /// The one that leads to the server is the first.
    database_proxies: Vec<Proxy>,
    instances: Vec<Option<Running>>,
    client_proxies: Vec<Proxy>,
    endpoints: Endpoints,
    takeovers: u32,
}

impl ProxiedCluster {
    /// How long a client waits for an answer: longer than any bound of the service.
    pub const CLIENT_TIMEOUT: Duration = Duration::from_secs(20);

    /// Starts instances and proxies.
    pub async fn start(topology: Topology, seed: u64) -> Self {
        let (server, database) = if topology.own_server {
            let server = TemporaryCluster::start(Durability::Durable).await.unwrap();
            let database = Database::at(server.url("postgres"));
            (Some(server), database)
        } else {
            (None, Database::create().await)
        };
        let mut database_proxies = Vec::new();
        for _ in 0..topology.database_hosts {
            database_proxies.push(Proxy::open(upstream_of(database.url()), seed).await);
        }
        let rng = StdRng::seed_from_u64(seed);
        let (instances, client_proxies, endpoints) = (Vec::new(), Vec::new(), Endpoints::default());
        let mut cluster = Self {
            rng,
            topology,
            server,
            database,
            database_proxies,
            instances,
            client_proxies,
            endpoints,
            takeovers: 0,
        };
        for index in 0..topology.instances {
            let running = cluster.serve(index).await;
            let proxy = Proxy::open(Upstream::Tcp(running.address()), seed).await;
            cluster.endpoints.put(index, Client::with_timeout(proxy.address(), Self::CLIENT_TIMEOUT));
            cluster.client_proxies.push(proxy);
            cluster.instances.push(Some(running));
        }
        cluster
    }

    /// A concert with two performances.
    pub async fn open_sale(&self) -> Vec<Sale> {
        let operator = Operator::new(self.direct_client(0), ADMIN_KEY);
        let plan = Sale::builder().seats(Sale::CROWD_SEATS).seats_per_user(100).capacity(16);
        let first = plan.clone().open(&operator).await;
        let second = plan.add_performance(&operator, &first.concert_id).await;
        vec![first, second]
    }

    /// The addresses of the instances, which are those of their proxies.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The database, past the proxy.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// One of the instances.
    pub fn any_instance(&mut self) -> usize {
        self.rng.random_range(0..self.instances.len())
    }

    /// Somebody who asks this instance past its proxy.
    pub fn direct_client(&self, index: usize) -> Client {
        self.instances[index].as_ref().unwrap().client()
    }

    /// From now on, this happens between the instances and their database.
    pub fn disturb_database(&self, fault: NetworkFault) {
        self.database_proxies.iter().for_each(|proxy| proxy.cause(fault));
    }

    /// From now on, this happens between clients and instances.
    pub fn disturb_clients(&self, fault: NetworkFault) {
        self.client_proxies.iter().for_each(|proxy| proxy.cause(fault));
    }

    /// How often proxies have disturbed a connection.
    pub fn disturbances(&self) -> u64 {
        self.client_proxies.iter().chain(&self.database_proxies).map(Proxy::disturbances).sum()
    }

    /// Kills an instance, as a crash of its machine would.
    pub async fn kill_instance(&mut self, index: usize) {
        let running = self.instances[index].take().unwrap();
        spawn_blocking(move || running.end_with(Signal::SIGKILL)).await.unwrap();
    }

    /// Starts an instance that was killed.
    pub async fn start_instance(&mut self, index: usize) {
        let running = self.serve(index).await;
        self.client_proxies[index].lead_to(Upstream::Tcp(running.address()));
        self.instances[index] = Some(running);
    }

    /// Stops an instance without ending it.
    pub fn freeze_instance(&self, index: usize) {
        self.instances[index].as_ref().unwrap().signal(Signal::SIGSTOP);
    }

    /// Lets it go on.
    pub fn thaw_instance(&self, index: usize) {
        self.instances[index].as_ref().unwrap().signal(Signal::SIGCONT);
    }

    /// Crashes the database server.
    pub async fn crash_server(&self) {
        self.server.as_ref().unwrap().crash().await.unwrap();
    }

    /// Starts the database server again.
    pub async fn restart_server(&mut self) {
        self.server.as_mut().unwrap().restart().await.unwrap();
        self.database_proxies[0].lead_to(upstream_of(self.database.url()));
    }

    /// Makes a standby take over whose clock is so many seconds off, while the server of before lives on. Every commit that
    /// is acknowledged is on both by then. Gives the server of before, to which the instances still have a way.
    pub async fn take_over(&mut self, seconds_off: i64) -> TemporaryCluster {
        let server = self.server.as_ref().unwrap();
        let clock = if seconds_off == 0 { Vec::new() } else { wrong_clock(seconds_off) };
        let standby = server.standby(clock).await.unwrap();
        self.database.execute("ALTER SYSTEM SET synchronous_standby_names = '*'").await;
        self.database.execute("SELECT pg_reload_conf()").await;
        eventually("commits wait for the standby", async || {
            let synchronous = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
            (self.database.query(synchronous).await == ["1"]).then_some(())
        })
        .await;
        self.database_proxies[1].lead_to(upstream_of(&standby.url("postgres")));
        self.database_proxies.swap(0, 1);
        // Whoever committed before that setting was read is on the standby once a later commit is.
        self.database.execute("CREATE TABLE IF NOT EXISTS waited_for ()").await;
        standby.promote().await.unwrap();
        self.takeovers += 1;
        self.database = Database::at(standby.url("postgres"));
        self.server.replace(standby).unwrap()
    }

    /// How often a standby has taken over.
    pub fn takeovers(&self) -> u32 {
        self.takeovers
    }

    /// Ends the instances in order. Fails when one of them does not.
    pub async fn stop(mut self) -> (Database, Option<TemporaryCluster>) {
        for instance in self.instances.drain(..).flatten() {
            let (code, log) = spawn_blocking(move || instance.end_with(Signal::SIGTERM)).await.unwrap();
            assert_eq!(code, Some(0), "{log}");
            assert!(!log.contains("panicked"), "{log}");
        }
        (self.database, self.server)
    }

    /// Makes sure that the clock of each instance is as skewed as it is to be.
    pub async fn assert_clock_skew(&self) {
        for (index, off) in self.topology.clock_skews.iter().enumerate() {
            let answer = self.direct_client(index).get("/health/live").send().await;
            let date = DateTime::parse_from_rfc2822(answer.header("date").unwrap()).unwrap();
            let right: DateTime<Utc> =
                self.database.query("SELECT to_json(now())#>>'{}'").await[0].parse().unwrap();
            let seconds = (date.to_utc() - right).num_seconds();
            assert!((seconds - off).abs() < 60, "instance {index} is {seconds} s off, not {off} s");
        }
    }

    async fn serve(&self, index: usize) -> Running {
        let url = proxied(self.database.url(), &self.database_proxies);
        let clock = self.topology.clock_skews.get(index).copied().filter(|seconds| *seconds != 0);
        let serving = spawn_blocking(move || {
            let hold_ttl = format!("{}ms", ClusterOptions::SHORT_HOLD.as_millis());
            let others = [
                ("SEATLINE_HOLD_TTL", hold_ttl.as_str()),
                ("SEATLINE_RATE_LIMITS", "off"),
                ("RUST_LOG", "error"),
            ];
            let variables = Binary::variables(&url).into_iter().chain(others);
            Binary::serve_by_clock(clock, variables)
        });
        serving.await.unwrap()
    }
}

/// The address at which the server of this URL listens.
fn upstream_of(url: &str) -> Upstream {
    let config: tokio_postgres::Config = url.parse().unwrap();
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match config.get_hosts().first().unwrap() {
        Host::Unix(folder) => Upstream::Unix(folder.join(format!(".s.PGSQL.{port}"))),
        Host::Tcp(name) => {
            let address = std::net::ToSocketAddrs::to_socket_addrs(&(name.as_str(), port));
            Upstream::Tcp(address.unwrap().next().unwrap())
        }
    }
}

/// The same database, through proxies.
fn proxied(url: &str, proxies: &[Proxy]) -> String {
    let config: tokio_postgres::Config = url.parse().unwrap();
    let password = config.get_password().map(|bytes| format!(":{}", String::from_utf8_lossy(bytes)));
    let (user, password) = (config.get_user().unwrap(), password.unwrap_or_default());
    let addresses: Vec<_> = proxies.iter().map(|proxy| proxy.address().to_string()).collect();
    format!("postgresql://{user}{password}@{}/{}", addresses.join(","), config.get_dbname().unwrap())
}
