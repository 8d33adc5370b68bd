use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use tokio_postgres::NoTls;

use crate::test_server::TestServer;

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A PostgreSQL database of a test's own, cloned from a migrated template, and dropped with this value.
pub struct TestDatabase {
    name: String,
    url: String,
    maintenance_url: String,
}

impl TestDatabase {
    /// Clones the template. The first call of a test process makes it: an empty database, brought up to date by
    /// `migrate`, which is given its URL.
    pub async fn create<M: Future<Output = ()>>(migrate: impl FnOnce(String) -> M) -> Self {
        let server = TestServer::shared().await;
        let maintenance_url = server.url("postgres");
        let template = TEMPLATE
            .get_or_init(|| async {
                let template = fresh_name("template");
                execute(&maintenance_url, &format!("CREATE DATABASE {template}")).await;
                migrate(server.url(&template)).await;
                for _ in 1..cells() {
                    execute(&server.url(&template), "SELECT add_cell()").await;
                }
                template
            })
            .await;
        let name = fresh_name("test");
        execute(&maintenance_url, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { url: server.url(&name), name, maintenance_url }
    }

    /// Another database with all that is in this one, to which nobody may be connected.
    pub async fn copy(&self) -> Self {
        let name = fresh_name("copy");
        let copying = format!("CREATE DATABASE {name} TEMPLATE {}", self.name);
        execute(&self.maintenance_url, &copying).await;
        Self {
            url: TestServer::shared().await.url(&name),
            name,
            maintenance_url: self.maintenance_url.clone(),
        }
    }

    /// An empty database, without a schema.
    pub async fn empty() -> Self {
        let server = TestServer::shared().await;
        let maintenance_url = server.url("postgres");
        let name = fresh_name("empty");
        execute(&maintenance_url, &format!("CREATE DATABASE {name}")).await;
        Self { url: server.url(&name), name, maintenance_url }
    }

    /// How to reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs plain SQL on it, as somebody else would.
    pub async fn execute(&self, sql: &str) {
        execute(&self.url, sql).await;
    }

    /// Runs plain SQL on it and gives the first column of every row, as text.
    pub async fn query(&self, sql: &str) -> Vec<String> {
        query(&self.url, sql).await
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (url, drop_it) =
            (self.maintenance_url.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(&url, &drop_it));
        });
        drop(dropped.join());
    }
}

fn fresh_name(kind: &str) -> String {
    format!("seatline_{kind}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// How many cells the databases of tests have: `SEATLINE_TEST_CELLS`, or one.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no bootstrap that could hand over their configuration"
)]
pub fn cells() -> u32 {
    let given = std::env::var("SEATLINE_TEST_CELLS").ok();
    given.map_or(1, |cells| cells.parse().unwrap())
}

/// Has a client's plain SQL find what is in cells: what reads, in all of them; what changes, in the last one, where the first
/// concert is.
async fn look_into_cells(client: &tokio_postgres::Client, sql: &str) {
    if cells() == 1 {
        return;
    }
    let changes = ["INSERT INTO", "UPDATE", "DELETE FROM", "LOCK TABLE", "TRUNCATE", "ALTER", "CREATE"];
    let reads = !changes.iter().any(|verb| sql.contains(verb));
    let schema = if reads { "every_cell".to_owned() } else { format!("cell_{}", cells() - 1) };
    client.batch_execute(&format!("SET search_path = {schema}, public")).await.unwrap();
}

/// A connection for plain SQL of a test, and what drives it.
pub async fn plain_client(
    url: &str,
    sql: &str,
) -> Result<(tokio_postgres::Client, JoinHandle<Result<(), tokio_postgres::Error>>), tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let driver = tokio::spawn(connection);
    look_into_cells(&client, sql).await;
    Ok((client, driver))
}

/// Runs plain SQL on any database.
pub async fn execute(url: &str, sql: &str) {
    let (client, driver) = plain_client(url, sql).await.unwrap();
    client.batch_execute(sql).await.unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
}

/// Runs plain SQL on any database and gives the first column of every row, as text.
pub async fn query(url: &str, sql: &str) -> Vec<String> {
    let (client, driver) = plain_client(url, sql).await.unwrap();
    let rows = client.simple_query(sql).await.unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
    rows.iter()
        .filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .collect()
}
