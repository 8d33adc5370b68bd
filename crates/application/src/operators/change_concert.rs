use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::ChangeConcertCommand;
use seatline_domain::concert::{Concert, ConcertChange, ConcertError};
use seatline_domain::id::{AuditEntryId, ConcertId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{Ids, ProgrammeEditor};

/// Changes a concert, while its seats are sold.
pub struct ChangeConcert {
    /// Edits the programme.
    pub editor: Arc<dyn ProgrammeEditor>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl ChangeConcert {
    /// Changes it for this operator, records the change for audit, and gives the concert. A repeated key changes nothing.
    ///
    /// # Errors
    /// [`ConcertError::NotFound`] when there is no such concert.
    pub async fn execute(
        &self,
        operator: OperatorId,
        concert_id: ConcertId,
        change: ConcertChange,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<Concert>, ConcertError> {
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        self.editor.change_concert(ChangeConcertCommand { concert_id, change, stamp, key }).await
    }
}
