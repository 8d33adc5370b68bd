use chrono::TimeDelta;
use thiserror::Error;

use super::release_hold::{HoldEnd, release_hold};
use super::{Command, TurnError};
use crate::Timestamp;
use crate::concert::{Performance, SeatLimit};
use crate::id::{ConcertId, ReservationId, UserId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyReused, Outcome};
use crate::point::Amount;
use crate::queue::{Number, PassRefusal};
use crate::reservation::{Reservation, ReservationState, ReservedSeat};
use crate::seat::{SeatKey, SeatNumber, SeatRefusal, SeatSelection};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Holds seats of one performance for one user, all or none.
///
/// At most one live hold exists per seat; of concurrent callers one wins. Repeating one's own hold gives it again and
/// does not reset its clock. The hold extends its pass, so that the pass does not end before it. But a turn ends in time
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
    /// The performance; it never changes.
    pub performance: Performance,
    /// How many seats of the concert a user may have.
    pub seat_limit: SeatLimit,
    /// The seats wanted.
    pub seats: SeatSelection,
    /// How long the hold lasts, by the database's clock, unless the turn ends before.
    pub ttl: TimeDelta,
    /// The key that makes a retry safe, if the client sent one.
    pub key: Option<IdempotencyKey>,
}

/// Error of holding seats.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HoldError {
    /// Sales have not opened.
    #[error("sales have not opened")]
    SalesNotOpen,
    /// The performance has started.
    #[error("the performance has started")]
    PerformanceStarted,
    /// The performance has no such seats.
    #[error("there are no such seats")]
    SeatNotFound(Vec<SeatNumber>),
    /// Seats that cannot be held, all for the same reason.
    #[error("the seats cannot be held")]
    SeatTaken(SeatRefusal, Vec<SeatNumber>),
    /// The user holds another reservation of this concert. It must be paid or cancelled first.
    #[error("the user holds another reservation")]
    ReservationActive,
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
        let seats: Vec<_> = self.seats.numbers().iter().map(ToString::to_string).collect();
        Fingerprint::new(format!("hold {} {}", self.performance.id, seats.join(",")))
    }

    fn seat_keys(&self) -> impl Iterator<Item = SeatKey> {
        let performance_id = self.performance.id;
        self.seats.numbers().iter().map(move |number| SeatKey { performance_id, number: *number })
    }

    /// The first answer to this key, if there was one.
    fn replayed(&self, set: &WorkingSet, now: Timestamp) -> Result<Option<Answer<Reservation>>, HoldError> {
        match set.recorded(self.user_id, self.key.as_ref(), || self.fingerprint(), now)? {
            Some(Outcome::Held { reservation, created }) => {
                Ok(Some(Answer::replayed(reservation.clone(), *created)))
            }
            Some(_) => Err(KeyReused.into()),
            None => Ok(None),
        }
    }

    fn require_turn(&self, set: &WorkingSet, now: Timestamp) -> Result<(), PassRefusal> {
        if self.performance.concert_id != self.concert_id {
            return Err(PassRefusal::Mismatch);
        }
        set.passes.of_user(self.concert_id, self.number, self.user_id)?.require_active(now)
    }

    fn require_on_sale(&self, now: Timestamp) -> Result<(), HoldError> {
        if self.performance.has_started(now) {
            return Err(HoldError::PerformanceStarted);
        }
        if !self.performance.is_on_sale(now) {
            return Err(HoldError::SalesNotOpen);
        }
        Ok(())
    }

    fn require_seats_exist(&self, set: &WorkingSet) -> Result<(), HoldError> {
        let missing: Vec<SeatNumber> =
            self.seat_keys().filter(|key| set.seats.get(key).is_none()).map(|key| key.number).collect();
        if missing.is_empty() { Ok(()) } else { Err(HoldError::SeatNotFound(missing)) }
    }

    /// The user's own live hold: found again when it is on exactly these seats, in the way otherwise.
    fn own_hold<'s>(
        &self,
        set: &'s WorkingSet,
        now: Timestamp,
    ) -> Result<Option<&'s Reservation>, HoldError> {
        match set.reservations.held_by(self.concert_id, self.user_id) {
            Some(own) if own.state_at(now) == ReservationState::Held => {
                let same_seats =
                    own.seats.iter().map(|seat| seat.number).eq(self.seats.numbers().iter().copied());
                if own.performance_id == self.performance.id && same_seats {
                    Ok(Some(own))
                } else {
                    Err(HoldError::ReservationActive)
                }
            }
            _ => Ok(None),
        }
    }

    fn require_within_limit(&self, set: &WorkingSet) -> Result<(), HoldError> {
        let bought = set.bought.get(&(self.concert_id, self.user_id)).copied().unwrap_or(0);
        let wanted = u32::try_from(self.seats.numbers().len()).unwrap_or(u32::MAX);
        let limit = self.seat_limit.get();
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
        for key in self.seat_keys() {
            let free = set.seats.get_mut(&key).ok_or_else(|| StorageError::missing("the seat"))?;
            free.hold(self.reservation_id, self.user_id, expires_at, now)
                .map_err(|refusal| HoldError::SeatTaken(refusal, vec![key.number]))?;
            reserved.push(ReservedSeat {
                number: key.number,
                section: free.section.to_string(),
                price: free.price,
            });
        }
        Ok(Reservation {
            id: self.reservation_id,
            concert_id: self.concert_id,
            performance_id: self.performance.id,
            user_id: self.user_id,
            amount: reserved.iter().map(|seat| seat.price).sum::<Amount>(),
            seats: reserved,
            state: ReservationState::Held,
            held_at: now,
            expires_at,
        })
    }

    /// The instant at which a hold made now expires.
    fn expiry(&self, set: &WorkingSet, now: Timestamp) -> Result<Timestamp, PassRefusal> {
        set.passes.of_user(self.concert_id, self.number, self.user_id)?.hold_until(self.ttl, now)
    }

    fn hold(
        &self,
        set: &mut WorkingSet,
        now: Timestamp,
    ) -> Result<Answer<Reservation>, TurnError<HoldError>> {
        self.require_on_sale(now)?;
        self.require_seats_exist(set)?;
        let answer = if let Some(own) = self.own_hold(set, now)? {
            Answer::existing(own.clone())
        } else {
            self.require_within_limit(set)?;
            self.require_seats_free(set, now)?;
            let expires_at = self.expiry(set, now)?;
            let expired = set.reservations.held_by(self.concert_id, self.user_id).map(|own| own.id);
            if let Some(expired) = expired {
                release_hold(set, expired, HoldEnd::Expired, now);
            }
            let reservation = self.hold_all(set, expires_at, now)?;
            set.passes.extend_to(self.concert_id, self.number, reservation.expires_at, now);
            set.reservations.insert(reservation.clone());
            Answer::created(reservation)
        };
        if let Some(key) = &self.key {
            let outcome = Outcome::Held { reservation: answer.value.clone(), created: answer.created };
            set.record(self.user_id, key, self.fingerprint(), outcome, now);
        }
        Ok(answer)
    }
}

impl Command for HoldSeatsCommand {
    type Success = Answer<Reservation>;
    type Error = TurnError<HoldError>;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.passes.insert((self.concert_id, self.number));
        footprint.holders.insert((self.concert_id, self.user_id));
        footprint.seats.extend(self.seat_keys());
        footprint.keys.extend(self.key.clone().map(|key| (self.user_id, key)));
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
