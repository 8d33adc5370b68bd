use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use seatline_domain::commands::{
    BestChoice, HoldError, HoldSeatsCommand, HoldTarget, TurnError, WantedSeats,
};
use seatline_domain::concert::{DateChoice, Performance, PerformanceCursor, policy};
use seatline_domain::id::{ConcertId, PerformanceId, ReservationId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::page::Page;
use seatline_domain::ports::{Ids, Programme, SeatInventory};
use seatline_domain::queue::QueueClaims;
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::SeatSelection;
use seatline_domain::seat::hall::{BestSeats, Hall};
use seatline_domain::storage::StorageError;
use thiserror::Error;

use super::offers::Offers;
use crate::queue::{RequireTurn, TurnRefusal};

/// A performance as a client names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerformanceChoice {
    /// By its id.
    Performance(PerformanceId),
    /// By its concert and date, when only one on that date can be booked.
    Date(ConcertId, NaiveDate),
}

/// Seats as a client asks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatChoice {
    /// By their numbers.
    Named(SeatSelection),
    /// The best that are free.
    Best(BestSeats),
}

/// A request to hold seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRequest {
    /// The performance.
    pub performance: PerformanceChoice,
    /// The seats wanted.
    pub seats: SeatChoice,
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
    programme: Arc<dyn Programme>,
    inventory: Arc<dyn SeatInventory>,
    turn: Arc<RequireTurn>,
    ids: Arc<dyn Ids>,
    ttl: TimeDelta,
    offers: Arc<Offers>,
}

impl HoldSeats {
    /// How often seats are chosen for one request. Each time that others were faster, somebody has got theirs.
    const CHOICES_MAX: u32 = 32;

    /// Holds seats of this programme for so long.
    pub fn new(
        programme: Arc<dyn Programme>,
        inventory: Arc<dyn SeatInventory>,
        turn: Arc<RequireTurn>,
        ids: Arc<dyn Ids>,
        ttl: TimeDelta,
    ) -> Self {
        Self { programme, inventory, turn, ids, ttl, offers: Arc::default() }
    }

    /// Holds the seats, all or none; or finds the caller's own hold on what they want: exactly these seats, or as many as
    /// they want of the best.
    ///
    /// # Errors
    /// [`HoldSeatsError`] saying why not; nothing is held then.
    pub async fn execute(
        &self,
        claims: &QueueClaims,
        request: HoldRequest,
    ) -> Result<Answer<Reservation>, HoldSeatsError> {
        let performance = self.target(request.performance).await?;
        let reservation_id = ReservationId::new(self.ids.next());
        let command = |seats| HoldSeatsCommand {
            reservation_id,
            user_id: claims.user_id,
            concert_id: claims.concert_id,
            number: claims.number,
            performance: performance.clone(),
            seats,
            ttl: self.ttl,
            key: request.key.clone(),
        };
        let held = match request.seats {
            SeatChoice::Named(seats) => self.inventory.hold(command(seats.into())).await,
            SeatChoice::Best(wish) => {
                self.hold_best(performance.performance().id, wish, reservation_id, command).await?
            }
        };
        match held {
            Ok(answer) => Ok(answer),
            Err(TurnError::Refused(refusal)) => Err(self.turn.refusal(refusal, claims).await?.into()),
            Err(TurnError::Failed(error)) => Err(HoldSeatsError::Hold(error)),
        }
    }

    /// Chooses seats and holds them, again and again while others are faster.
    async fn hold_best(
        &self,
        performance_id: PerformanceId,
        wish: BestSeats,
        reservation_id: ReservationId,
        command: impl Fn(WantedSeats) -> HoldSeatsCommand,
    ) -> Result<Result<Answer<Reservation>, TurnError<HoldError>>, HoldSeatsError> {
        let hall: Option<Arc<Hall>> = self.programme.hall(performance_id).await?;
        let hall = hall.ok_or(HoldSeatsError::PerformanceNotFound)?;
        for attempt in 0..Self::CHOICES_MAX {
            let mut asking = self.offers.ask(performance_id);
            let unread = if attempt == 0 { asking.choose_unread(&hall, &wish) } else { None };
            let chosen = if let Some(seats) = unread {
                Ok(seats)
            } else {
                let map = self.inventory.seat_map(performance_id).await?;
                asking.choose(&hall, &wish, &map, chance(reservation_id, attempt))
            };
            let choice = BestChoice { wish: wish.clone(), hall: hall.clone(), chosen };
            let held = self.inventory.hold(command(WantedSeats::Best(choice))).await;
            match &held {
                Err(TurnError::Failed(HoldError::SeatTaken(..))) => {
                    asking.lose();
                    continue;
                }
                // They are held, or may be.
                Ok(Answer { created: true, replayed: false, .. })
                | Err(TurnError::Failed(HoldError::Storage(_))) => drop(asking),
                Ok(_) | Err(_) => asking.withdraw(),
            }
            return Ok(held);
        }
        Err(StorageError::Overloaded.into())
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

/// A number that is another for everybody and each of their attempts, 0 for the first.
fn chance(id: ReservationId, attempt: u32) -> usize {
    if attempt == 0 {
        return 0;
    }
    // The end of an id is random; some bits of it for each attempt.
    let (_, random) = id.uuid().as_u64_pair();
    usize::try_from(random.rotate_left(7 * attempt) & u64::from(u32::MAX)).unwrap_or(0)
}

/// The first performances of a date, as many as are counted for one request.
fn countable(performances: Vec<Performance>) -> Vec<Performance> {
    let seats = |one: &Performance| one.total_seats.into();
    let all = Page { items: performances, next: None };
    all.within(policy::MAX_SEATS_COUNTED.into(), seats, PerformanceCursor::of).items
}
