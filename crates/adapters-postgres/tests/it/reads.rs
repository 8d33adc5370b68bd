use std::collections::BTreeMap;
use std::time::Duration;

use seatline_test_support::TestDatabase;

use crate::fixture::PostgresFixture;

/// The rows that were read of each table, from end to end and by index, and of each index.
const READ: &str = "
    SELECT format('%s=%s', relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables
    UNION ALL SELECT format('%s=%s', indexrelname, idx_tup_read) FROM pg_stat_user_indexes";

/// The numbers of rows that were read so far, by table and by index.
#[derive(Debug, Default)]
pub(crate) struct Reads(BTreeMap<String, u64>);

impl Reads {
    /// The reads of all connections that have ended.
    pub(crate) async fn of(database: &TestDatabase) -> Self {
        let counts = database.query(READ).await;
        let split = |count: &String| {
            let (name, rows) = count.split_once('=').unwrap();
            (name.to_owned(), rows.parse().unwrap())
        };
        Self(counts.iter().map(split).collect())
    }

    /// The reads since then.
    pub(crate) fn since(self, before: &Self) -> Self {
        let more = |(name, rows): (String, u64)| {
            let rows = rows - before.0.get(&name).copied().unwrap_or(0);
            (name, rows)
        };
        Self(self.0.into_iter().map(more).collect())
    }

    /// Tables and indexes of which at least so many rows more were read than by another.
    pub(crate) fn beyond(&self, other: &Self, rows: u64) -> Vec<String> {
        let usual = |name: &String| other.0.get(name).copied().unwrap_or(0);
        let beyond = self.0.iter().filter(|(name, read)| **read >= usual(name) + rows);
        beyond.map(|(name, read)| format!("{name}: {read} rows, usually {}", usual(name))).collect()
    }
}

/// Ends the connections: backends report what they have read when they end.
pub(crate) async fn end_backends(fixture: &PostgresFixture) {
    assert!(fixture.postgres.shut_down(Duration::from_secs(10)).await);
    let backends = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name LIKE 'seatline%'";
    while fixture.database.query(backends).await != ["0"] {
        tokio::task::yield_now().await;
    }
}
