use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// The outcome of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    Bought,
    SoldOut,
    GaveUp,
    LetLapse,
    TurnExpired,
    Failed,
    Unfinished,
}

impl Outcome {
    /// All of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 7] = [
        Self::Bought,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    stages: [AtomicU64; 3],
    outcomes: [AtomicU64; Outcome::ALL.len()],
}

impl People {
    /// The given number of people, all still to come.
    pub(crate) fn new(expected: u32) -> Self {
        Self { expected, stages: Default::default(), outcomes: Default::default() }
    }

    /// Counts somebody who comes.
    pub(crate) fn arrive(&self) {
        self.stage(Stage::Arriving).fetch_add(1, Ordering::Relaxed);
    }

    /// Counts somebody as having moved on.
    pub(crate) fn proceed(&self, from: Stage, to: Stage) {
        self.stage(from).fetch_sub(1, Ordering::Relaxed);
        self.stage(to).fetch_add(1, Ordering::Relaxed);
    }

    /// Counts the end of a visit.
    pub(crate) fn end(&self, from: Stage, outcome: Outcome) {
        self.stage(from).fetch_sub(1, Ordering::Relaxed);
        self.outcome(outcome).fetch_add(1, Ordering::Relaxed);
    }

    /// The number of people at a stage.
    pub(crate) fn at(&self, stage: Stage) -> u64 {
        self.stage(stage).load(Ordering::Relaxed)
    }

    /// The number of visits with this outcome. A visit that has not ended is unfinished.
    pub(crate) fn ended(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Unfinished => u64::from(self.expected).saturating_sub(self.done()),
            other => self.outcome(other).load(Ordering::Relaxed),
        }
    }

    /// The number of visits that have ended.
    pub(crate) fn done(&self) -> u64 {
        Outcome::ALL
            .into_iter()
            .filter(|outcome| *outcome != Outcome::Unfinished)
            .map(|outcome| self.ended(outcome))
            .sum()
    }

    fn stage(&self, stage: Stage) -> &AtomicU64 {
        let [arriving, waiting, choosing] = &self.stages;
        match stage {
            Stage::Arriving => arriving,
            Stage::Waiting => waiting,
            Stage::Choosing => choosing,
        }
    }

    fn outcome(&self, outcome: Outcome) -> &AtomicU64 {
        let [bought, sold_out, gave_up, let_lapse, turn_expired, failed, unfinished] = &self.outcomes;
        match outcome {
            Outcome::Bought => bought,
            Outcome::SoldOut => sold_out,
            Outcome::GaveUp => gave_up,
            Outcome::LetLapse => let_lapse,
            Outcome::TurnExpired => turn_expired,
            Outcome::Failed => failed,
            Outcome::Unfinished => unfinished,
        }
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
