use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId, Reason};
use seatline_domain::commands::{ConfigureError, ConfigureQueueCommand};
use seatline_domain::id::{AuditEntryId, ConcertId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{Ids, QueueReader, WaitingRooms};
use seatline_domain::queue::{AdmitRate, Capacity, RoomFigures, RoomStatus};

/// What an operator wants to change of a waiting room; `None` keeps a thing as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueChange {
    /// The capacity.
    pub capacity: Option<Capacity>,
    /// The rate; `Some(None)` for no limit.
    pub admit_per_minute: Option<Option<AdmitRate>>,
    /// Whether it admits people.
    pub status: Option<RoomStatus>,
}

/// Changes how a waiting room works, while people wait.
pub struct ConfigureQueue {
    /// Changes rooms.
    pub rooms: Arc<dyn WaitingRooms>,
    /// Reads them.
    pub reader: Arc<dyn QueueReader>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl ConfigureQueue {
    /// Changes it for this operator, records the change for audit with the reason, if there is one, and gives the
    /// room's figures. A repeated key changes
    /// nothing.
    ///
    /// # Errors
    /// [`ConfigureError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(
        &self,
        operator: OperatorId,
        concert_id: ConcertId,
        change: QueueChange,
        reason: Option<Reason>,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<RoomFigures>, ConfigureError> {
        let QueueChange { capacity, admit_per_minute, status } = change;
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        let command =
            ConfigureQueueCommand { concert_id, capacity, admit_per_minute, status, reason, stamp, key };
        let answer = self.rooms.configure(command).await?;
        let figures = self.reader.figures(concert_id).await?.ok_or(ConfigureError::ConcertNotFound)?;
        Ok(answer.with(figures))
    }
}
