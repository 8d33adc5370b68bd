use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::runtime::Handle;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use crate::connector::Connector;
use crate::failure::Failure;
use crate::statement::{Change, Select};

/// The longest that anything but a commit is waited for on this side, should the network go silent. Longer than the
/// server's own `statement_timeout`.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(6);

/// A connection for as long as it is used, after which it goes back to the pool. One that has failed does not. Neither does
/// one that is dropped in the middle, because whoever asked has gone: what it does is cancelled, and nothing that it has
/// begun is kept.
///
/// Statements that are awaited together, by `try_join!`, are sent together: the server runs them one after the other, in
/// the order of their first poll, each with a snapshot of its own, and nobody waits for answers in between.
pub(crate) struct Lease {
    /// There until it is dropped.
    connection: Option<Object<AsyncPgConnection>>,
    connector: Arc<Connector>,
    failed: AtomicBool,
    /// Statements sent of which no answer has come.
    unanswered: AtomicUsize,
    /// Whether a transaction was begun that has not been ended.
    in_transaction: bool,
}

impl Lease {
    pub(super) fn new(connection: Object<AsyncPgConnection>, connector: Arc<Connector>) -> Self {
        Self {
            connection: Some(connection),
            connector,
            failed: AtomicBool::new(false),
            unanswered: AtomicUsize::new(0),
            in_transaction: false,
        }
    }

    /// Begins a transaction, to be ended by [`Self::finish`].
    pub(super) async fn begin(&mut self) -> Result<(), Failure> {
        self.in_transaction = true;
        self.batch("BEGIN").await
    }

    /// Runs a statement and gives its rows.
    pub(crate) async fn load<S: Select>(&self, statement: S) -> Result<Vec<S::Row>, Failure> {
        let connection = self.connection.as_deref().filter(|_| !self.has_failed()).ok_or_else(abandoned)?;
        self.checked(self.answered(statement.load(connection)).await)
    }

    /// Runs a statement and gives the number of rows that it touched.
    pub(crate) async fn execute<S: Change>(&self, statement: S) -> Result<usize, Failure> {
        let connection = self.connection.as_deref().filter(|_| !self.has_failed()).ok_or_else(abandoned)?;
        self.checked(self.answered(statement.execute(connection)).await)
    }

    /// Runs plain SQL without binds.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        let failed = self.has_failed();
        let connection = self.connection.as_deref_mut().filter(|_| !failed).ok_or_else(abandoned)?;
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        let result = timeout(ANSWER_TIMEOUT, connection.batch_execute(sql)).await;
        self.unanswered.fetch_sub(1, Ordering::Relaxed);
        self.checked(result)
    }

    /// Waits for an answer, and knows when it is waited for no longer.
    async fn answered<T>(&self, statement: impl Future<Output = T>) -> Result<T, Elapsed> {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        let answer = timeout(ANSWER_TIMEOUT, statement).await;
        self.unanswered.fetch_sub(1, Ordering::Relaxed);
        answer
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
        let result = match work {
            Ok(value) => self.commit().await.map(|()| value),
            Err(failure) => {
                self.roll_back().await;
                Err(failure)
            }
        };
        self.in_transaction = false;
        result
    }

    /// Rolls back, or abandons the connection when it cannot.
    async fn roll_back(&mut self) {
        if self.batch("ROLLBACK").await.is_err() {
            self.fail();
        }
    }

    fn checked<T>(&self, result: Result<diesel::QueryResult<T>, Elapsed>) -> Result<T, Failure> {
        let failure = match result {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => Failure::of_statement(&error),
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
        let is_unanswered = *self.unanswered.get_mut() > 0;
        if !(self.has_failed() || self.in_transaction || is_unanswered) {
            return;
        }
        let Some(connection) = self.connection.take().map(Object::take) else { return };
        if is_unanswered && let Ok(runtime) = Handle::try_current() {
            let (connector, token) = (self.connector.clone(), connection.cancel_token());
            runtime.spawn(async move { connector.cancel(token).await });
        }
    }
}

fn abandoned() -> Failure {
    Failure::ConnectionLost("the connection was abandoned".into())
}
