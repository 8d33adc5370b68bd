use thiserror::Error;

use super::Command;
use super::operator_change::OperatorChange;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditStamp, Fact, Facts, Reason, facts};
use crate::id::ConcertId;
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyReused, Outcome};
use crate::queue::{AdmitRate, Capacity, Room, RoomStatus};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Changes how a waiting room works, while people wait. Lowering the capacity throws nobody out.
#[derive(Debug, Clone)]
pub struct ConfigureQueueCommand {
    /// The room's concert.
    pub concert_id: ConcertId,
    /// The new capacity; `None` to keep it.
    pub capacity: Option<Capacity>,
    /// The new rate, `Some(None)` for no limit; `None` to keep it.
    pub admit_per_minute: Option<Option<AdmitRate>>,
    /// Whether it admits people from now on; `None` to keep it.
    pub status: Option<RoomStatus>,
    /// The operator's reason, for the record.
    pub reason: Option<Reason>,
    /// The audit entry's id and operator.
    pub stamp: AuditStamp,
    /// The operator's key that makes a retry safe, if one was sent: a change is made once, whatever others changed since.
    pub key: Option<IdempotencyKey>,
}

/// Error of changing a waiting room.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigureError {
    /// There is no such concert.
    #[error("there is no such concert")]
    ConcertNotFound,
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ConfigureQueueCommand {
    fn fingerprint(&self) -> Fingerprint {
        let capacity = self.capacity.map(Capacity::get);
        let rate = self.admit_per_minute.map(|rate| rate.map(AdmitRate::per_minute));
        let state = self.status.map(state_name);
        let reason = self.reason.as_ref().map_or_else(String::new, |reason| format!(" {}", reason.as_str()));
        Fingerprint::new(format!("configure {} {capacity:?} {rate:?} {state:?}{reason}", self.concert_id))
    }

    fn operator_change(&self) -> OperatorChange<'_> {
        OperatorChange {
            concert_id: self.concert_id,
            action: AuditAction::QueueChanged,
            stamp: self.stamp,
            key: self.key.as_ref(),
            fingerprint: self.fingerprint(),
            outcome: Outcome::QueueConfigured(self.concert_id),
        }
    }
}

impl Command for ConfigureQueueCommand {
    type Success = Answer<Room>;
    type Error = ConfigureError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.rooms.insert(self.concert_id);
        self.operator_change().footprint(footprint);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Room>, ConfigureError> {
        let change = self.operator_change();
        if change.was_made(set, now)? {
            let room = set.rooms.get(&self.concert_id).ok_or(ConfigureError::ConcertNotFound)?;
            return Ok(Answer::replayed(room.clone(), false));
        }
        let room = set.rooms.get_mut(&self.concert_id).ok_or(ConfigureError::ConcertNotFound)?;
        let before = recorded(room);
        room.settings.capacity = self.capacity.unwrap_or(room.settings.capacity);
        room.settings.admit_per_minute = self.admit_per_minute.unwrap_or(room.settings.admit_per_minute);
        room.status = self.status.unwrap_or(room.status);
        let room = room.clone();
        let mut after = recorded(&room);
        after.extend(self.reason.iter().map(|reason| ("reason".to_owned(), reason.as_str().into())));
        change.record(set, before, after, now);
        Ok(Answer::existing(room))
    }
}

const fn state_name(status: RoomStatus) -> &'static str {
    match status {
        RoomStatus::Open => "OPEN",
        RoomStatus::Paused => "PAUSED",
    }
}

fn recorded(room: &Room) -> Facts {
    facts([
        ("capacity", room.settings.capacity.get().into()),
        ("admitPerMinute", Fact::from(room.settings.admit_per_minute.map(AdmitRate::per_minute))),
        ("state", state_name(room.status).into()),
    ])
}
