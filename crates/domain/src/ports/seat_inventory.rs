use std::sync::Arc;

use async_trait::async_trait;

use crate::commands::{ChangeSeatsCommand, ChangeSeatsError, HoldError, HoldSeatsCommand, TurnError};
use crate::id::PerformanceId;
use crate::idempotency::Answer;
use crate::reservation::Reservation;
use crate::seat::SeatMap;
use crate::storage::StorageError;

/// Knows who has which seat.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SeatInventory: Send + Sync {
    /// Holds seats, all or none. Of concurrent callers for one seat exactly one wins; a hold whose time is up is in
    /// nobody's way, whether or not that was written yet. A refusal leaves nothing behind.
    async fn hold(&self, command: HoldSeatsCommand) -> Result<Answer<Reservation>, TurnError<HoldError>>;

    /// Carries out a [`ChangeSeatsCommand`]: blocks seats and gives others back, all or none, each seen at once by whoever
    /// asks for it afterwards. Of it and concurrent holds of the same seats one wins. A refusal leaves nothing behind.
    async fn change_seats(
        &self,
        command: ChangeSeatsCommand,
    ) -> Result<Answer<PerformanceId>, ChangeSeatsError>;

    /// All seats of a performance, by number, with who has them. Empty when there is no such performance. Whoever asks
    /// at the same time may be given the same map.
    async fn seat_map(&self, performance_id: PerformanceId) -> Result<Arc<SeatMap>, StorageError>;
}
