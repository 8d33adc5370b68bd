use std::sync::Arc;

use async_trait::async_trait;
use seatline_domain::commands::{
    ChangeSeatsCommand, ChangeSeatsError, HoldError, HoldSeatsCommand, TurnError,
};
use seatline_domain::id::PerformanceId;
use seatline_domain::idempotency::Answer;
use seatline_domain::ports::SeatInventory;
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::SeatMap;
use seatline_domain::storage::StorageError;

use crate::lane::submit;
use crate::metrics::hold_outcome;
use crate::postgres::Postgres;

#[async_trait]
impl SeatInventory for Postgres {
    async fn hold(&self, command: HoldSeatsCommand) -> Result<Answer<Reservation>, TurnError<HoldError>> {
        let key = command.performance.performance().id.uuid();
        let result = match self.cells.of(command.concert_id).await {
            Ok(cell) => submit(&cell.seat_lanes, key, command).await,
            Err(error) => Err(error.into()),
        };
        self.metrics.holds.count(hold_outcome(&result));
        result
    }

    async fn change_seats(
        &self,
        command: ChangeSeatsCommand,
    ) -> Result<Answer<PerformanceId>, ChangeSeatsError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn seat_map(&self, performance_id: PerformanceId) -> Result<Arc<SeatMap>, StorageError> {
        let map = self.seat_maps.get(performance_id).await?;
        map.ok_or_else(|| StorageError::missing("a seat map that was read"))
    }
}
