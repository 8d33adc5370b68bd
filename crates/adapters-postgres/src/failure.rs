//! The failures of statements, by what to do about them. The one place where PostgreSQL's errors are read.

use std::any::Any;

use diesel::result::{DatabaseErrorKind, Error};
use seatline_domain::storage::StorageError;
use tokio_postgres::error::SqlState;

use crate::connector::ServerErrors;

/// A failed statement, by what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Others were in the way (a deadlock, a serialisation failure, the same key inserted at the same time). Nothing was
    /// changed; doing it again will help.
    Contention(String),
    /// The lock timeout passed: somebody else has kept a row lock for longer. Nothing was changed.
    Blocked(String),
    /// The connection is of no use any more.
    ConnectionLost(String),
    /// The database cannot do it now: a timeout, a shutdown, too many connections.
    Unavailable(String),
    /// The commit was sent, and what came of it is not known.
    OutcomeUnknown(String),
    /// The statement was refused for a reason of our own making.
    Broken(String),
}

/// The unique constraint that two transactions may legitimately run into at the same time.
const CONTENDED_CONSTRAINT: &str = "one_live_pass_per_user";

impl Failure {
    /// Reads a failure of a statement. `server_errors` are those of its connection.
    pub(crate) fn of_statement(error: &Error, server_errors: &ServerErrors) -> Self {
        let text = describe(error);
        match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, details)
                if details.constraint_name() == Some(CONTENDED_CONSTRAINT) =>
            {
                Self::Contention(text)
            }
            Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | Error::BrokenTransactionManager => Self::ConnectionLost(text),
            Error::DatabaseError(_, details) => match server_errors.sql_state(details.message()) {
                Some(state) => Self::of_state(&state, format!("{text} [{}]", state.code())),
                None => Self::Broken(text),
            },
            _ => Self::Broken(text),
        }
    }

    /// Reads an error by its SQLSTATE, or by the class of it.
    fn of_state(state: &SqlState, text: String) -> Self {
        match (state, state.code().get(..2)) {
            (&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE, _) => {
                Self::Contention(text)
            }
            (&SqlState::LOCK_NOT_AVAILABLE, _) => Self::Blocked(text),
            (&SqlState::CANNOT_CONNECT_NOW | &SqlState::QUERY_CANCELED | &SqlState::READ_ONLY_SQL_TRANSACTION, _)
            // Insufficient resources: connections, memory, space. Errors of the system below the server.
            | (_, Some("53" | "58")) => Self::Unavailable(text),
            (
                // Statements that this connection is said to have prepared, and the server does not know.
                &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT | &SqlState::INVALID_SQL_STATEMENT_NAME,
                _,
            )
            // Connection exceptions. Interventions of operators: what they terminate, crash or drop.
            | (_, Some("08" | "57")) => Self::ConnectionLost(text),
            _ => Self::Broken(text),
        }
    }

    /// Reads a panic of our own code.
    pub(crate) fn of_panic(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self::Broken(format!("a panic: {}", text.unwrap_or("without a message")))
    }

    /// Tells whether the connection must not be used again.
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
        Error::DatabaseError(_, details) => match details.constraint_name() {
            Some(constraint) => format!("{} ({constraint})", details.message()),
            None => details.message().to_owned(),
        },
        other => other.to_string(),
    }
}
