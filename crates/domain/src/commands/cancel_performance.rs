use super::Command;
use super::operator_change::OperatorChange;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditStamp, Facts, Reason, facts};
use crate::concert::{Cancellation, Performance, PerformanceError};
use crate::event::{EventBody, EventKind};
use crate::id::{ConcertId, PerformanceId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, Outcome};
use crate::working_set::{Footprint, WorkingSet};

/// Cancels a performance, for good. From the commit on nobody holds or pays, and live holds are over; what was paid is
/// refunded afterwards, in steps. Cancelling what is cancelled keeps the first reason.
///
/// A batch that holds or pays has the sale of its concert shared, and this one has it alone: whoever has read the performance
/// as it was before has committed by then.
#[derive(Debug, Clone)]
pub struct CancelPerformanceCommand {
    /// Its concert.
    pub concert_id: ConcertId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// The operator's reason.
    pub reason: Reason,
    /// The audit entry's id and operator.
    pub stamp: AuditStamp,
    /// The operator's key that makes a retry safe, if one was sent.
    pub key: Option<IdempotencyKey>,
}

impl CancelPerformanceCommand {
    fn operator_change(&self) -> OperatorChange<'_> {
        let request = format!("cancel performance {} {}", self.performance_id, self.reason.as_str());
        OperatorChange {
            concert_id: self.concert_id,
            action: AuditAction::PerformanceCancelled,
            stamp: self.stamp,
            key: self.key.as_ref(),
            fingerprint: Fingerprint::new(request),
            outcome: Outcome::PerformanceCancelled(self.performance_id),
        }
    }
}

impl Command for CancelPerformanceCommand {
    type Success = Answer<Performance>;
    type Error = PerformanceError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.stopped_sales.insert(self.concert_id);
        footprint.concerts.insert(self.concert_id);
        footprint.performances.insert(self.performance_id);
        self.operator_change().footprint(footprint);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Performance>, PerformanceError> {
        let change = self.operator_change();
        let was_made = change.was_made(set, now)?;
        let performance = set.performances.get(&self.performance_id).ok_or(PerformanceError::NotFound)?;
        if was_made {
            return Ok(Answer::replayed(performance.clone(), true));
        }
        if performance.is_cancelled() {
            return Ok(Answer::existing(performance.clone()));
        }
        let before = recorded(performance);
        let cancellation = Cancellation { at: now, reason: self.reason.clone(), refunded_at: None };
        let cancelled = Performance { cancellation: Some(cancellation), ..performance.clone() };
        if let Some(performance) = set.performances.get_mut(&self.performance_id) {
            *performance = cancelled.clone();
        }
        set.reservations.cancel_performance(self.performance_id, now);
        change.record(set, before, recorded(&cancelled), now);
        set.events.tell(EventKind::PerformanceCancelled, now, || {
            EventBody::PerformanceCancelled(cancelled.clone())
        });
        Ok(Answer::created(cancelled))
    }
}

fn recorded(performance: &Performance) -> Facts {
    let mut recorded = facts([("performanceId", performance.id.to_string().into())]);
    recorded.extend(match &performance.cancellation {
        Some(cancellation) => {
            facts([("state", "CANCELLED".into()), ("reason", cancellation.reason.as_str().into())])
        }
        None => facts([("state", "SCHEDULED".into())]),
    });
    recorded
}

/// Records that all who had paid for a cancelled performance are refunded. Nobody pays for it any more: what was found once
/// stays so.
#[derive(Debug, Clone)]
pub struct CompleteCancellationCommand {
    /// Its concert.
    pub concert_id: ConcertId,
    /// The performance.
    pub performance_id: PerformanceId,
}

impl Command for CompleteCancellationCommand {
    /// Whether that is news.
    type Success = bool;
    type Error = PerformanceError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.concerts.insert(self.concert_id);
        footprint.performances.insert(self.performance_id);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<bool, PerformanceError> {
        let performance = set.performances.get_mut(&self.performance_id).ok_or(PerformanceError::NotFound)?;
        let Some(cancellation) = &mut performance.cancellation else { return Ok(false) };
        let is_news = cancellation.refunded_at.is_none();
        cancellation.refunded_at.get_or_insert(now);
        Ok(is_news)
    }
}
