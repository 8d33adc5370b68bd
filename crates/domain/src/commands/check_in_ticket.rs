use thiserror::Error;

use super::Command;
use super::operator_change::OperatorChange;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditStamp, Fact, Facts, facts};
use crate::event::{EventBody, EventKind};
use crate::id::{CheckInId, ConcertId, PerformanceId, UserId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyReused, Outcome};
use crate::reservation::ReservationState;
use crate::seat::{SeatKey, SeatState};
use crate::storage::StorageError;
use crate::ticket::{CheckIn, GateName, TicketId, TicketStanding, TicketState};
use crate::working_set::{Footprint, WorkingSet};

/// Checks a ticket in at a gate. A ticket admits once, and only while it is valid.
#[derive(Debug, Clone)]
pub struct CheckInTicketCommand {
    /// The id that the check-in gets.
    pub check_in_id: CheckInId,
    /// The concert.
    pub concert_id: ConcertId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// The user who bought the ticket.
    pub user_id: UserId,
    /// The ticket.
    pub ticket_id: TicketId,
    /// The gate, if it says its name.
    pub gate: Option<GateName>,
    /// The audit entry's id and operator.
    pub stamp: AuditStamp,
    /// The operator's key that makes a retry safe, if one was sent.
    pub key: Option<IdempotencyKey>,
}

/// Error of checking a ticket in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckInError {
    /// There is no such ticket.
    #[error("there is no such ticket")]
    Invalid,
    /// Its seat was refunded, or its performance cancelled.
    #[error("the ticket is void")]
    Void,
    /// Somebody was checked in with it.
    #[error("the ticket was used")]
    Used {
        /// The instant.
        at: Timestamp,
        /// The gate, if it said its name.
        gate: Option<GateName>,
    },
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl CheckInTicketCommand {
    const fn seat(&self) -> SeatKey {
        SeatKey { performance_id: self.performance_id, number: self.ticket_id.seat_number }
    }

    fn fingerprint(&self) -> Fingerprint {
        let gate = self.gate.as_ref().map(GateName::as_str);
        Fingerprint::new(format!("check in {} {} {gate:?}", self.performance_id, self.ticket_id))
    }

    /// The key's check-in, if it made one.
    fn replayed(&self, set: &WorkingSet, now: Timestamp) -> Result<Option<CheckIn>, CheckInError> {
        match set.recorded(self.change().owner(), self.key.as_ref(), || self.fingerprint(), now)? {
            None => Ok(None),
            Some(Outcome::CheckedIn(id)) => {
                let check_in = set.check_ins.get(&(self.performance_id, self.ticket_id));
                let check_in = check_in.filter(|check_in| check_in.id == *id).cloned();
                Ok(Some(check_in.ok_or_else(|| StorageError::missing("the check-in of a key"))?))
            }
            Some(_) => Err(KeyReused.into()),
        }
    }

    /// What is known of the ticket.
    fn standing(&self, set: &WorkingSet) -> Result<TicketStanding, CheckInError> {
        let reservation = set.reservations.of_user(self.ticket_id.reservation_id, self.user_id);
        let reservation = reservation.ok_or(CheckInError::Invalid)?;
        let was_paid =
            matches!(reservation.state, ReservationState::Paid { .. } | ReservationState::Refunded { .. });
        let is_its_seat = reservation.performance_id == self.performance_id
            && reservation.seat_numbers().any(|number| number == self.ticket_id.seat_number);
        if !(was_paid && is_its_seat) {
            return Err(CheckInError::Invalid);
        }
        let sought = set.seats.get(&self.seat());
        let sought = sought.ok_or_else(|| StorageError::missing("the seat of a ticket"))?;
        let performance = set.performances.get(&self.performance_id);
        let performance = performance.ok_or_else(|| StorageError::missing("the performance of a ticket"))?;
        Ok(TicketStanding {
            is_sold: matches!(sought.state, SeatState::Sold { reservation_id, .. } if reservation_id == reservation.id),
            is_cancelled: performance.is_cancelled(),
            is_checked_in: set.check_ins.get(&(self.performance_id, self.ticket_id)).is_some(),
        })
    }

    fn change(&self) -> OperatorChange<'_> {
        OperatorChange {
            concert_id: self.concert_id,
            action: AuditAction::TicketCheckedIn,
            stamp: self.stamp,
            key: self.key.as_ref(),
            fingerprint: self.fingerprint(),
            outcome: Outcome::CheckedIn(self.check_in_id),
        }
    }

    fn recorded(&self, state: &str, gate: Option<&GateName>) -> Facts {
        let gate = gate.map_or(Fact::None, |gate| gate.as_str().into());
        facts([
            ("performanceId", self.performance_id.to_string().into()),
            ("ticketId", self.ticket_id.to_string().into()),
            ("state", state.into()),
            ("gate", gate),
        ])
    }
}

impl Command for CheckInTicketCommand {
    type Success = Answer<CheckIn>;
    type Error = CheckInError;

    fn footprint(&self, footprint: &mut Footprint) {
        // Whoever cancels a performance has locked its concert.
        footprint.concerts.insert(self.concert_id);
        footprint.performances.insert(self.performance_id);
        footprint.reservations.insert((self.user_id, self.ticket_id.reservation_id));
        footprint.seats.insert(self.seat());
        footprint.tickets.insert((self.performance_id, self.ticket_id));
        self.change().footprint(footprint);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<CheckIn>, CheckInError> {
        if let Some(first) = self.replayed(set, now)? {
            return Ok(Answer::replayed(first, true));
        }
        match self.standing(set)?.state() {
            TicketState::Valid => {}
            TicketState::Void => return Err(CheckInError::Void),
            TicketState::Used => {
                let used = set.check_ins.get(&(self.performance_id, self.ticket_id));
                let used = used.ok_or_else(|| StorageError::missing("the check-in of a used ticket"))?;
                return Err(CheckInError::Used { at: used.at, gate: used.gate.clone() });
            }
        }
        let check_in = CheckIn {
            id: self.check_in_id,
            performance_id: self.performance_id,
            ticket_id: self.ticket_id,
            gate: self.gate.clone(),
            operator: self.stamp.operator,
            at: now,
        };
        set.check_ins.insert((self.performance_id, self.ticket_id), check_in.clone());
        let (before, after) = (self.recorded("VALID", None), self.recorded("USED", self.gate.as_ref()));
        self.change().record(set, before, after, now);
        set.events.tell(EventKind::TicketCheckedIn, now, || EventBody::TicketCheckedIn {
            concert_id: self.concert_id,
            user_id: self.user_id,
            check_in: check_in.clone(),
        });
        Ok(Answer::created(check_in))
    }
}
