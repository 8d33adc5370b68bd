use super::Command;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditEntry, AuditStamp, Facts, facts};
use crate::concert::{Concert, ConcertChange, ConcertError, SeatLimit, Title, Venue};
use crate::id::ConcertId;
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
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
    const fn owner(&self) -> KeyOwner {
        KeyOwner::Operator(self.stamp.operator)
    }

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

    /// Whether this key made the change before.
    fn was_made(&self, set: &WorkingSet, now: Timestamp) -> Result<bool, KeyReused> {
        match set.recorded(self.owner(), self.key.as_ref(), || self.fingerprint(), now)? {
            Some(Outcome::ConcertChanged(_)) => Ok(true),
            Some(_) => Err(KeyReused),
            None => Ok(false),
        }
    }
}

impl Command for ChangeConcertCommand {
    type Success = Answer<Concert>;
    type Error = ConcertError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.concerts.insert(self.concert_id);
        footprint.keys.extend(self.key.clone().map(|key| (self.owner(), key)));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Concert>, ConcertError> {
        let was_made = self.was_made(set, now)?;
        let concert = set.concerts.get_mut(&self.concert_id).ok_or(ConcertError::NotFound)?;
        if was_made {
            return Ok(Answer::replayed(concert.clone(), false));
        }
        let before = recorded(concert);
        *concert = concert.changed(&self.change);
        let concert = concert.clone();
        set.audit.push(AuditEntry {
            stamp: self.stamp,
            concert_id: self.concert_id,
            action: AuditAction::ConcertChanged,
            before: Some(before),
            after: recorded(&concert),
            at: now,
        });
        if let Some(key) = &self.key {
            let outcome = Outcome::ConcertChanged(self.concert_id);
            set.record(self.owner(), key, self.fingerprint(), outcome, now);
        }
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
