//! The one server that all tests of a process share.

use std::ffi::OsStr;

use tokio::sync::OnceCell;

use crate::{
    Durability, StartError, TemporaryCluster,
    binaries::Binaries,
    connection::with_database,
    container::{Container, Docker, random_hex},
    temporary_cluster::{CONNECTIONS, FORGETFUL},
    watchdog::Watchdog,
};

/// A PostgreSQL for the tests of this process.
#[derive(Debug)]
pub struct TestServer {
    origin: Origin,
}

#[derive(Debug)]
enum Origin {
    Given(String),
    Cluster(TemporaryCluster),
    Container { container: Container, _watchdog: Watchdog },
}

impl TestServer {
    /// The server of this process, started by the first call.
    ///
    /// It is the one that `TEST_DATABASE_URL` names; else a temporary cluster from the server
    /// binaries, with settings that forget everything in a crash and are fast; else a container.
    /// What was started is gone when the process ends, however it ends. Test processes that run
    /// at the same time do not share a server.
    ///
    /// # Errors
    /// * [`StartError::NoPostgres`] – none of the three is there; the message names the ways out.
    /// * Others – as for [`Embedded::start`](crate::Embedded::start). The next call tries again.
    pub async fn shared() -> Result<&'static Self, StartError> {
        static SHARED: OnceCell<TestServer> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::start).await
    }

    /// The address of a database on this server, which need not exist.
    pub fn url(&self, database: &str) -> String {
        match &self.origin {
            Origin::Given(url) => with_database(url, database),
            Origin::Cluster(cluster) => cluster.url(database),
            Origin::Container { container, .. } => container.url(database),
        }
    }

    async fn start() -> Result<Self, StartError> {
        let origin = if let Some(url) = given_url() {
            Origin::Given(url)
        } else if let Some(binaries) = Binaries::find() {
            Origin::Cluster(TemporaryCluster::start_with(binaries, Durability::Forgetful, Vec::new()).await?)
        } else {
            let docker = Docker::find().await.ok_or(StartError::NoPostgres)?;
            start_container(docker).await?
        };
        Ok(Self { origin })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no bootstrap that could hand over their configuration"
)]
fn given_url() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

async fn start_container(docker: Docker) -> Result<Origin, StartError> {
    let name = format!("seatline-test-{}", random_hex()?);
    let watchdog = Watchdog::start("docker rm --force --volumes \"$1\"", &[OsStr::new(&name)])
        .map_err(StartError::io("watch over", name.as_ref()))?;
    let mut settings = vec![CONNECTIONS];
    settings.extend(FORGETFUL);
    let container = Container::throw_away(docker, name, &settings).await?;
    Ok(Origin::Container { container, _watchdog: watchdog })
}
