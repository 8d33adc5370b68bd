//! What a failed statement means. The one place where PostgreSQL's errors are read.

use diesel::result::{DatabaseErrorKind, Error};
use seatline_domain::storage::StorageError;

/// What to do about a failed statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Others were in the way (a deadlock, a serialisation failure, the same key inserted at the same time). Nothing was
    /// changed; doing it again will help.
    Contention(String),
    /// The connection is of no use any more.
    ConnectionLost(String),
    /// The database cannot do it now: a time-out, a shutdown, too many connections.
    Unavailable(String),
    /// The commit was sent, and what came of it is not known.
    OutcomeUnknown(String),
    /// The statement was refused for a reason of our own making.
    Broken(String),
}

/// The unique constraints that two transactions may legitimately run into at the same time.
const CONTENDED_CONSTRAINTS: [&str; 2] = ["idempotency_keys_pkey", "one_live_pass_per_user"];

/// Diesel keeps no SQLSTATE for these; their messages are PostgreSQL's own. They are asked for in English, see
/// `connection`.
const CONTENTION_MESSAGES: [&str; 2] = ["deadlock detected", "could not serialize access"];
const UNAVAILABLE_MESSAGES: [&str; 12] = [
    "canceling statement due to",
    "terminating connection",
    "the database system is",
    "too many clients",
    "too many connections",
    "remaining connection slots are reserved",
    "No space left on device",
    "could not extend file",
    "out of shared memory",
    "out of memory",
    "disk full",
    "server closed the connection",
];

impl Failure {
    /// Reads a failure of a statement.
    pub(crate) fn of_statement(error: &Error) -> Self {
        let text = describe(error);
        match error {
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Contention(text),
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information)
                if information.constraint_name().is_some_and(|name| CONTENDED_CONSTRAINTS.contains(&name)) =>
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
            Failure::Contention(text) | Failure::ConnectionLost(text) | Failure::Unavailable(text) => {
                Self::Unavailable(text)
            }
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
