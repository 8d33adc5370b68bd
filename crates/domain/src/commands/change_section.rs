use std::sync::Arc;

use super::Command;
use super::operator_change::OperatorChange;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditStamp, Fact, Facts, facts};
use crate::concert::{Performance, PerformanceError};
use crate::event::{EventBody, EventKind};
use crate::id::{ConcertId, PerformanceId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, Outcome};
use crate::point::Amount;
use crate::seat::hall::{Hall, SectionName};
use crate::working_set::{Footprint, WorkingSet};

/// Changes what the seats of a section cost from now on. What is held or sold keeps its price.
#[derive(Debug, Clone)]
pub struct ChangeSectionCommand {
    /// The concert.
    pub concert_id: ConcertId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// Its hall, which never changes.
    pub hall: Arc<Hall>,
    /// The section.
    pub section: SectionName,
    /// The price of each of its seats.
    pub price: Amount,
    /// The audit entry's id and operator.
    pub stamp: AuditStamp,
    /// The operator's key that makes a retry safe, if one was sent: a change is made once, whatever others changed since.
    pub key: Option<IdempotencyKey>,
}

impl ChangeSectionCommand {
    fn operator_change(&self) -> OperatorChange<'_> {
        let Self { performance_id, section, price, .. } = self;
        OperatorChange {
            concert_id: self.concert_id,
            action: AuditAction::SectionChanged,
            stamp: self.stamp,
            key: self.key.as_ref(),
            fingerprint: Fingerprint::new(format!("section {performance_id} {price} {}", section.as_str())),
            outcome: Outcome::SectionChanged(self.performance_id),
        }
    }

    fn recorded(&self, performance: &Performance) -> Facts {
        let price = performance.section_prices.of_section(&self.hall, &self.section);
        facts([
            ("performanceId", self.performance_id.to_string().into()),
            ("section", self.section.as_str().into()),
            ("price", price.map_or(Fact::None, |price| price.decimal().into())),
        ])
    }
}

impl Command for ChangeSectionCommand {
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
        let performance = set.performances.get(&self.performance_id).ok_or(PerformanceError::NotFound)?;
        if was_made {
            return Ok(Answer::replayed(performance.clone(), false));
        }
        let before = self.recorded(performance);
        let changed = performance.with_price(&self.hall, &self.section, self.price)?;
        let after = self.recorded(&changed);
        if let Some(performance) = set.performances.get_mut(&self.performance_id) {
            *performance = changed.clone();
        }
        change.record(set, before, after, now);
        set.events
            .tell(EventKind::PerformanceChanged, now, || EventBody::PerformanceChanged(changed.clone()));
        Ok(Answer::existing(changed))
    }
}
