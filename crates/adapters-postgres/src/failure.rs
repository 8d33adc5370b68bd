//! The failures of statements, by what to do about them. The one place where PostgreSQL's errors are read.

use diesel::result::{DatabaseErrorKind, Error};
use seatline_domain::storage::StorageError;

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

/// Diesel keeps no SQLSTATE for these; their messages are PostgreSQL's own.
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
            Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => Self::Unavailable(text),
            Error::DatabaseError(DatabaseErrorKind::Unknown, _) => {
                let is_one_of = |messages: &[&str]| messages.iter().any(|message| text.contains(message));
                if is_one_of(&CONTENTION_MESSAGES) {
                    Self::Contention(text)
                } else if is_one_of(&BLOCKED_MESSAGES) {
                    Self::Blocked(text)
                } else if is_one_of(&CONNECTION_LOST_MESSAGES) {
                    Self::ConnectionLost(text)
                } else if is_one_of(&UNAVAILABLE_MESSAGES) {
                    Self::Unavailable(text)
                } else {
                    Self::Broken(text)
                }
            }
            _ => Self::Broken(text),
        }
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
