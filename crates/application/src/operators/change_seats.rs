use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{ChangeSeatsCommand, ChangeSeatsError};
use seatline_domain::id::{AuditEntryId, PerformanceId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{Ids, Programme, SeatInventory};
use seatline_domain::seat::{SalesOfPerformance, SeatsChange};
use seatline_domain::storage::StorageError;

/// Keeps seats back from the sale, and gives others back to it.
pub struct ChangeSeats {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Blocks seats.
    pub inventory: Arc<dyn SeatInventory>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl ChangeSeats {
    /// Changes them for this operator, all or none, records the change for audit, and counts the performance's seats. A
    /// repeated key changes nothing.
    ///
    /// # Errors
    /// [`ChangeSeatsError`] naming the seats that are in the way.
    pub async fn execute(
        &self,
        operator: OperatorId,
        performance_id: PerformanceId,
        change: SeatsChange,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<SalesOfPerformance>, ChangeSeatsError> {
        let shown = self.programme.performance(performance_id).await?.ok_or(ChangeSeatsError::NotFound)?;
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        let concert_id = shown.concert_id;
        let command = ChangeSeatsCommand { concert_id, performance_id, change, stamp, key };
        let answer = self.inventory.change_seats(command).await?;
        let missing = || StorageError::missing("a performance whose seats were changed");
        let sales = self.programme.sales_of(performance_id).await?.ok_or_else(missing)?;
        Ok(answer.with(sales))
    }
}
