use thiserror::Error;

use super::Command;
use super::operator_change::OperatorChange;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditStamp, Facts, facts};
use crate::id::{ConcertId, PerformanceId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyReused, Outcome};
use crate::seat::{SeatKey, SeatNumber, SeatRefusal, SeatState, SeatsChange, ranges};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Keeps seats of a performance back from the sale, and gives others back to it, all or none.
///
/// A seat that somebody holds or has bought is not blocked. Blocking what is blocked, and giving back what is not, changes
/// nothing and is no error.
#[derive(Debug, Clone)]
pub struct ChangeSeatsCommand {
    /// The concert.
    pub concert_id: ConcertId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// The seats.
    pub change: SeatsChange,
    /// The audit entry's id and operator.
    pub stamp: AuditStamp,
    /// The operator's key that makes a retry safe, if one was sent: a change is made once, whatever others changed since.
    pub key: Option<IdempotencyKey>,
}

/// Error of blocking seats.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChangeSeatsError {
    /// There is no such performance.
    #[error("there is no such performance")]
    NotFound,
    /// The performance was cancelled.
    #[error("the performance was cancelled")]
    Cancelled,
    /// The performance has no such seats.
    #[error("there are no such seats")]
    SeatNotFound(Vec<SeatNumber>),
    /// Seats that cannot be blocked, all for the same reason: somebody has them.
    #[error("the seats cannot be blocked")]
    SeatTaken(SeatRefusal, Vec<SeatNumber>),
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ChangeSeatsCommand {
    fn operator_change(&self) -> OperatorChange<'_> {
        OperatorChange {
            concert_id: self.concert_id,
            action: AuditAction::SeatsChanged,
            stamp: self.stamp,
            key: self.key.as_ref(),
            fingerprint: Fingerprint::new(format!("seats {} {}", self.performance_id, self.change.request())),
            outcome: Outcome::SeatsChanged(self.performance_id),
        }
    }

    const fn seat(&self, number: SeatNumber) -> SeatKey {
        SeatKey { performance_id: self.performance_id, number }
    }

    fn require_seats_exist(&self, set: &WorkingSet) -> Result<(), ChangeSeatsError> {
        let mut missing = self.change.numbers();
        missing.retain(|number| set.seats.get(&self.seat(*number)).is_none());
        if missing.is_empty() { Ok(()) } else { Err(ChangeSeatsError::SeatNotFound(missing)) }
    }

    fn require_nobodys(&self, set: &WorkingSet, now: Timestamp) -> Result<(), ChangeSeatsError> {
        let refusal = |number: SeatNumber| {
            let refusal = set.seats.get(&self.seat(number))?.require_blockable(now).err()?;
            Some((refusal, number))
        };
        let taken: Vec<(SeatRefusal, SeatNumber)> = self.change.blocked().filter_map(refusal).collect();
        let Some(worst) = taken.iter().map(|(refusal, _)| *refusal).min() else { return Ok(()) };
        let seats = taken.into_iter().filter(|(refusal, _)| *refusal == worst);
        Err(ChangeSeatsError::SeatTaken(worst, seats.map(|(_, number)| number).collect()))
    }

    /// The most ranges of seats that are recorded for audit.
    const RECORDED_RANGES_MAX: usize = 100;

    /// Those of the seats named that are blocked.
    fn recorded(&self, set: &WorkingSet) -> Facts {
        let is_blocked = |number: &SeatNumber| {
            set.seats.get(&self.seat(*number)).is_some_and(|seat| seat.state == SeatState::Blocked)
        };
        let blocked = ranges::ranges_of(self.change.numbers().into_iter().filter(is_blocked));
        let seats: u32 = blocked.iter().map(|range| range.seats()).sum();
        let all_told = blocked.len() <= Self::RECORDED_RANGES_MAX;
        let told = ranges::tell(blocked.into_iter().take(Self::RECORDED_RANGES_MAX));
        facts([
            ("performanceId", self.performance_id.to_string().into()),
            ("blocked", if all_told { told } else { told + ", …" }.into()),
            ("blockedSeats", seats.into()),
        ])
    }
}

impl Command for ChangeSeatsCommand {
    type Success = Answer<PerformanceId>;
    type Error = ChangeSeatsError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.concerts.insert(self.concert_id);
        footprint.performances.insert(self.performance_id);
        footprint.seats.extend(self.change.numbers().into_iter().map(|number| self.seat(number)));
        self.operator_change().footprint(footprint);
    }

    fn decide(
        &self,
        set: &mut WorkingSet,
        now: Timestamp,
    ) -> Result<Answer<PerformanceId>, ChangeSeatsError> {
        let change = self.operator_change();
        if change.was_made(set, now)? {
            return Ok(Answer::replayed(self.performance_id, false));
        }
        let performance = set.performances.get(&self.performance_id).ok_or(ChangeSeatsError::NotFound)?;
        if performance.is_cancelled() {
            return Err(ChangeSeatsError::Cancelled);
        }
        self.require_seats_exist(set)?;
        self.require_nobodys(set, now)?;
        let before = self.recorded(set);
        for number in self.change.blocked() {
            if let Some(seat) = set.seats.get_mut(&self.seat(number)) {
                seat.state = SeatState::Blocked;
            }
        }
        for number in self.change.unblocked() {
            if let Some(seat) = set.seats.get_mut(&self.seat(number)) {
                seat.unblock();
            }
        }
        let after = self.recorded(set);
        change.record(set, before, after, now);
        Ok(Answer::existing(self.performance_id))
    }
}
