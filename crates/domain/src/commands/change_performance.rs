use super::Command;
use super::operator_change::OperatorChange;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditStamp, Facts, facts};
use crate::concert::{Performance, PerformanceChange, PerformanceError};
use crate::event::{EventBody, EventKind};
use crate::id::{ConcertId, PerformanceId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, Outcome};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Changes when a performance begins, is sold and can be given back, while its seats are sold. What is held or bought
/// stays so.
#[derive(Debug, Clone)]
pub struct ChangePerformanceCommand {
    /// Its concert.
    pub concert_id: ConcertId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// The change.
    pub change: PerformanceChange,
    /// The audit entry's id and operator.
    pub stamp: AuditStamp,
    /// The operator's key that makes a retry safe, if one was sent: a change is made once, whatever others changed since.
    pub key: Option<IdempotencyKey>,
}

impl ChangePerformanceCommand {
    fn fingerprint(&self) -> Fingerprint {
        let PerformanceChange { starts_at, sales_open_at, sales_close_at, refundable_until } = self.change;
        Fingerprint::new(format!(
            "change performance {id} {starts_at:?} {sales_open_at:?} {sales_close_at:?} {refundable_until:?}",
            id = self.performance_id,
        ))
    }

    fn operator_change(&self) -> OperatorChange<'_> {
        OperatorChange {
            concert_id: self.concert_id,
            action: AuditAction::PerformanceChanged,
            stamp: self.stamp,
            key: self.key.as_ref(),
            fingerprint: self.fingerprint(),
            outcome: Outcome::PerformanceChanged(self.performance_id),
        }
    }
}

impl Command for ChangePerformanceCommand {
    type Success = Answer<Performance>;
    type Error = PerformanceError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.concerts.insert(self.concert_id);
        footprint.performances.insert(self.performance_id);
        self.operator_change().footprint(footprint);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Performance>, PerformanceError> {
        let change = self.operator_change();
        let was_made = change.was_made(set, now)?;
        let concert = set.concerts.get(&self.concert_id);
        let timezone = concert.ok_or_else(|| StorageError::missing("a performance's concert"))?.timezone;
        let performance = set.performances.get_mut(&self.performance_id).ok_or(PerformanceError::NotFound)?;
        if was_made {
            return Ok(Answer::replayed(performance.clone(), false));
        }
        let before = recorded(performance);
        *performance = performance.changed(&self.change, timezone, now)?;
        let performance = performance.clone();
        change.record(set, before, recorded(&performance), now);
        set.events
            .tell(EventKind::PerformanceChanged, now, || EventBody::PerformanceChanged(performance.clone()));
        Ok(Answer::existing(performance))
    }
}

fn recorded(performance: &Performance) -> Facts {
    facts([
        ("performanceId", performance.id.to_string().into()),
        ("startsAt", performance.starts_at.into()),
        ("salesOpenAt", performance.sales_open_at.into()),
        ("salesCloseAt", performance.sales_close_at.into()),
        ("refundableUntil", performance.refundable_until.into()),
    ])
}
