use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt::Debug;
use std::time::Duration;

use seatline_local_postgres::{Durability, StartError, TemporaryCluster, Watchdog};
use testcontainers_modules::postgres::Postgres;
use testcontainers_modules::testcontainers::bollard::models::{HostConfig, PortBinding};
use testcontainers_modules::testcontainers::core::Mount;
use testcontainers_modules::testcontainers::runners::AsyncRunner;
use testcontainers_modules::testcontainers::{ImageExt, TestcontainersError};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};
use tokio_postgres::NoTls;

/// The PostgreSQL that all tests of a process share.
#[derive(Debug)]
pub struct TestServer {
    /// The address of the database `postgres`.
    url: String,
    /// What ends it when dropped; nothing for a server that was given.
    _owned: Option<Box<dyn Debug + Send + Sync>>,
}

impl TestServer {
    /// The server of this process, started by the first call.
    ///
    /// It is the one that `TEST_DATABASE_URL` names; else a temporary cluster from the server binaries, with settings that
    /// are fast and lose everything in a crash; else a container. What was started is gone when the process ends, however
    /// it ends. Test processes that run at the same time do not share a server.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<TestServer> = OnceCell::const_new();
        SHARED.get_or_init(Self::start).await
    }

    /// The address of a database on this server, which need not exist.
    ///
    /// * `database` – an identifier of letters, digits and underscores.
    pub fn url(&self, database: &str) -> String {
        with_database(&self.url, database)
    }

    async fn start() -> Self {
        if let Some(url) = given_url() {
            return Self { url, _owned: None };
        }
        match TemporaryCluster::start(Durability::Forgetful).await {
            Ok(cluster) => Self { url: cluster.url("postgres"), _owned: Some(Box::new(cluster)) },
            Err(StartError::NoPostgres) => Self::start_container()
                .await
                .unwrap_or_else(|error| panic!("{}. No container either: {error}", StartError::NoPostgres)),
            Err(error) => panic!("{error}"),
        }
    }

    async fn start_container() -> Result<Self, TestcontainersError> {
        /// Takes the container away once this process has ended: a static, as the shared server is, is never dropped.
        const CLEAN_UP: &str = "docker rm --force --volumes \"$1\" || podman rm --force --volumes \"$1\"";
        const SETTINGS: [&str; 4] =
            ["max_connections=300", "fsync=off", "synchronous_commit=off", "full_page_writes=off"];
        let name = format!("seatline-test-{:016x}", rand::random::<u64>());
        // Others reach it too: it is published on every interface, so that tests in a container find it.
        let password = format!("{:032x}", rand::random::<u128>());
        let watchdog = Watchdog::start(CLEAN_UP, &[OsStr::new(&name)])?;
        let container = Postgres::default()
            .with_user("seatline")
            .with_password(&password)
            // By its whole name: podman knows no other without being told where to look.
            .with_name("docker.io/library/postgres")
            .with_tag("17")
            .with_env_var("POSTGRES_INITDB_ARGS", "--encoding=UTF8 --locale=C")
            .with_mount(Mount::tmpfs_mount("/var/lib/postgresql/data"))
            .with_cmd(SETTINGS.into_iter().flat_map(|setting| ["-c", setting]))
            .with_container_name(name)
            .with_host_config_modifier(publish)
            // Its log says that it is ready twice, the first time for a server that only sets the cluster up.
            .with_ready_conditions(Vec::new())
            .start()
            .await?;
        let (host, port) = (container.get_host().await?, container.get_host_port_ipv4(5432).await?);
        let url = format!("postgresql://seatline:{password}@{host}:{port}/postgres");
        wait_until_ready(&url).await;
        Ok(Self { url, _owned: Some(Box::new((container, watchdog))) })
    }
}

async fn wait_until_ready(url: &str) {
    const TIMEOUT: Duration = Duration::from_mins(2);
    const POLL_INTERVAL: Duration = Duration::from_millis(50);
    let deadline = Instant::now() + TIMEOUT;
    while let Err(error) = tokio_postgres::connect(url, NoTls).await {
        assert!(Instant::now() < deadline, "the container does not answer: {error}");
        sleep(POLL_INTERVAL).await;
    }
}

/// Publishes the port as usual, but names the interfaces: where nobody does, podman 4.3 does not report the port.
fn publish(config: &mut HostConfig) {
    let binding = PortBinding { host_ip: Some("0.0.0.0".to_owned()), host_port: None };
    config.publish_all_ports = None;
    config.port_bindings = Some(HashMap::from([("5432/tcp".to_owned(), Some(vec![binding]))]));
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no bootstrap that could hand over their configuration"
)]
fn given_url() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// `url`, pointed at another database of the same server.
fn with_database(url: &str, database: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        // Key-value form: the last word for a key counts.
        return format!("{url} dbname={database}");
    };
    let (address, parameters) = match rest.split_once('?') {
        Some((address, parameters)) => (address, format!("?{parameters}")),
        None => (rest, String::new()),
    };
    let authority = address.split('/').next().unwrap_or_default();
    format!("{scheme}://{authority}/{database}{parameters}")
}

#[cfg(test)]
mod tests {
    use tokio_postgres::Config;

    use super::*;
    use crate::{execute, query};

    #[tokio::test]
    async fn the_tests_of_a_process_share_one_server() {
        let (one, two) = tokio::join!(TestServer::shared(), TestServer::shared());
        assert!(std::ptr::eq(one, two));
        let name = format!("shared_{}", std::process::id());
        execute(&one.url("postgres"), &format!("CREATE DATABASE {name}")).await;
        assert_eq!(query(&two.url(&name), "SELECT current_database()").await, [name.as_str()]);
        execute(&one.url("postgres"), &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }

    #[test]
    fn the_database_is_replaced_in_every_form() {
        for (given, expected) in [
            ("postgres://a:b@h:1/old?sslmode=disable", "postgres://a:b@h:1/new?sslmode=disable"),
            ("postgres://a@h", "postgres://a@h/new"),
            ("postgresql://u@/old?host=%2Frun", "postgresql://u@/new?host=%2Frun"),
            ("host=h dbname=old", "host=h dbname=old dbname=new"),
        ] {
            let url = with_database(given, "new");
            assert_eq!(url, expected);
            let config: Config = url.parse().unwrap();
            assert_eq!(config.get_dbname(), Some("new"));
        }
    }
}
