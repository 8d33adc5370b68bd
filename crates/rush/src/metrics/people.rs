use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// The outcome of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    Bought,
    Refunded,
    SoldOut,
    GaveUp,
    LetLapse,
    TurnExpired,
    Failed,
    Unfinished,
}

impl Outcome {
    /// All of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 8] = [
        Self::Bought,
        Self::Refunded,
        Self::SoldOut,
        Self::GaveUp,
        Self::LetLapse,
        Self::TurnExpired,
        Self::Failed,
        Self::Unfinished,
    ];

    /// The name in reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bought => "bought",
            Self::Refunded => "refunded",
            Self::SoldOut => "sold out",
            Self::GaveUp => "gave up",
            Self::LetLapse => "let lapse",
            Self::TurnExpired => "turn expired",
            Self::Failed => "failed",
            Self::Unfinished => "unfinished",
        }
    }
}

/// The stage of a visit that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Getting an account and points, and joining the queue.
    Arriving,
    /// In the queue.
    Waiting,
    /// At the seats: choosing, holding, paying.
    Choosing,
}

/// The number of people at each stage and of each outcome.
pub(crate) struct People {
    pub(crate) expected: u32,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    stages: BTreeMap<Stage, u64>,
    outcomes: BTreeMap<Outcome, u64>,
}

impl People {
    /// The given number of people, all still to come.
    pub(crate) fn new(expected: u32) -> Self {
        Self { expected, counts: Mutex::default() }
    }

    /// Counts somebody who comes.
    pub(crate) fn arrive(&self) {
        *self.counts().stages.entry(Stage::Arriving).or_default() += 1;
    }

    /// Counts somebody as having moved on.
    pub(crate) fn proceed(&self, from: Stage, to: Stage) {
        let mut counts = self.counts();
        *counts.stages.entry(from).or_default() -= 1;
        *counts.stages.entry(to).or_default() += 1;
    }

    /// Counts the end of a visit.
    pub(crate) fn end(&self, from: Stage, outcome: Outcome) {
        let mut counts = self.counts();
        *counts.stages.entry(from).or_default() -= 1;
        *counts.outcomes.entry(outcome).or_default() += 1;
    }

    /// The number of people at a stage.
    pub(crate) fn at(&self, stage: Stage) -> u64 {
        self.counts().stages.get(&stage).copied().unwrap_or_default()
    }

    /// The number of visits with this outcome. A visit that has not ended is unfinished.
    pub(crate) fn ended(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Unfinished => u64::from(self.expected).saturating_sub(self.done()),
            other => self.counts().outcomes.get(&other).copied().unwrap_or_default(),
        }
    }

    /// The number of visits that have ended.
    pub(crate) fn done(&self) -> u64 {
        let counts = self.counts();
        let ended = counts.outcomes.iter().filter(|(outcome, _)| **outcome != Outcome::Unfinished);
        ended.map(|(_, count)| count).sum()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_did_not_end_is_unfinished() {
        let people = People::new(4);
        (0..3).for_each(|_| people.arrive());
        people.proceed(Stage::Arriving, Stage::Waiting);
        people.proceed(Stage::Waiting, Stage::Choosing);
        people.end(Stage::Choosing, Outcome::Bought);
        people.end(Stage::Arriving, Outcome::Unfinished);
        assert_eq!(
            (people.at(Stage::Arriving), people.at(Stage::Waiting), people.at(Stage::Choosing)),
            (1, 0, 0)
        );
        assert_eq!(
            (people.ended(Outcome::Bought), people.done(), people.ended(Outcome::Unfinished)),
            (1, 1, 3)
        );
    }
}
