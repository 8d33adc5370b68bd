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

use super::InMemory;

#[async_trait]
impl SeatInventory for InMemory {
    async fn hold(&self, command: HoldSeatsCommand) -> Result<Answer<Reservation>, TurnError<HoldError>> {
        self.decide(&command)
    }

    async fn change_seats(
        &self,
        command: ChangeSeatsCommand,
    ) -> Result<Answer<PerformanceId>, ChangeSeatsError> {
        self.decide(&command)
    }

    async fn seat_map(&self, performance_id: PerformanceId) -> Result<Arc<SeatMap>, StorageError> {
        let (state, as_of) = (self.state(), self.now());
        Ok(Arc::new(SeatMap::of(state.seats_of(performance_id).cloned(), as_of)))
    }
}
