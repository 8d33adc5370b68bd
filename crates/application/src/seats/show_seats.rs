use std::sync::Arc;

use seatline_domain::concert::Performance;
use seatline_domain::id::PerformanceId;
use seatline_domain::ports::{Programme, SeatInventory};
use seatline_domain::queue::QueueClaims;
use seatline_domain::seat::SeatMap;
use seatline_domain::storage::StorageError;
use thiserror::Error;

use crate::queue::{RequireTurn, TurnRefusal};

/// A performance with its seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerformanceSeats {
    /// The performance.
    pub performance: Performance,
    /// Its seats.
    pub map: Arc<SeatMap>,
}

impl PerformanceSeats {
    /// A performance with the map that was read of it. Of a cancelled one no seat is free or held.
    pub fn of(performance: Performance, map: Arc<SeatMap>) -> Self {
        let map = if performance.is_cancelled() { Arc::new(map.of_cancelled()) } else { map };
        Self { performance, map }
    }
}

/// Error of showing seats.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SeatsError {
    /// There is no such concert.
    #[error("there is no such concert")]
    ConcertNotFound,
    /// There is no such performance.
    #[error("there is no such performance")]
    PerformanceNotFound,
    /// The concert has no performance on that date.
    #[error("there is no performance on that date")]
    DateNotFound,
    /// It is not the user's turn.
    #[error(transparent)]
    Turn(#[from] TurnRefusal),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Shows the seats of one performance to somebody whose turn it is, and to operators.
pub struct ShowSeats {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Holds and reads seats.
    pub inventory: Arc<dyn SeatInventory>,
    /// Lets only those pass whose turn it is.
    pub turn: Arc<RequireTurn>,
}

impl ShowSeats {
    /// The seats as they are now.
    ///
    /// # Errors
    /// [`SeatsError`] saying why not.
    pub async fn execute(
        &self,
        claims: &QueueClaims,
        performance_id: PerformanceId,
    ) -> Result<PerformanceSeats, SeatsError> {
        let performance =
            self.programme.performance(performance_id).await?.ok_or(SeatsError::PerformanceNotFound)?;
        if performance.concert_id != claims.concert_id {
            return Err(TurnRefusal::Mismatch.into());
        }
        self.turn.execute(claims).await??;
        let map = self.inventory.seat_map(performance_id).await?;
        Ok(PerformanceSeats::of(performance, map))
    }

    /// The seats as they are now, for an operator.
    ///
    /// # Errors
    /// [`SeatsError::PerformanceNotFound`]; storage's.
    pub async fn to_operator(&self, performance_id: PerformanceId) -> Result<PerformanceSeats, SeatsError> {
        let performance =
            self.programme.performance(performance_id).await?.ok_or(SeatsError::PerformanceNotFound)?;
        let map = self.inventory.seat_map(performance_id).await?;
        Ok(PerformanceSeats { performance, map })
    }
}
