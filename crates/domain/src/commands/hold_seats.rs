use chrono::TimeDelta;
use thiserror::Error;

use super::release_hold::{HoldEnd, release_hold};
use super::{Command, HoldTarget, TurnError, WantedSeats};
use crate::Timestamp;
use crate::concert::Performance;
use crate::event::{EventBody, EventKind};
use crate::id::{ConcertId, PerformanceId, ReservationId, UserId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::point::Amount;
use crate::queue::{Number, PassRefusal};
use crate::reservation::{Reservation, ReservationState, ReservedSeat};
use crate::seat::hall::BestSeatsError;
use crate::seat::{SeatKey, SeatNumber, SeatRefusal};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Holds seats of one performance for one user, all or none.
///
/// At most one live hold exists per seat; of concurrent callers one wins. Repeating one's own hold gives it again,
/// also once the performance has begun, and does not reset its clock. The hold extends its pass, so that the pass does not end before it. But a turn ends in time
/// whatever is held in it, and so does a hold made near its end: whoever holds and cancels again and again keeps neither
/// the turn nor a seat, and has to queue again.
#[derive(Debug, Clone)]
pub struct HoldSeatsCommand {
    /// The id that the reservation gets.
    pub reservation_id: ReservationId,
    /// The user's id.
    pub user_id: UserId,
    /// The concert of the user's pass.
    pub concert_id: ConcertId,
    /// The number of the user's pass.
    pub number: Number,
    /// The performance, by its id or by its date. Its times are those of the moment of the decision.
    pub performance: HoldTarget,
    /// The seats wanted.
    pub seats: WantedSeats,
    /// How long the hold lasts, by the database's clock, unless the turn ends before.
    pub ttl: TimeDelta,
    /// The key that makes a retry safe, if the client sent one.
    pub key: Option<IdempotencyKey>,
}

/// Error of holding seats.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HoldError {
    /// Several performances on the date can be booked.
    #[error("several performances on that date can be booked")]
    DateAmbiguous(Vec<(PerformanceId, Timestamp)>),
    /// The performance was cancelled.
    #[error("the performance is cancelled")]
    PerformanceCancelled,
    /// Sales have not opened.
    #[error("sales have not opened")]
    SalesNotOpen {
        /// The instant at which they do.
        opens_at: Timestamp,
    },
    /// Sales have closed.
    #[error("sales have closed")]
    SalesClosed {
        /// The instant at which they did.
        closed_at: Timestamp,
    },
    /// The performance has started.
    #[error("the performance has started")]
    PerformanceStarted {
        /// The instant at which it did.
        starts_at: Timestamp,
    },
    /// The performance has no such seats.
    #[error("there are no such seats")]
    SeatNotFound(Vec<SeatNumber>),
    /// None could be chosen.
    #[error(transparent)]
    NotChosen(BestSeatsError),
    /// Seats that cannot be held, all for the same reason.
    #[error("the seats cannot be held")]
    SeatTaken(SeatRefusal, Vec<SeatNumber>),
    /// The user holds another reservation of this concert. It must be paid or cancelled first.
    #[error("the user holds another reservation")]
    ReservationActive {
        /// That reservation.
        reservation_id: ReservationId,
    },
    /// The user would have more seats of this concert than allowed.
    #[error("more seats than allowed")]
    SeatLimitExceeded {
        /// How many seats of the concert the user may have.
        limit: u32,
    },
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<HoldError> for TurnError<HoldError> {
    fn from(error: HoldError) -> Self {
        Self::Failed(error)
    }
}

impl HoldSeatsCommand {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(format!("hold {} {}", self.performance.request(), self.seats.request()))
    }

    fn seat_keys(&self) -> impl Iterator<Item = SeatKey> {
        let performance_id = self.performance.performance().id;
        self.seats.numbers().iter().map(move |number| SeatKey { performance_id, number: *number })
    }

    /// The first answer to this key, if there was one, with the reservation as it stands now.
    fn replayed(&self, set: &WorkingSet, now: Timestamp) -> Result<Option<Answer<Reservation>>, HoldError> {
        match set.recorded(KeyOwner::User(self.user_id), self.key.as_ref(), || self.fingerprint(), now)? {
            Some(Outcome::Held { reservation, created }) => {
                let as_it_stands = set.reservations.get(reservation.id).unwrap_or(reservation);
                Ok(Some(Answer::replayed(as_it_stands.clone().settled(now), *created)))
            }
            Some(_) => Err(KeyReused.into()),
            None => Ok(None),
        }
    }

    fn require_turn(&self, set: &WorkingSet, now: Timestamp) -> Result<(), PassRefusal> {
        if self.performance.performance().concert_id != self.concert_id {
            return Err(PassRefusal::Mismatch);
        }
        set.passes.of_user(self.concert_id, self.number, self.user_id)?.require_active(now)
    }

    /// The performance as it is now, if it is the only one that may be meant.
    fn require_one_performance<'s>(&self, set: &'s WorkingSet) -> Result<&'s Performance, HoldError> {
        if let Some(bookable) = self.performance.ambiguous() {
            return Err(HoldError::DateAmbiguous(bookable.to_vec()));
        }
        let performance = set.performances.get(&self.performance.performance().id);
        Ok(performance.ok_or_else(|| StorageError::missing("the performance"))?)
    }

    fn require_on_sale(&self, set: &WorkingSet, now: Timestamp) -> Result<(), HoldError> {
        let performance = self.require_one_performance(set)?;
        if performance.is_cancelled() {
            return Err(HoldError::PerformanceCancelled);
        }
        if performance.has_started(now) {
            return Err(HoldError::PerformanceStarted { starts_at: performance.starts_at });
        }
        if let Some(opens_at) = performance.opens_after(now) {
            return Err(HoldError::SalesNotOpen { opens_at });
        }
        match performance.closed_at(now) {
            Some(closed_at) => Err(HoldError::SalesClosed { closed_at }),
            None => Ok(()),
        }
    }

    fn require_seats_exist(&self, set: &WorkingSet) -> Result<(), HoldError> {
        let missing: Vec<SeatNumber> =
            self.seat_keys().filter(|key| set.seats.get(key).is_none()).map(|key| key.number).collect();
        if missing.is_empty() { Ok(()) } else { Err(HoldError::SeatNotFound(missing)) }
    }

    /// The user's own live hold of the concert.
    fn live_hold<'s>(&self, set: &'s WorkingSet, now: Timestamp) -> Option<&'s Reservation> {
        let held = set.reservations.held_by(self.concert_id, self.user_id);
        held.filter(|own| own.state_at(now) == ReservationState::Held)
    }

    /// Whether a hold is on the seats that are wanted.
    fn is_wanted(&self, own: &Reservation) -> bool {
        self.performance.includes(own.performance_id) && self.seats.are_of(own)
    }

    fn require_within_limit(&self, set: &WorkingSet) -> Result<(), HoldError> {
        let bought = set.bought.get(&(self.concert_id, self.user_id)).copied().unwrap_or(0);
        let wanted = u32::try_from(self.seats.count()).unwrap_or(u32::MAX);
        let concert = set.concerts.get(&self.concert_id);
        let limit = concert.ok_or_else(|| StorageError::missing("the concert"))?.max_seats_per_user.get();
        if bought.saturating_add(wanted) > limit {
            Err(HoldError::SeatLimitExceeded { limit })
        } else {
            Ok(())
        }
    }

    fn require_seats_free(&self, set: &WorkingSet, now: Timestamp) -> Result<(), HoldError> {
        let mut taken: Vec<(SeatRefusal, SeatNumber)> = self
            .seat_keys()
            .filter_map(|key| Some((set.seats.get(&key)?.require_available(now).err()?, key.number)))
            .collect();
        taken.sort_unstable();
        match taken.first().map(|(worst, _)| *worst) {
            None => Ok(()),
            Some(worst) => {
                let seats = taken
                    .iter()
                    .filter(|(refusal, _)| *refusal == worst)
                    .map(|(_, number)| *number)
                    .collect();
                Err(HoldError::SeatTaken(worst, seats))
            }
        }
    }

    fn hold_all(
        &self,
        set: &mut WorkingSet,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Reservation, HoldError> {
        let mut reserved = Vec::with_capacity(self.seats.numbers().len());
        let prices = self.require_one_performance(set)?.section_prices.clone();
        for key in self.seat_keys() {
            let free = set.seats.get_mut(&key).ok_or_else(|| StorageError::missing("the seat"))?;
            free.hold(self.reservation_id, self.user_id, expires_at, now)
                .map_err(|refusal| HoldError::SeatTaken(refusal, vec![key.number]))?;
            reserved.push(ReservedSeat {
                number: key.number,
                section: free.section.to_string(),
                price: prices.of(free),
            });
        }
        Ok(Reservation {
            id: self.reservation_id,
            concert_id: self.concert_id,
            performance_id: self.performance.performance().id,
            user_id: self.user_id,
            amount: reserved.iter().map(|seat| seat.price).sum::<Amount>(),
            seats: reserved,
            state: ReservationState::Held,
            held_at: now,
            expires_at,
            performance_cancelled_at: None,
        })
    }

    /// The instant at which a hold made now expires.
    fn expiry(&self, set: &WorkingSet, now: Timestamp) -> Result<Timestamp, PassRefusal> {
        set.passes.of_user(self.concert_id, self.number, self.user_id)?.hold_until(self.ttl, now)
    }

    /// Makes a hold where no live one is in the way.
    fn hold_anew(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Reservation, TurnError<HoldError>> {
        self.require_on_sale(set, now)?;
        self.seats.require_section().map_err(HoldError::NotChosen)?;
        self.require_seats_exist(set)?;
        if let Some(own) = self.live_hold(set, now) {
            return Err(HoldError::ReservationActive { reservation_id: own.id }.into());
        }
        self.require_within_limit(set)?;
        self.seats.require_chosen().map_err(HoldError::NotChosen)?;
        self.require_seats_free(set, now)?;
        let expires_at = self.expiry(set, now)?;
        let expired = set.reservations.held_by(self.concert_id, self.user_id).map(|own| own.id);
        if let Some(expired) = expired {
            release_hold(set, expired, HoldEnd::Expired, now);
        }
        let reservation = self.hold_all(set, expires_at, now)?;
        set.passes.extend_to(self.concert_id, self.number, reservation.expires_at, now);
        set.reservations.insert(reservation.clone());
        set.events.tell(EventKind::ReservationHeld, now, || EventBody::ReservationHeld(reservation.clone()));
        Ok(reservation)
    }

    fn hold(
        &self,
        set: &mut WorkingSet,
        now: Timestamp,
    ) -> Result<Answer<Reservation>, TurnError<HoldError>> {
        // Before all else, so that it is found also when nothing more can be held.
        let answer = match self.live_hold(set, now).filter(|own| self.is_wanted(own)) {
            Some(own) => Answer::existing(own.clone()),
            None => Answer::created(self.hold_anew(set, now)?),
        };
        if let Some(key) = &self.key {
            let outcome = Outcome::Held { reservation: answer.value.clone(), created: answer.created };
            set.record(KeyOwner::User(self.user_id), key, self.fingerprint(), outcome, now);
        }
        Ok(answer)
    }
}

impl Command for HoldSeatsCommand {
    type Success = Answer<Reservation>;
    type Error = TurnError<HoldError>;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.sales.insert(self.concert_id);
        footprint.performances.insert(self.performance.performance().id);
        footprint.passes.insert((self.concert_id, self.number));
        footprint.holders.insert((self.concert_id, self.user_id));
        footprint.seats.extend(self.seat_keys());
        footprint.keys.extend(self.key.clone().map(|key| (KeyOwner::User(self.user_id), key)));
    }

    fn decide(
        &self,
        set: &mut WorkingSet,
        now: Timestamp,
    ) -> Result<Answer<Reservation>, TurnError<HoldError>> {
        if let Some(first) = self.replayed(set, now)? {
            return Ok(first);
        }
        self.require_turn(set, now)?;
        self.hold(set, now)
    }
}
