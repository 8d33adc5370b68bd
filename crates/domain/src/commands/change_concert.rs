use super::Command;
use super::operator_change::OperatorChange;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditStamp, Facts, facts};
use crate::concert::{Concert, ConcertChange, ConcertError, SeatLimit, Title, Venue};
use crate::id::ConcertId;
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, Outcome};
use crate::working_set::{Footprint, WorkingSet};

/// Changes a concert, while its seats are sold. A lower seat limit takes nothing from anybody.
#[derive(Debug, Clone)]
pub struct ChangeConcertCommand {
    /// The concert.
    pub concert_id: ConcertId,
    /// The change.
    pub change: ConcertChange,
    /// The audit entry's id and operator.
    pub stamp: AuditStamp,
    /// The operator's key that makes a retry safe, if one was sent: a change is made once, whatever others changed since.
    pub key: Option<IdempotencyKey>,
}

impl ChangeConcertCommand {
    fn fingerprint(&self) -> Fingerprint {
        let ConcertChange { title, venue, max_seats_per_user } = &self.change;
        Fingerprint::new(format!(
            "change concert {id} {limit:?}\n{title:?}\n{venue:?}",
            id = self.concert_id,
            limit = max_seats_per_user.map(SeatLimit::get),
            title = title.as_ref().map(Title::as_str),
            venue = venue.as_ref().map(Venue::as_str),
        ))
    }

    fn operator_change(&self) -> OperatorChange<'_> {
        OperatorChange {
            concert_id: self.concert_id,
            action: AuditAction::ConcertChanged,
            stamp: self.stamp,
            key: self.key.as_ref(),
            fingerprint: self.fingerprint(),
            outcome: Outcome::ConcertChanged(self.concert_id),
        }
    }
}

impl Command for ChangeConcertCommand {
    type Success = Answer<Concert>;
    type Error = ConcertError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.concerts.insert(self.concert_id);
        self.operator_change().footprint(footprint);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Concert>, ConcertError> {
        let change = self.operator_change();
        let was_made = change.was_made(set, now)?;
        let concert = set.concerts.get_mut(&self.concert_id).ok_or(ConcertError::NotFound)?;
        if was_made {
            return Ok(Answer::replayed(concert.clone(), false));
        }
        let before = recorded(concert);
        *concert = concert.changed(&self.change);
        let concert = concert.clone();
        change.record(set, before, recorded(&concert), now);
        Ok(Answer::existing(concert))
    }
}

fn recorded(concert: &Concert) -> Facts {
    facts([
        ("title", concert.title.as_str().into()),
        ("venue", concert.venue.as_str().into()),
        ("maxSeatsPerUser", concert.max_seats_per_user.get().into()),
    ])
}
