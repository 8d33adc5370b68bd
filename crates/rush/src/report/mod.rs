//! The report, for machines (JSON) and for people (text).

mod text;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::metrics::{Outcome, Quantiles, per_second};
use crate::points::Points;
use crate::promises::{self, Promise};
use crate::rehearsal::Rehearsal;
use crate::service::Kind;

/// The results of a rehearsal.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Whether everybody was done, every promise was kept and nobody failed.
    pub(crate) passed: bool,
    pub(crate) verdict: Verdict,
    pub(crate) url: String,
    pub(crate) concert_id: String,
    pub(crate) title: String,
    pub(crate) seed: u64,
    pub(crate) ending: Ending,
    pub(crate) duration_seconds: f64,
    pub(crate) people: u32,
    pub(crate) outcomes: BTreeMap<Outcome, u64>,
    pub(crate) seats: Seats,
    pub(crate) requests_per_second: f64,
    pub(crate) requests: Vec<Requests>,
    /// Null where nobody loaded any.
    pub(crate) pages: Option<Pages>,
    pub(crate) errors: Vec<Refusals>,
    pub(crate) promises: Vec<Finding>,
    /// The first failures, in words.
    pub(crate) failures: Vec<String>,
}

/// What a rehearsal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Everybody was done, every promise was kept, and nobody failed.
    Passed,
    /// A promise was broken, or somebody failed.
    Failed,
    /// It ended before everybody was done. Nothing was found until then.
    Incomplete,
}

/// Why a rehearsal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Ending {
    /// Everybody was done.
    Done,
    /// It took longer than `--patience`.
    OutOfPatience,
    /// Ctrl-C.
    Interrupted,
}

/// The seats that were offered and sold, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Seats {
    pub(crate) offered: u64,
    /// Those that were paid and not given back.
    pub(crate) sold: u64,
    /// What was paid for them.
    pub(crate) points: Points,
    /// Payments that were not answered.
    pub(crate) unsettled: u64,
    /// Refunds, and what was given back.
    pub(crate) refunded: u64,
    pub(crate) refunded_points: Points,
    /// Tickets that opened the gate.
    pub(crate) checked_in: u64,
}

/// Pages that were loaded, with what they load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Pages {
    pub(crate) count: u64,
    /// Those that were not as they should be.
    pub(crate) errors: u64,
    /// Bytes of bodies, as sent.
    pub(crate) bytes: u64,
}

/// Requests of one kind, measured from the instant at which they were intended to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Requests {
    pub(crate) kind: Kind,
    pub(crate) per_second: f64,
    #[serde(flatten)]
    pub(crate) quantiles: Quantiles,
}

/// Requests that were refused or not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refusals {
    /// 0 where there was no answer.
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) count: u64,
}

/// The verdict on a promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finding {
    pub(crate) promise: Promise,
    pub(crate) text: &'static str,
    pub(crate) state: State,
    /// How often it was checked.
    pub(crate) looked: u64,
    pub(crate) broken: u64,
    pub(crate) examples: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum State {
    Kept,
    Broken,
    /// Never checked.
    Unknown,
}

impl Report {
    /// Summarises a rehearsal that has ended.
    pub(crate) fn of(rehearsal: &Rehearsal, ending: Ending, took: Duration) -> Self {
        let Rehearsal { service, sale, seed, people, metrics, promises, .. } = rehearsal;
        let concert = &sale.concert;
        let verdicts = promises.verdicts();
        let findings: Vec<_> =
            Promise::ALL.into_iter().map(|promise| Finding::of(promise, verdicts.of(promise))).collect();
        let failures = rehearsal.failures();
        let requests = |kind| {
            let quantiles = metrics.of(kind)?.quantiles();
            let per_second = per_second(quantiles.count, took);
            (quantiles.count > 0).then_some(Requests { kind, per_second, quantiles })
        };
        let sound = failures.is_empty() && findings.iter().all(|finding| finding.state != State::Broken);
        let verdict = Verdict::of(sound, people.ended(Outcome::Unfinished));
        let bookkeeping = promises.bookkeeping();
        let refusals = metrics.refusals().into_iter();
        Self {
            passed: verdict == Verdict::Passed,
            verdict,
            url: service.url.clone(),
            concert_id: concert.id.clone(),
            title: concert.title.clone(),
            seed: *seed,
            ending,
            duration_seconds: took.as_secs_f64(),
            people: people.expected,
            outcomes: Outcome::ALL.into_iter().map(|outcome| (outcome, people.ended(outcome))).collect(),
            seats: Seats {
                offered: concert.seats,
                sold: bookkeeping.paid.count - bookkeeping.refunded.count,
                points: bookkeeping.paid.points - bookkeeping.refunded.points,
                unsettled: bookkeeping.unsettled.count,
                refunded: bookkeeping.refunded.count,
                refunded_points: bookkeeping.refunded.points,
                checked_in: bookkeeping.checked_in,
            },
            requests_per_second: per_second(metrics.answered(), took),
            requests: Kind::MEASURED.into_iter().filter_map(requests).collect(),
            pages: rehearsal.site.as_ref().map(|_| {
                let (count, bytes, errors) = metrics.pages();
                Pages { count, errors, bytes }
            }),
            errors: refusals.map(|((status, code), count)| Refusals { status, code, count }).collect(),
            promises: findings,
            failures,
        }
    }

    /// What it shows.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }
}

impl Verdict {
    /// The verdict on what was found, with so many people who were not done.
    fn of(sound: bool, unfinished: u64) -> Self {
        match (sound, unfinished) {
            (false, _) => Self::Failed,
            (true, 0) => Self::Passed,
            (true, _) => Self::Incomplete,
        }
    }
}

impl Finding {
    fn of(promise: Promise, verdict: promises::Verdict) -> Self {
        let promises::Verdict { looked, broken, examples } = verdict;
        let state = match (looked, broken) {
            (0, _) => State::Unknown,
            (_, 0) => State::Kept,
            _ => State::Broken,
        };
        Self { promise, text: promise.text(), state, looked, broken, examples }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_that_nobody_looked_at_is_not_called_kept() {
        let state = |looked, broken| {
            Finding::of(Promise::SalesAgree, promises::Verdict { looked, broken, examples: Vec::new() }).state
        };
        assert_eq!([state(0, 0), state(2, 0), state(2, 1)], [State::Unknown, State::Kept, State::Broken]);
    }

    #[test]
    fn whoever_is_unfinished_leaves_open_what_they_would_have_found_and_undoes_nothing_that_was() {
        let verdicts =
            [(true, 0), (true, 1), (false, 0), (false, 1)].map(|(sound, open)| Verdict::of(sound, open));
        assert_eq!(verdicts, [Verdict::Passed, Verdict::Incomplete, Verdict::Failed, Verdict::Failed]);
    }
}
