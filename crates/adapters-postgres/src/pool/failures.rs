//! Failures of a real server, and what they are read as.

use std::time::Duration;

use seatline_domain::storage::StorageError;
use seatline_test_support::TestDatabase;

use super::{ConnectionSettings, Lease, Pool, Shares};
use crate::failure::Failure;

async fn pool() -> (TestDatabase, Pool) {
    let database = TestDatabase::empty().await;
    database
        .execute("CREATE TABLE counters (id integer PRIMARY KEY, value integer CHECK (value >= 0))")
        .await;
    database.execute("INSERT INTO counters VALUES (1, 0), (2, 0)").await;
    // Half of them are for booking.
    let settings =
        ConnectionSettings { url: database.url().into(), pool_size: 8, wait: Duration::from_secs(5) };
    let pool = Shares::new(&settings).unwrap().booking;
    (database, pool)
}

async fn fails(lease: &mut Lease, sql: &str) -> Failure {
    lease.batch(sql).await.unwrap_err()
}

#[tokio::test]
async fn a_deadlock_is_contention() {
    let (_database, pool) = pool().await;
    let (mut one, mut other) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
    one.batch("UPDATE counters SET value = 1 WHERE id = 1").await.unwrap();
    other.batch("UPDATE counters SET value = 1 WHERE id = 2").await.unwrap();
    let crossing = tokio::join!(
        one.batch("UPDATE counters SET value = 1 WHERE id = 2"),
        other.batch("UPDATE counters SET value = 1 WHERE id = 1"),
    );
    let failures: Vec<_> = [crossing.0, crossing.1].into_iter().filter_map(Result::err).collect();
    assert!(matches!(failures.as_slice(), [Failure::Contention(_)]), "{failures:?}");
}

#[tokio::test]
async fn a_lost_update_under_repeatable_read_is_contention() {
    let (database, pool) = pool().await;
    let mut lease = pool.begin().await.unwrap();
    lease.batch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT FROM counters").await.unwrap();
    database.execute("UPDATE counters SET value = 5").await;
    let failure = fails(&mut lease, "UPDATE counters SET value = 6").await;
    assert!(matches!(failure, Failure::Contention(_)), "{failure:?}");
}

#[tokio::test]
async fn time_outs_and_shutdowns_end_the_connection_and_locked_rows_do_not() {
    let (_database, pool) = pool().await;
    let mut lease = pool.lease().await.unwrap();
    let failure = fails(&mut lease, "SET statement_timeout = '20ms'; SELECT pg_sleep(5)").await;
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    assert!(matches!(lease.batch("SELECT 1").await, Err(Failure::ConnectionLost(_))));

    let mut blocker = pool.begin().await.unwrap();
    blocker.batch("UPDATE counters SET value = 1 WHERE id = 1").await.unwrap();
    let mut lease = pool.lease().await.unwrap();
    let failure =
        fails(&mut lease, "SET lock_timeout = '20ms'; UPDATE counters SET value = 2 WHERE id = 1").await;
    assert!(matches!(failure, Failure::Blocked(_)), "{failure:?}");
    lease.batch("SELECT 1").await.unwrap();

    let mut lease = pool.lease().await.unwrap();
    let failure = fails(&mut lease, "SELECT pg_terminate_backend(pg_backend_pid())").await;
    assert!(matches!(failure, Failure::Unavailable(_) | Failure::ConnectionLost(_)), "{failure:?}");
}

/// Servers speak many languages. What they mean is in the SQLSTATE.
#[tokio::test]
async fn failures_are_told_apart_by_their_code_in_any_language() {
    let (_database, pool) = pool().await;
    for (state, expected) in [
        ("40P01", "Contention"),
        ("40001", "Contention"),
        ("55P03", "Blocked"),
        ("57014", "Unavailable"),
        ("57P03", "Unavailable"),
        ("53100", "Unavailable"),
        ("53300", "Unavailable"),
        ("58030", "Unavailable"),
        ("25006", "Unavailable"),
        ("57P01", "ConnectionLost"),
        ("08006", "ConnectionLost"),
        ("25P03", "ConnectionLost"),
        ("22012", "Broken"),
        ("XX000", "Broken"),
    ] {
        let mut lease = pool.lease().await.unwrap();
        let sql = format!(
            "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = '진행할 수 없음 {state}'; END $$"
        );
        let failure = format!("{:?}", fails(&mut lease, &sql).await);
        assert!(failure.starts_with(expected) && failure.contains(state), "{state}: {failure}");
    }
}

