use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use seatline_domain::commands::{HoldError, HoldSeatsCommand, HoldTarget, TurnError};
use seatline_domain::concert::{DateChoice, Performance, PerformanceCursor, policy};
use seatline_domain::id::{ConcertId, PerformanceId, ReservationId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::page::Page;
use seatline_domain::ports::{Ids, Programme, SeatInventory};
use seatline_domain::queue::QueueClaims;
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::SeatSelection;
use seatline_domain::storage::StorageError;
use thiserror::Error;

use crate::queue::{RequireTurn, TurnRefusal};

/// A performance as a client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerformanceChoice {
    /// By its id.
    Performance(PerformanceId),
    /// By its concert and date, when only one on that date can be booked.
    Date(ConcertId, NaiveDate),
}

/// A request to hold seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRequest {
    /// The performance.
    pub performance: PerformanceChoice,
    /// The seats wanted.
    pub seats: SeatSelection,
    /// The key that makes a retry safe, if the client sent one.
    pub key: Option<IdempotencyKey>,
}

/// Error of holding seats.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HoldSeatsError {
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
    /// The seats cannot be held.
    #[error(transparent)]
    Hold(HoldError),
}

impl From<StorageError> for HoldSeatsError {
    fn from(error: StorageError) -> Self {
        Self::Hold(HoldError::Storage(error))
    }
}

/// Holds seats for somebody whose turn it is.
pub struct HoldSeats {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Holds and reads seats.
    pub inventory: Arc<dyn SeatInventory>,
    /// Puts positions into refusals.
    pub turn: Arc<RequireTurn>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
    /// How long a hold lasts.
    pub ttl: TimeDelta,
}

impl HoldSeats {
    /// Holds the seats, all or none; or finds the caller's own hold on exactly these seats.
    ///
    /// # Errors
    /// [`HoldSeatsError`] saying why not; nothing is held then.
    pub async fn execute(
        &self,
        claims: &QueueClaims,
        request: HoldRequest,
    ) -> Result<Answer<Reservation>, HoldSeatsError> {
        let performance = self.target(request.performance).await?;
        let command = HoldSeatsCommand {
            reservation_id: ReservationId::new(self.ids.next()),
            user_id: claims.user_id,
            concert_id: claims.concert_id,
            number: claims.number,
            performance,
            seats: request.seats,
            ttl: self.ttl,
            key: request.key,
        };
        match self.inventory.hold(command).await {
            Ok(answer) => Ok(answer),
            Err(TurnError::Refused(refusal)) => Err(self.turn.refusal(refusal, claims).await?.into()),
            Err(TurnError::Failed(error)) => Err(HoldSeatsError::Hold(error)),
        }
    }

    async fn target(&self, choice: PerformanceChoice) -> Result<HoldTarget, HoldSeatsError> {
        let (concert_id, date) = match choice {
            PerformanceChoice::Performance(id) => {
                let performance = self.programme.performance(id).await?;
                return performance.map(HoldTarget::Performance).ok_or(HoldSeatsError::PerformanceNotFound);
            }
            PerformanceChoice::Date(concert_id, date) => (concert_id, date),
        };
        if self.programme.concert(concert_id).await?.is_none() {
            return Err(HoldSeatsError::ConcertNotFound);
        }
        let mut performances = self.programme.performances_on(concert_id, date).await?;
        let choice = if performances.len() > 1 {
            DateChoice::among(self.programme.availability(countable(performances)).await?)
        } else {
            performances.pop().map(DateChoice::only)
        };
        choice.map(HoldTarget::Date).ok_or(HoldSeatsError::DateNotFound)
    }
}

/// The first performances of a date, as many as are counted for one request.
fn countable(performances: Vec<Performance>) -> Vec<Performance> {
    let seats = |one: &Performance| one.total_seats.into();
    let all = Page { items: performances, next: None };
    all.within(policy::MAX_SEATS_COUNTED.into(), seats, PerformanceCursor::of).items
}
