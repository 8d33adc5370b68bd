use std::collections::BTreeMap;
use std::time::Duration;

use seatline_adapters_postgres::{ConnectionSettings, Postgres, migrate};
use seatline_domain::invariant::Violation;
use seatline_domain::ports::Inspection;
use seatline_test_support::{TestDatabase, TestServer, execute, plain_client, query};
use tokio::task::JoinHandle;
use tokio_postgres::NoTls;

/// A database of a test's own.
pub struct Database {
    url: String,
    /// What is dropped with this value.
    clone: Option<TestDatabase>,
}

impl Database {
    /// A migrated database with nothing in it, dropped with this value.
    pub async fn create() -> Self {
        let clone = TestDatabase::create(|url| async move { drop(migrate(&url).await.unwrap()) }).await;
        Self { url: clone.url().to_owned(), clone: Some(clone) }
    }

    /// Another database with all that is in this one, to which nobody may be connected.
    pub async fn copy(&self) -> Self {
        let copy = self.clone.as_ref().expect("it is a test's own").copy().await;
        Self { url: copy.url().to_owned(), clone: Some(copy) }
    }

    /// A database that somebody else takes care of.
    pub fn at(url: String) -> Self {
        Self { url, clone: None }
    }

    /// How to reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs plain SQL on it.
    pub async fn execute(&self, sql: &str) {
        execute(&self.url, sql).await;
    }

    /// Runs plain SQL on it, if it can be reached and does it.
    pub async fn try_execute(&self, sql: &str) {
        if let Ok((client, driver)) = plain_client(&self.url, sql).await {
            drop(client.batch_execute(sql).await);
            drop(client);
            drop(driver.await);
        }
    }

    /// Runs plain SQL on it and gives the first column of every row.
    pub async fn query(&self, sql: &str) -> Vec<String> {
        query(&self.url, sql).await
    }

    /// How many rows each table has, and how much money there is in all.
    pub async fn census(&self) -> BTreeMap<String, String> {
        const TABLES: &str = "
            SELECT format('SELECT %L AS name, count(*)::text AS rows FROM %I', tablename, tablename)
            FROM pg_tables WHERE schemaname = 'public'";
        let money = "SELECT 'total of balances', coalesce(sum(balance), 0)::text FROM wallets".to_owned();
        let counts: Vec<_> = self.query(TABLES).await.into_iter().chain([money]).collect();
        let pairs = format!(
            "SELECT name || '=' || rows FROM ({}) AS counted (name, rows)",
            counts.join(" UNION ALL ")
        );
        let pairs = self.query(&pairs).await;
        let split =
            |pair: String| pair.split_once('=').map(|(name, rows)| (name.to_owned(), rows.to_owned()));
        pairs.into_iter().filter_map(split).collect()
    }

    /// Everything in it that breaks what must always hold.
    pub async fn violations(&self) -> Vec<Violation> {
        let settings =
            ConnectionSettings { url: self.url().to_owned(), pool_size: 1, wait: Duration::from_secs(20) };
        let postgres = Postgres::new(&settings).unwrap();
        let violations = postgres.violations().await.unwrap();
        postgres.shut_down(Duration::from_secs(20)).await;
        violations
    }

    /// Fails unless everything holds that must always hold.
    pub async fn assert_invariants(&self) {
        let violations = self.violations().await;
        assert!(violations.is_empty(), "{violations:#?}");
    }

    /// Takes it away: running connections are cut, new ones refused.
    pub async fn refuse_connections(&self) {
        let name = self.name().await;
        self.maintain(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        self.maintain(&cut).await;
    }

    /// Gives the database of this name back.
    pub async fn accept_connections(&self, name: &str) {
        self.maintain(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    }

    /// Its name.
    pub async fn name(&self) -> String {
        self.query("SELECT current_database()").await.remove(0)
    }

    /// Locks a table against everybody until the lock is released.
    pub async fn lock(&self, table: &str) -> Lock {
        self.lock_by(&format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")).await
    }

    /// Locks what this statement locks until the lock is released.
    pub async fn lock_by(&self, sql: &str) -> Lock {
        let (client, driver) = plain_client(self.url(), sql).await.unwrap();
        let driver = tokio::spawn(async move { drop(driver.await) });
        client.batch_execute(&format!("BEGIN; {sql}")).await.unwrap();
        Lock { client, driver }
    }

    async fn maintain(&self, sql: &str) {
        let url = TestServer::shared().await.url("postgres");
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        let driver = tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
        drop(client);
        driver.await.unwrap().unwrap();
    }
}

/// What nobody else can use.
pub struct Lock {
    client: tokio_postgres::Client,
    driver: JoinHandle<()>,
}

impl Lock {
    /// Keeps what its statement did, and lets the others use it again.
    pub async fn commit(self) {
        self.client.batch_execute("COMMIT").await.unwrap();
        self.release().await;
    }

    /// Lets the others use it again.
    pub async fn release(self) {
        drop(self.client);
        self.driver.await.unwrap();
    }
}
