//! What clients asked for and what came of it, and whether the database agrees.
//!
//! Every request that may change something is written down with its outcome: acknowledged, refused, or unknown. After
//! a run, [`contradictions`] compares the history with the database: every acknowledged effect is there, once; every
//! refusal left nothing; what is unknown is there whole or not at all; the same key gave the same answer.

mod bookings;
mod line;
mod money;
mod snapshot;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use snapshot::Snapshot;

use crate::answer::Answer;
use crate::database::Database;

/// What somebody asked for, by the names of the contract.
#[expect(missing_docs, reason = "they are those of the contract")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// An account.
    Register,
    /// Points.
    Charge { key: String, amount: u64 },
    /// A place in line.
    Join,
    /// To leave this place in line.
    Leave { number: u64 },
    /// Seats.
    Hold { key: Option<String>, performance_id: String, seats: Vec<u64> },
    /// To cancel a reservation.
    Cancel { reservation_id: String },
    /// To pay.
    Pay { key: Option<String>, reservation_id: String },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was done, and this was said of it.
    Acknowledged(Value),
    /// It was not done, for this reason.
    Refused(String),
    /// It was done, or not: no answer, or one that says that the outcome is unknown.
    Unknown(String),
}

impl Outcome {
    /// What an answer says, or its absence. `None` when the request was never sent.
    pub fn of(answer: Result<Answer, reqwest::Error>) -> Option<Self> {
        match answer {
            Ok(answer) if answer.status < 300 => Some(Self::Acknowledged(answer.body_or_null())),
            Ok(answer) if answer.came_too_late() => Some(Self::Unknown("the head came too late".to_owned())),
            Ok(answer) if answer.status >= 500 => Some(Self::Unknown(answer.code().unwrap_or_default())),
            Ok(answer) => Some(Self::Refused(answer.code().unwrap_or_default())),
            Err(error) if error.is_connect() => None,
            Err(error) if error.is_timeout() => Some(Self::Unknown(TIMED_OUT.to_owned())),
            Err(error) => Some(Self::Unknown(format!("{error:?}"))),
        }
    }
}

const TIMED_OUT: &str = "no answer in time";

/// One request and its outcome.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The user who asked; empty for somebody without an account yet.
    pub user_id: String,
    /// For what.
    pub operation: Operation,
    /// What came of it.
    pub outcome: Outcome,
}

impl Entry {
    fn acknowledged(&self) -> Option<&Value> {
        match &self.outcome {
            Outcome::Acknowledged(body) => Some(body),
            _ => None,
        }
    }

    fn is_unknown(&self) -> bool {
        matches!(self.outcome, Outcome::Unknown(_))
    }

    /// Whether it may have had an effect.
    fn may_be_done(&self) -> bool {
        !matches!(self.outcome, Outcome::Refused(_))
    }
}

/// All that was asked for, by everybody.
#[derive(Debug, Clone, Default)]
pub struct History(Arc<Mutex<Vec<Entry>>>);

impl History {
    /// Writes down a request and its outcome.
    pub fn record(&self, entry: Entry) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    /// Everything so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests were acknowledged, refused, and left in the dark.
    pub fn tally(&self) -> (usize, usize, usize) {
        let entries = self.entries();
        let known = entries.iter().filter(|entry| entry.acknowledged().is_some()).count();
        let unknown = entries.iter().filter(|entry| entry.is_unknown()).count();
        (known, entries.len() - known - unknown, unknown)
    }

    /// The reasons for which outcomes are not known, and how often each.
    pub fn reasons(&self) -> BTreeMap<String, usize> {
        let mut reasons = BTreeMap::new();
        for entry in self.entries() {
            if let Outcome::Unknown(why) = entry.outcome {
                *reasons.entry(why).or_default() += 1;
            }
        }
        reasons
    }

    /// The requests that had no answer within their client's time-out.
    pub fn timed_out(&self) -> Vec<Entry> {
        let late = |entry: &Entry| matches!(&entry.outcome, Outcome::Unknown(why) if why == TIMED_OUT);
        self.entries().into_iter().filter(late).collect()
    }
}

/// Everything in which history and database contradict each other, and everything in the database that breaks what must
/// always hold. Nothing may be going on meanwhile.
pub async fn contradictions(history: &History, database: &Database) -> Vec<String> {
    let (entries, snapshot) = (history.entries(), Snapshot::take(database).await);
    let mut found = Vec::new();
    let internal =
        |entry: &&Entry| matches!(&entry.outcome, Outcome::Unknown(code) if code == "internal_error");
    found.extend(entries.iter().filter(internal).map(|entry| format!("internal error: {entry:?}")));
    money::compare(&entries, &snapshot, &mut found);
    bookings::compare(&entries, &snapshot, &mut found);
    line::compare(&entries, &snapshot, &mut found);
    found.extend(database.violations().await.into_iter().map(|broken| format!("{broken:?}")));
    found
}
