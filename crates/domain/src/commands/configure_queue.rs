use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditEntry, AuditStamp, Fact, Facts, facts};
use crate::id::ConcertId;
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
    /// The audit entry's id and operator.
    pub stamp: AuditStamp,
}

/// Error of changing a waiting room.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigureError {
    /// There is no such concert.
    #[error("there is no such concert")]
    ConcertNotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Command for ConfigureQueueCommand {
    type Success = Room;
    type Error = ConfigureError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.rooms.insert(self.concert_id);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Room, ConfigureError> {
        let room = set.rooms.get_mut(&self.concert_id).ok_or(ConfigureError::ConcertNotFound)?;
        let before = recorded(room);
        room.settings.capacity = self.capacity.unwrap_or(room.settings.capacity);
        room.settings.admit_per_minute = self.admit_per_minute.unwrap_or(room.settings.admit_per_minute);
        room.status = self.status.unwrap_or(room.status);
        set.audit.push(AuditEntry {
            stamp: self.stamp,
            concert_id: self.concert_id,
            action: AuditAction::QueueChanged,
            before: Some(before),
            after: recorded(room),
            at: now,
        });
        Ok(room.clone())
    }
}

fn recorded(room: &Room) -> Facts {
    let state = match room.status {
        RoomStatus::Open => "OPEN",
        RoomStatus::Paused => "PAUSED",
    };
    facts([
        ("capacity", room.settings.capacity.get().into()),
        ("admitPerMinute", Fact::from(room.settings.admit_per_minute.map(AdmitRate::per_minute))),
        ("state", state.into()),
    ])
}
