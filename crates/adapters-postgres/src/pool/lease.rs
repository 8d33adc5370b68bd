use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool::managed::Object;
use diesel_async::SimpleAsyncConnection;
use tokio::time::timeout;

use super::connections::Connections;
use crate::connector::Connection;
use crate::failure::Failure;
use crate::statement::{Change, Select};

/// The longest that anything but a commit is waited for on this side, should the network go silent. Longer than the
/// server's own `statement_timeout`.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(6);

/// A connection for as long as it is used, after which it goes back to the pool. One that has failed does not.
///
/// Statements that are awaited together, by `try_join!`, are sent together: the server runs them one after the other, in
/// the order of their first poll, each with a snapshot of its own, and nobody waits for answers in between.
pub(crate) struct Lease {
    /// There until it is dropped.
    connection: Option<Object<Connections>>,
    failed: AtomicBool,
    answer_timeout: Duration,
}

impl Lease {
    pub(super) fn new(connection: Object<Connections>) -> Self {
        let failed = AtomicBool::new(false);
        Self { connection: Some(connection), failed, answer_timeout: ANSWER_TIMEOUT }
    }

    /// Waits for answers for so long from now on.
    pub(crate) const fn be_patient(&mut self, answer_timeout: Duration) {
        self.answer_timeout = answer_timeout;
    }

    fn connection(&self) -> Result<&Connection, Failure> {
        self.connection.as_deref().filter(|_| !self.has_failed()).ok_or_else(abandoned)
    }

    /// Runs a statement and gives its rows.
    pub(crate) async fn load<S: Select>(&self, statement: S) -> Result<Vec<S::Row>, Failure> {
        let answer = timeout(self.answer_timeout, statement.load(&self.connection()?.pg)).await;
        self.checked(answer)
    }

    /// Runs a statement and gives the number of rows that it touched.
    pub(crate) async fn execute<S: Change>(&self, statement: S) -> Result<usize, Failure> {
        let answer = timeout(self.answer_timeout, statement.execute(&self.connection()?.pg)).await;
        self.checked(answer)
    }

    /// Runs plain SQL without binds.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        let answer = timeout(self.answer_timeout, (&self.connection()?.pg).batch_execute(sql)).await;
        self.checked(answer)
    }

    /// Commits. Whatever goes wrong from here on, the transaction may have been committed.
    async fn commit(&mut self) -> Result<(), Failure> {
        self.batch("COMMIT").await.map_err(|failure| {
            self.fail();
            Failure::OutcomeUnknown(format!("{failure:?}"))
        })
    }

    /// Ends the transaction: commits when its work was done, rolls back when it failed.
    pub(crate) async fn finish<T>(mut self, work: Result<T, Failure>) -> Result<T, Failure> {
        match work {
            Ok(value) => self.commit().await.map(|()| value),
            Err(failure) => {
                self.roll_back().await;
                Err(failure)
            }
        }
    }

    /// Rolls back, or abandons the connection when it cannot.
    async fn roll_back(&mut self) {
        if self.batch("ROLLBACK").await.is_err() {
            self.fail();
        }
    }

    fn checked<T>(
        &self,
        result: Result<diesel::QueryResult<T>, tokio::time::error::Elapsed>,
    ) -> Result<T, Failure> {
        let failure = match result {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => Failure::of_statement(&error, &self.connection()?.errors),
            Err(_) => Failure::Unavailable("no answer in time".into()),
        };
        if failure.ends_connection() {
            self.fail();
        }
        Err(failure)
    }

    fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.has_failed() {
            drop(self.connection.take().map(Object::take));
        }
    }
}

fn abandoned() -> Failure {
    Failure::ConnectionLost("the connection was abandoned".into())
}
