use metrics::{Counter, Histogram, Unit, counter, describe_counter, describe_histogram, histogram};
use seatline_domain::webhook::{AttemptFailure, AttemptOutcome};

const ATTEMPTS: &str = "seatline_webhook_attempts_total";
const DURATION: &str = "seatline_webhook_attempt_duration_seconds";

/// Counts attempts by how they ended.
pub(crate) struct Outcomes {
    delivered: Counter,
    refused: Counter,
    forbidden: Counter,
    unreachable: Counter,
    timed_out: Counter,
    duration: Histogram,
}

impl Outcomes {
    pub(crate) fn new() -> Self {
        describe_counter!(
            ATTEMPTS,
            Unit::Count,
            "Attempts to deliver events to webhooks, by how they ended."
        );
        describe_histogram!(DURATION, Unit::Seconds, "How long attempts took.");
        let ended = |outcome: &'static str| counter!(ATTEMPTS, "outcome" => outcome);
        Self {
            delivered: ended("delivered"),
            refused: ended("refused"),
            forbidden: ended("forbidden_address"),
            unreachable: ended("unreachable"),
            timed_out: ended("timed_out"),
            duration: histogram!(DURATION),
        }
    }

    pub(crate) fn count(&self, outcome: &AttemptOutcome) {
        let counter = match outcome.answer {
            Ok(_) if outcome.is_delivered() => &self.delivered,
            Ok(_) => &self.refused,
            Err(AttemptFailure::Forbidden) => &self.forbidden,
            Err(AttemptFailure::Unreachable) => &self.unreachable,
            Err(AttemptFailure::TimedOut) => &self.timed_out,
        };
        counter.increment(1);
        self.duration.record(outcome.took);
    }
}
