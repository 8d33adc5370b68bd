//! What a batch locks, it gets, whatever others did while it waited.

use futures::future::join_all;
use seatline_test_support::{Customer, Fixture, Stage, TestDatabase};
use tokio_postgres::{Client, NoTls};

use crate::fixture::PostgresFixture;

/// Somebody else's transaction, which keeps rows locked until it commits.
struct Blocker {
    client: Client,
    pid: i32,
}

impl Blocker {
    async fn begin(database: &TestDatabase, update: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        let pid = client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
        client.batch_execute(&format!("BEGIN; {update}")).await.unwrap();
        Self { client, pid }
    }

    /// Waits until somebody waits for it, and commits.
    async fn commit_once_waited_for(self, database: &TestDatabase) {
        let waiting =
            format!("SELECT count(*) FROM pg_stat_activity WHERE {} = ANY(pg_blocking_pids(pid))", self.pid);
        while database.query(&waiting).await == ["0"] {
            tokio::task::yield_now().await;
        }
        self.client.batch_execute("COMMIT").await.unwrap();
    }
}

fn touch(customers: &[Customer<'_>]) -> String {
    let users: Vec<_> = customers.iter().map(|customer| format!("'{}'", customer.user)).collect();
    format!(
        "UPDATE passes SET expires_at = expires_at + interval '1 second' WHERE user_id IN ({})",
        users.join(",")
    )
}

/// While a statement waits for a lock, others may change several of the rows that it is about to lock. Each of them must
/// be locked and seen as it is then; none may be lost.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_others_changed_while_a_batch_waited_are_not_lost() {
    const PEOPLE: usize = 8;
    let fixture = PostgresFixture::new().await;
    let stage = Stage::new(fixture.ports());
    let (concert, performance) = stage.show().await;
    let mut customers = Vec::new();
    for _ in 0..PEOPLE {
        customers.push(stage.customer(&concert).await);
    }
    let (first, others) = customers.split_at(1);
    let database = &fixture.database;
    let (one, many) =
        (Blocker::begin(database, &touch(first)).await, Blocker::begin(database, &touch(others)).await);
    let holds = customers.iter().zip(1..).map(|(customer, seat)| {
        let performance = performance.clone();
        async move { customer.try_hold(&performance, &[seat]).await }
    });
    // The first hold is a batch of its own; the others queue up meanwhile and are the next.
    let release = async {
        one.commit_once_waited_for(database).await;
        many.commit_once_waited_for(database).await;
    };
    let (held, ()) = tokio::join!(join_all(holds), release);
    let refused: Vec<_> = held.into_iter().filter_map(Result::err).collect();
    assert!(refused.is_empty(), "{refused:?}");
}
