use std::sync::Arc;

use chrono::NaiveDate;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::{Programme, SeatInventory};
use seatline_domain::queue::QueueClaims;

use super::{PerformanceSeats, SeatsError};
use crate::queue::{RequireTurn, TurnRefusal};

/// Shows the seats of every performance on one date to somebody whose turn it is.
pub struct ShowSeatsOfDate {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Holds and reads seats.
    pub inventory: Arc<dyn SeatInventory>,
    /// Lets only those pass whose turn it is.
    pub turn: Arc<RequireTurn>,
}

impl ShowSeatsOfDate {
    /// The seats as they are now, by start of the performance.
    ///
    /// # Errors
    /// [`SeatsError`] saying why not.
    pub async fn execute(
        &self,
        claims: &QueueClaims,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<Vec<PerformanceSeats>, SeatsError> {
        if self.programme.concert(concert_id).await?.is_none() {
            return Err(SeatsError::ConcertNotFound);
        }
        if concert_id != claims.concert_id {
            return Err(TurnRefusal::Mismatch.into());
        }
        self.turn.execute(claims).await??;
        let performances = self.programme.performances_on(concert_id, date).await?;
        if performances.is_empty() {
            return Err(SeatsError::DateNotFound);
        }
        let mut shown = Vec::with_capacity(performances.len());
        for performance in performances {
            let map = self.inventory.seat_map(performance.id).await?;
            shown.push(PerformanceSeats { performance, map });
        }
        Ok(shown)
    }
}
