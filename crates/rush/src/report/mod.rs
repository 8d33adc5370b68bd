//! What came of it, for machines (JSON) and for people (text).

mod text;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::figures::{Outcome, Quantiles};
use crate::points::Points;
use crate::progress::per_second;
use crate::promises::{Promise, Verdict};
use crate::rehearsal::{Ending, Rehearsal};
use crate::service::Kind;

/// What came of a rehearsal.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Whether every promise was kept and nobody failed.
    pub(crate) passed: bool,
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
    pub(crate) errors: Vec<Refusals>,
    pub(crate) promises: Vec<Finding>,
    /// Some of those who failed, and why.
    pub(crate) failures: Vec<String>,
}

/// What was sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Seats {
    pub(crate) offered: u64,
    pub(crate) sold: u64,
    pub(crate) points: Points,
    /// Payments whose answer nobody got.
    pub(crate) unsettled: u64,
}

/// Requests of one kind, measured from when somebody wanted to send them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Requests {
    pub(crate) kind: Kind,
    pub(crate) per_second: f64,
    #[serde(flatten)]
    pub(crate) quantiles: Quantiles,
}

/// Requests that were not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refusals {
    /// 0 where there was no answer.
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) count: u64,
}

/// Whether a promise was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finding {
    pub(crate) promise: Promise,
    pub(crate) text: &'static str,
    pub(crate) state: State,
    /// How often it was looked at.
    pub(crate) looked: u64,
    pub(crate) broken: u64,
    pub(crate) examples: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum State {
    Kept,
    Broken,
    /// Nobody looked.
    Unknown,
}

impl Report {
    /// What came of this one.
    pub(crate) fn of(rehearsal: &Rehearsal, ending: Ending, took: Duration) -> Self {
        let Rehearsal { service, sale, seed, people, figures, promises, .. } = rehearsal;
        let verdicts = promises.verdicts();
        let findings: Vec<_> =
            Promise::ALL.into_iter().map(|promise| Finding::of(promise, verdicts.of(promise))).collect();
        let failures = rehearsal.failures();
        let requests = |kind| {
            let quantiles = figures.of(kind)?.quantiles();
            let per_second = per_second(quantiles.count, took);
            (quantiles.count > 0).then_some(Requests { kind, per_second, quantiles })
        };
        let books = promises.books();
        let refusals = figures.refusals().into_iter();
        Self {
            passed: failures.is_empty() && findings.iter().all(|finding| finding.state != State::Broken),
            url: service.url.clone(),
            concert_id: sale.concert_id.clone(),
            title: sale.title.clone(),
            seed: *seed,
            ending,
            duration_seconds: took.as_secs_f64(),
            people: people.expected,
            outcomes: Outcome::ALL.into_iter().map(|outcome| (outcome, people.ended(outcome))).collect(),
            seats: Seats {
                offered: sale.seats,
                sold: books.paid.count,
                points: books.paid.points,
                unsettled: books.unsettled.count,
            },
            requests_per_second: per_second(figures.answered(), took),
            requests: Kind::MEASURED.into_iter().filter_map(requests).collect(),
            errors: refusals.map(|((status, code), count)| Refusals { status, code, count }).collect(),
            promises: findings,
            failures,
        }
    }

    /// Whether every promise was kept and nobody failed.
    pub fn passed(&self) -> bool {
        self.passed
    }
}

impl Finding {
    fn of(promise: Promise, verdict: Verdict) -> Self {
        let Verdict { looked, broken, examples } = verdict;
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
            Finding::of(Promise::SalesAgree, Verdict { looked, broken, examples: Vec::new() }).state
        };
        assert_eq!([state(0, 0), state(2, 0), state(2, 1)], [State::Unknown, State::Kept, State::Broken]);
    }
}