/// A database may have been told to be stricter; the batches mean what they say.
#[tokio::test]
async fn the_isolation_is_that_of_the_batches_and_not_of_the_database() {
    let (database, pool) = pool().await;
    let alter = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database()); END $$";
    database.execute(alter).await;
    let mut lease = pool.begin().await.unwrap();
    let check = "DO $$ BEGIN ASSERT current_setting('transaction_isolation') = 'read committed'; END $$";
    lease.batch(check).await.unwrap();
}

#[tokio::test]
async fn broken_rules_are_our_own_fault_and_keep_the_connection() {
    let (_database, pool) = pool().await;
    let mut lease = pool.lease().await.unwrap();
    for sql in ["UPDATE counters SET value = -1", "INSERT INTO counters VALUES (1, 1)", "SELECT nonsense"] {
        let failure = fails(&mut lease, sql).await;
        assert!(matches!(failure, Failure::Broken(_)), "{sql}: {failure:?}");
    }
    lease.batch("SELECT 1").await.unwrap();
}

#[tokio::test]
async fn a_commit_that_is_cut_off_has_an_unknown_outcome() {
    let (database, pool) = pool().await;
    let mut lease = pool.begin().await.unwrap();
    lease.batch("UPDATE counters SET value = 9 WHERE id = 1").await.unwrap();
    let others = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert_eq!(database.query(others).await, ["true"]);
    let failure = lease.finish(Ok(())).await.unwrap_err();
    assert!(matches!(failure, Failure::OutcomeUnknown(_)), "{failure:?}");
    assert_eq!(
        StorageError::from(failure.clone()),
        StorageError::OutcomeUnknown(match failure {
            Failure::OutcomeUnknown(text) => text,
            _ => String::new(),
        })
    );
}

/// As a commit does that waits for a standby which is not there.
#[tokio::test]
async fn what_hangs_in_a_commit_keeps_its_place_in_the_pool_until_the_server_answers() {
    let (database, pool) = pool().await;
    database
        .execute(
            "CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER hang AFTER UPDATE ON counters DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION hang()",
        )
        .await;
    let mut blocker = pool.begin().await.unwrap();
    blocker.batch("SET lock_timeout = 0; SELECT pg_advisory_xact_lock(1)").await.unwrap();
    let mut lease = pool.begin().await.unwrap();
    lease.batch("SET lock_timeout = 0; UPDATE counters SET value = 7 WHERE id = 1").await.unwrap();
    lease.be_patient(Duration::from_millis(50));
    let failure = lease.finish(Ok(())).await.unwrap_err();
    assert!(matches!(failure, Failure::OutcomeUnknown(_)), "{failure:?}");
    assert_eq!(pool.status().size, 2, "it is there");
    assert_eq!(
        database.query("SELECT value FROM counters WHERE id = 1").await,
        ["0"],
        "it was not cancelled"
    );
    blocker.finish(Ok(())).await.unwrap();
    let within = Duration::from_mins(1);
    let gone = async {
        while pool.status().size > 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(within, gone).await.unwrap();
    assert_eq!(database.query("SELECT value FROM counters WHERE id = 1").await, ["7"]);
}

#[tokio::test]
async fn a_restart_costs_one_connection_and_not_one_answer_each() {
    let (database, pool) = pool().await;
    let leases = futures::future::join_all((0..4).map(|_| pool.lease())).await;
    drop(leases);
    let others = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert_eq!(database.query(others).await.len(), 4);
    let mut lease = pool.begin().await.unwrap();
    lease.batch("UPDATE counters SET value = 1").await.unwrap();
    lease.finish(Ok(())).await.unwrap();
}

/// Whoever asked has gone: what the server does for them ends, and nothing of it is left in the pool.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_dropped_is_cancelled_and_leaves_nothing_behind() {
    let (database, pool) = pool().await;
    let sleeping = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(600)'";
    let asker = pool.clone();
    let asking = tokio::spawn(async move {
        let mut lease = asker.begin().await.unwrap();
        lease.batch("SET statement_timeout = 0; UPDATE counters SET value = 7").await.unwrap();
        lease.batch("SELECT pg_sleep(600)").await
    });
    let until = async |count: &str| {
        while database.query(sleeping).await != [count] {
            tokio::task::yield_now().await;
        }
    };
    let within = Duration::from_mins(1);
    tokio::time::timeout(within, until("1")).await.unwrap();
    asking.abort();
    tokio::time::timeout(within, until("0")).await.unwrap();
    for _ in 0..4 {
        let mut lease = pool.begin().await.unwrap();
        lease.batch("UPDATE counters SET value = value + 1 WHERE id = 1").await.unwrap();
        lease.finish(Ok(())).await.unwrap();
    }
    assert_eq!(database.query("SELECT value FROM counters ORDER BY id").await, ["4", "0"]);
}
