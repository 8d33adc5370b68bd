//! What a failed statement means. The one place where PostgreSQL's errors are read.

use diesel::result::{DatabaseErrorKind, Error};
use seatline_domain::storage::StorageError;

/// What to do about a failed statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Others were in the way (a deadlock, a serialisation failure, the same key inserted at the same time). Nothing was
    /// changed; doing it again will help.
    Contention(String),
    /// Somebody else has kept a row for longer than locks are waited for. Nothing was changed.
    Blocked(String),
    /// The connection is of no use any more.
    ConnectionLost(String),
    /// The database cannot do it now: a time-out, a shutdown, too many connections.
    Unavailable(String),
    /// The commit was sent, and what came of it is not known.
    OutcomeUnknown(String),
    /// The statement was refused for a reason of our own making.
    Broken(String),
}

/// The unique constraint that two transactions may legitimately run into at the same time.
const CONTENDED_CONSTRAINT: &str = "one_live_pass_per_user";

/// Diesel keeps no SQLSTATE for these; their messages are PostgreSQL's own. They are asked for in English, see
/// `connection`.
const CONTENTION_MESSAGES: [&str; 2] = ["deadlock detected", "could not serialize access"];
const BLOCKED_MESSAGES: [&str; 1] = ["canceling statement due to lock timeout"];
const CONNECTION_LOST_MESSAGES: [&str; 2] = ["terminating connection", "server closed the connection"];
const UNAVAILABLE_MESSAGES: [&str; 10] = [
    "canceling statement due to",
    "the database system is",
    "too many clients",
    "too many connections",
    "remaining connection slots are reserved",
    "No space left on device",
    "could not extend file",
    "out of shared memory",
    "out of memory",
    "disk full",
];

impl Failure {
    /// Reads a failure of a statement.
    pub(crate) fn of_statement(error: &Error) -> Self {
        let text = describe(error);
        match error {
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Contention(text),
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information)
                if information.constraint_name() == Some(CONTENDED_CONSTRAINT) =>
            {
                Self::Contention(text)
            }
            Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | Error::BrokenTransactionManager => Self::ConnectionLost(text),
            Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => Self::Unavailable(text),
            Error::DatabaseError(DatabaseErrorKind::Unknown, _) => {
                let says = |messages: &[&str]| messages.iter().any(|message| text.contains(message));
                if says(&CONTENTION_MESSAGES) {
                    Self::Contention(text)
                } else if says(&BLOCKED_MESSAGES) {
                    Self::Blocked(text)
                } else if says(&CONNECTION_LOST_MESSAGES) {
                    Self::ConnectionLost(text)
                } else if says(&UNAVAILABLE_MESSAGES) {
                    Self::Unavailable(text)
                } else {
                    Self::Broken(text)
                }
            }
            _ => Self::Broken(text),
        }
    }

    /// Whether the connection should not be used again.
    pub(crate) const fn ends_connection(&self) -> bool {
        matches!(self, Self::ConnectionLost(_) | Self::OutcomeUnknown(_) | Self::Unavailable(_))
    }
}

impl From<Failure> for StorageError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Contention(text)
            | Failure::Blocked(text)
            | Failure::ConnectionLost(text)
            | Failure::Unavailable(text) => Self::Unavailable(text),
            Failure::OutcomeUnknown(text) => Self::OutcomeUnknown(text),
            Failure::Broken(text) => Self::Corrupt(text),
        }
    }
}

fn describe(error: &Error) -> String {
    match error {
        Error::DatabaseError(_, information) => match information.constraint_name() {
            Some(constraint) => format!("{} ({constraint})", information.message()),
            None => information.message().to_owned(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::{ConnectionSettings, Lease, Pool};
    use seatline_test_support::TestDatabase;
    use std::time::Duration;

    async fn pool() -> (TestDatabase, Pool) {
        let database = TestDatabase::empty().await;
        database
            .execute("CREATE TABLE counters (id integer PRIMARY KEY, value integer CHECK (value >= 0))")
            .await;
        database.execute("INSERT INTO counters VALUES (1, 0), (2, 0)").await;
        let settings =
            ConnectionSettings { url: database.url().into(), pool_size: 4, wait: Duration::from_secs(5) };
        let pool = Pool::new(&settings).unwrap();
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

    #[tokio::test]
    async fn broken_rules_are_our_own_fault_and_keep_the_connection() {
        let (_database, pool) = pool().await;
        let mut lease = pool.lease().await.unwrap();
        for sql in ["UPDATE counters SET value = -1", "INSERT INTO counters VALUES (1, 1)", "SELECT nonsense"]
        {
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
}
