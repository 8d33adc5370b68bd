use std::time::Duration;

use uuid::Uuid;

use super::{WebhookSecret, WebhookUrl, policy};
use crate::Timestamp;
use crate::event::{EventKind, EventPosition, PublishedEvent};
use crate::id::{EventId, WebhookId};

/// State of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It is to be attempted, for the first time or again.
    Pending,
    /// The receiver has taken it.
    Delivered,
    /// It was attempted in vain, and is not attempted any more.
    Failed,
}

/// One event for one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The webhook.
    pub webhook_id: WebhookId,
    /// The place of the event.
    pub position: EventPosition,
    /// The event.
    pub event_id: EventId,
    /// The event's kind.
    pub kind: EventKind,
    /// Its state.
    pub state: DeliveryState,
    /// Its attempts, in their order.
    pub attempts: Vec<Attempt>,
    /// The instant of the next attempt. `None` when there is none, or while an earlier event of the same subject is
    /// pending.
    pub next_attempt_at: Option<Timestamp>,
}

/// An attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The instant at which it was made.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: AttemptOutcome,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptOutcome {
    /// The status of the answer, or why there is none.
    pub answer: Result<u16, AttemptFailure>,
    /// How long it took.
    pub took: Duration,
}

impl AttemptOutcome {
    /// Whether the receiver has taken the event: with a status of 200 to 299, and no other.
    pub const fn is_delivered(&self) -> bool {
        matches!(self.answer, Ok(200..=299))
    }
}

/// Why an attempt had no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptFailure {
    /// The address must not be reached: it lies in one's own network.
    Forbidden,
    /// Nobody was found or listened there, or the connection broke.
    Unreachable,
    /// The answer did not come in time.
    TimedOut,
}

impl AttemptFailure {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Forbidden, Self::Unreachable, Self::TimedOut];

    /// The name by which it is kept and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forbidden => "FORBIDDEN_ADDRESS",
            Self::Unreachable => "UNREACHABLE",
            Self::TimedOut => "TIMED_OUT",
        }
    }
}

/// Proof that somebody may deliver to a webhook, until somebody else may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryLease {
    /// The webhook.
    pub webhook_id: WebhookId,
    /// The holder of the lease, another one each time.
    pub holder: Uuid,
    /// Where to deliver.
    pub url: WebhookUrl,
    /// What signs, the newest first.
    pub secrets: Vec<WebhookSecret>,
    /// The instant at which it was taken, by the database's clock.
    pub taken_at: Timestamp,
}

/// A delivery whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDelivery {
    /// The event.
    pub event: PublishedEvent,
    /// How many attempts were made in vain since it became pending.
    pub failed_attempts: u32,
}

/// A delivery after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledDelivery {
    /// The place of the event.
    pub position: EventPosition,
    /// How the attempt ended.
    pub outcome: AttemptOutcome,
    /// Its state now.
    pub state: DeliveryState,
    /// The attempts in vain since it became pending.
    pub failed_attempts: u32,
    /// The wait before the next attempt, while it is pending.
    pub retry_after: Option<Duration>,
}

impl DueDelivery {
    /// The delivery after an attempt.
    pub fn settled(&self, outcome: AttemptOutcome) -> SettledDelivery {
        let failed_attempts = self.failed_attempts + u32::from(!outcome.is_delivered());
        let retry_after = if outcome.is_delivered() { None } else { policy::retry_after(failed_attempts) };
        let state = match (outcome.is_delivered(), retry_after) {
            (true, _) => DeliveryState::Delivered,
            (false, Some(_)) => DeliveryState::Pending,
            (false, None) => DeliveryState::Failed,
        };
        SettledDelivery { position: self.event.position, outcome, state, failed_attempts, retry_after }
    }
}

/// What is known of a webhook after attempts were recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedAttempts {
    /// Since when every attempt has failed; `None` when one succeeded.
    pub failing_since: Option<Timestamp>,
    /// The present.
    pub now: Timestamp,
}

impl RecordedAttempts {
    /// Whether it has failed for so long that it is disabled.
    pub fn is_given_up(&self) -> bool {
        self.failing_since.is_some_and(|since| self.now - since >= policy::DISABLE_AFTER)
    }
}

/// What waits to be delivered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventBacklog {
    /// How many deliveries are pending, up to a bound.
    pub pending: u64,
    /// How long the oldest event that is not published or not delivered has waited.
    pub oldest: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn due(failed_attempts: u32) -> DueDelivery {
        let event = PublishedEvent {
            position: EventPosition::new(1),
            id: EventId::new(Uuid::nil()),
            kind: EventKind::PaymentCompleted,
            at: Timestamp::default(),
            data: "{}".into(),
        };
        DueDelivery { event, failed_attempts }
    }

    fn outcome(answer: Result<u16, AttemptFailure>) -> AttemptOutcome {
        AttemptOutcome { answer, took: Duration::from_millis(1) }
    }

    #[test]
    fn only_a_status_of_success_is_a_delivery() {
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(due(0).settled(outcome(Ok(status))).state, DeliveryState::Delivered);
        }
        for answer in [Ok(199), Ok(301), Ok(307), Ok(400), Ok(410), Ok(500), Err(AttemptFailure::TimedOut)] {
            let settled = due(0).settled(outcome(answer));
            assert_eq!(settled.state, DeliveryState::Pending, "{answer:?}");
            assert_eq!(settled.retry_after, Some(Duration::from_secs(5)));
        }
    }

    #[test]
    fn after_the_tenth_attempt_it_has_failed() {
        let mut delivery = due(0);
        let mut attempts = 0;
        loop {
            let settled = delivery.settled(outcome(Ok(503)));
            attempts += 1;
            if settled.state == DeliveryState::Failed {
                assert_eq!(settled.retry_after, None);
                break;
            }
            delivery.failed_attempts = settled.failed_attempts;
        }
        assert_eq!(attempts, 10);
    }

    #[test]
    fn a_webhook_is_given_up_after_three_days() {
        let since = Timestamp::default();
        let after = |by| RecordedAttempts { failing_since: Some(since), now: since + by }.is_given_up();
        assert!(after(TimeDelta::days(3)));
        assert!(!after(TimeDelta::days(3) - TimeDelta::microseconds(1)));
        assert!(!RecordedAttempts { failing_since: None, now: since + TimeDelta::days(9) }.is_given_up());
    }
}
