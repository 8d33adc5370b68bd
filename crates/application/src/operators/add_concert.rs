use std::sync::Arc;

use chrono_tz::Tz;
use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::concert::{Concert, ConcertError, NewConcert, SeatLimit, Title, Venue};
use seatline_domain::id::{AuditEntryId, ConcertId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{Ids, Programme, ProgrammeEditor};
use seatline_domain::queue::RoomSettings;
use seatline_domain::storage::StorageError;

/// A concert that an operator wants to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcertRequest {
    /// Its title.
    pub title: Title,
    /// The venue.
    pub venue: Venue,
    /// The venue's time zone.
    pub timezone: Tz,
    /// The most seats one user may have of it.
    pub max_seats_per_user: SeatLimit,
    /// The settings of its waiting room.
    pub queue: RoomSettings,
}

/// Adds a concert and opens its waiting room.
pub struct AddConcert {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Edits it.
    pub editor: Arc<dyn ProgrammeEditor>,
    /// Makes the new ids.
    pub ids: Arc<dyn Ids>,
}

impl AddConcert {
    /// Adds it for this operator, or finds the one that the key added.
    ///
    /// # Errors
    /// [`ConcertError::KeyReused`] when the key came with another request before; storage's.
    pub async fn execute(
        &self,
        operator: OperatorId,
        request: ConcertRequest,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<Concert>, ConcertError> {
        let ConcertRequest { title, venue, timezone, max_seats_per_user, queue } = request;
        let id = ConcertId::new(self.ids.next());
        let concert = Concert { id, title, venue, timezone, max_seats_per_user };
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        let new = NewConcert { concert: concert.clone(), queue };
        let answer = self.editor.add_concert(new, stamp, key).await?;
        if !answer.replayed {
            return Ok(answer.with(concert));
        }
        let first = self.programme.concert(answer.value).await?;
        Ok(answer.with(first.ok_or_else(|| StorageError::missing("a concert that was added"))?))
    }
}
