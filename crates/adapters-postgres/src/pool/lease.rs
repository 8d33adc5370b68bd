use std::any::type_name;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use deadpool::managed::Object;
use diesel_async::SimpleAsyncConnection;
use tokio::runtime::Handle;
use tokio::time::error::Elapsed;
use tokio::time::{sleep, timeout};
use tracing::Span;

use super::connections::Connections;
use crate::connector::Connection;
use crate::failure::Failure;
use crate::statement::{Change, Select};

/// How often a connection that hangs in a commit is looked after.
const LOOK_AFTER: Duration = Duration::from_secs(1);

/// A connection for as long as it is used, after which it goes back to the pool. One that has failed does not. Neither does
/// one that is dropped in the middle, because whoever asked has gone: what it does is cancelled, and nothing that it has
/// begun is kept.
///
/// Statements that are awaited together, by `try_join!`, are sent together: the server runs them one after the other, in
/// the order of their first poll, each with a snapshot of its own, and nobody waits for answers in between.
pub(crate) struct Lease {
    /// There until it is dropped.
    connection: Option<Object<Connections>>,
    failed: AtomicBool,
    /// Statements sent of which no answer has come.
    unanswered: AtomicUsize,
    /// Whether a transaction was begun that has not been ended.
    in_transaction: bool,
    /// Whether a commit was sent to which no answer has come.
    hangs_in_commit: bool,
    answer_timeout: Duration,
}

impl Lease {
    pub(super) fn new(connection: Object<Connections>, answer_timeout: Duration) -> Self {
        Self {
            connection: Some(connection),
            failed: AtomicBool::new(false),
            unanswered: AtomicUsize::new(0),
            in_transaction: false,
            hangs_in_commit: false,
            answer_timeout,
        }
    }

    /// Waits for answers for so long from now on.
    pub(crate) const fn be_patient(&mut self, answer_timeout: Duration) {
        self.answer_timeout = answer_timeout;
    }

    fn connection(&self) -> Result<&Connection, Failure> {
        self.connection.as_deref().filter(|_| !self.has_failed()).ok_or_else(abandoned)
    }

    /// Whether there is a pooler in between, which loses what is set for a session.
    pub(crate) fn is_pooled(&self) -> bool {
        self.connection.as_deref().is_some_and(|connection| connection.is_pooled)
    }

    /// Begins a transaction, to be ended by [`Self::finish`].
    pub(super) async fn begin(&mut self) -> Result<(), Failure> {
        self.in_transaction = true;
        self.batch("BEGIN").await
    }

    /// Runs a statement and gives its rows.
    pub(crate) async fn load<S: Select>(&self, statement: S) -> Result<Vec<S::Row>, Failure> {
        let _span = span_of::<S>();
        let answer = self.answered(statement.load(&self.connection()?.pg)).await;
        self.checked(answer)
    }

    /// Runs a statement and gives the number of rows that it touched.
    pub(crate) async fn execute<S: Change>(&self, statement: S) -> Result<usize, Failure> {
        let _span = span_of::<S>();
        let answer = self.answered(statement.execute(&self.connection()?.pg)).await;
        self.checked(answer)
    }

    /// Runs plain SQL without binds.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        let answer = self.answered((&self.connection()?.pg).batch_execute(sql)).await;
        self.checked(answer)
    }

    /// Waits for an answer, and knows when it is waited for no longer.
    async fn answered<T>(&self, statement: impl Future<Output = T>) -> Result<T, Elapsed> {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        let answer = timeout(self.answer_timeout, statement).await;
        self.unanswered.fetch_sub(1, Ordering::Relaxed);
        answer
    }

    /// Commits. Whatever goes wrong from here on, the transaction may have been committed.
    async fn commit(&mut self) -> Result<(), Failure> {
        self.hangs_in_commit = true;
        let _span = tracing::debug_span!("commit");
        let committed = self.batch("COMMIT").await;
        self.hangs_in_commit = matches!(committed, Err(Failure::Unavailable(_)));
        committed.map_err(|failure| {
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
            Ok(Ok(_)) if self.connection()?.is_left_behind() => {
                Failure::ConnectionLost("its history was left behind".into())
            }
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
        let is_unanswered = *self.unanswered.get_mut() > 0;
        if !(self.has_failed() || self.in_transaction || is_unanswered) {
            return;
        }
        let Some(connection) = self.connection.take() else { return };
        if self.hangs_in_commit
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(answer_to_commit(connection));
            return;
        }
        let pool = Object::pool(&connection);
        let connection = Object::take(connection);
        if is_unanswered && let (Some(pool), Ok(runtime)) = (pool, Handle::try_current()) {
            runtime.spawn(async move { pool.manager().cancel(&connection).await });
        }
    }
}

/// The span of a statement, which bears the statement's name. Nothing happens within: it lasts until it is dropped.
fn span_of<S>() -> Span {
    let span = tracing::debug_span!("statement", otel.name = tracing::field::Empty, otel.kind = "client");
    if !span.is_disabled() {
        let name = type_name::<S>();
        span.record("otel.name", name.rsplit("::").next().unwrap_or(name));
    }
    span
}

/// Keeps a connection that hangs in a commit until its server answers or another has taken over. Meanwhile it counts among
/// those of the pool, so that what hangs at the server has a bound: that goes on there, whether anybody waits for it or
/// not. It must not be cancelled either: a commit that waits for a standby would then count as done without it.
async fn answer_to_commit(connection: Object<Connections>) {
    let answer = async { drop((&connection.pg).batch_execute("").await) };
    let taken_over = async {
        while !connection.is_left_behind() {
            sleep(LOOK_AFTER).await;
        }
    };
    tokio::select! {
        () = answer => {}
        () = taken_over => {}
    }
    drop(Object::take(connection));
}

fn abandoned() -> Failure {
    Failure::ConnectionLost("the connection was abandoned".into())
}
