use chrono::{DateTime, Utc};
use seatline_application::reservations::{HoldRequest, PerformanceChoice, SeatChoice};
use seatline_domain::id::{ConcertId, PaymentId, PerformanceId};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::reservation::{Reservation, ReservationState, ReservedSeat};
use seatline_domain::seat::SeatSelection;
use seatline_domain::seat::hall::{BestSeats, SectionName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::extract::sentence;
use crate::problem::{Code, Problem};
use crate::wire::{DateText, IdText, Points};

/// Seats to hold: of `performanceId`, or of the one performance of `concertId` on `date`; by `seatNumbers`, or the best
/// `count` that are free.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = HoldSeats, example = json!({"performanceId": "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e", "seatNumbers": [7]}))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct HoldBody {
    /// The performance's id.
    #[schema(value_type = Option<Uuid>)]
    performance_id: Option<IdText>,
    /// The concert's id; goes with `date`.
    #[schema(value_type = Option<Uuid>)]
    concert_id: Option<IdText>,
    /// The date, in the venue's time zone; goes with `concertId`.
    #[schema(value_type = Option<NaiveDate>, example = "2026-12-24")]
    date: Option<DateText>,
    /// The numbers of the seats, each once. Not together with `count`.
    #[schema(min_items = 1, max_items = 100, example = json!([7]))]
    seat_numbers: Option<Vec<i64>>,
    /// How many seats, of which the best that are free are chosen.
    #[schema(minimum = 1, maximum = 100, example = 2)]
    count: Option<i64>,
    /// The section in which they must be; goes with `count`. Anywhere, if left out.
    #[schema(max_length = 50, example = "Floor")]
    section: Option<String>,
    /// Whether they must be side by side in one row; goes with `count`.
    #[schema(default = true)]
    together: Option<bool>,
}

impl HoldBody {
    pub(super) fn parse(self, key: Option<IdempotencyKey>) -> Result<HoldRequest, Problem> {
        let performance = self.choice()?;
        Ok(HoldRequest { performance, seats: self.seats()?, key })
    }

    fn seats(self) -> Result<SeatChoice, Problem> {
        const ONE_WAY: &str =
            "Ask for seats either by seatNumbers, or by count, with which section and together go.";
        let count = match (self.seat_numbers, self.count) {
            (None, Some(count)) => count,
            (Some(_), Some(_)) => return Err(Problem::invalid("count", ONE_WAY)),
            (Some(_), None) if self.section.is_some() => return Err(Problem::invalid("section", ONE_WAY)),
            (Some(_), None) if self.together.is_some() => return Err(Problem::invalid("together", ONE_WAY)),
            (Some(numbers), None) => return Ok(SeatChoice::Named(SeatSelection::parse(&numbers)?)),
            (None, None) => {
                return Err(Problem::malformed("The field seatNumbers is missing.").field("seatNumbers"));
            }
        };
        let wish = BestSeats::parse(count, self.together.unwrap_or(true));
        let wish = wish.map_err(|error| Problem::invalid("count", sentence(&error)))?;
        let Some(name) = self.section else { return Ok(SeatChoice::Best(wish)) };
        // A name that no section can have is unknown like any other.
        let name = SectionName::parse(&name).map_err(|_| Problem::new(Code::SectionNotFound))?;
        Ok(SeatChoice::Best(wish.of_section(name)))
    }

    fn choice(&self) -> Result<PerformanceChoice, Problem> {
        const ONE_WAY: &str = "Name the performance either by performanceId, or by concertId and date.";
        match (self.performance_id, self.concert_id, self.date) {
            (Some(id), None, None) => Ok(PerformanceChoice::Performance(PerformanceId::new(id.0))),
            (None, Some(id), Some(date)) => Ok(PerformanceChoice::Date(ConcertId::new(id.0), date.0)),
            (None, Some(_), None) => Err(Problem::invalid("date", ONE_WAY)),
            (None, None, Some(_)) => Err(Problem::invalid("concertId", ONE_WAY)),
            (None, None, None) | (Some(_), _, _) => Err(Problem::invalid("performanceId", ONE_WAY)),
        }
    }
}

/// One or more seats of one performance for one user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reservation)]
#[serde(rename_all = "camelCase")]
pub(in crate::routes) struct ReservationBody {
    /// The reservation's id.
    reservation_id: Uuid,
    /// The concert's id.
    concert_id: Uuid,
    /// The performance's id.
    performance_id: Uuid,
    /// Its seats, by number. Those that were given back of a paid one are among them; its payment says which.
    seats: Vec<ReservedSeatBody>,
    /// The sum of their prices: what is to be paid, or was.
    amount: Points,
    /// Its state.
    state: ReservationStateBody,
    /// The instant at which the seats were held.
    held_at: DateTime<Utc>,
    /// The instant until which they are held unless paid.
    expires_at: DateTime<Utc>,
    /// The payment by which it was paid; null when it was not.
    #[schema(required)]
    payment_id: Option<Uuid>,
}

/// A seat of a reservation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReservedSeat)]
struct ReservedSeatBody {
    /// Its number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 7)]
    number: u32,
    /// Its section.
    #[schema(example = "Floor")]
    section: String,
    /// Its price when it was held.
    price: Points,
}

/// State of a reservation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReservationState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ReservationStateBody {
    /// Its seats are held, unpaid.
    Held,
    /// The seats are bought.
    Paid,
    /// It was not paid in time.
    Expired,
    /// Its user cancelled it, or the performance was cancelled before it was paid.
    Cancelled,
    /// It was paid and all of its seats were given back.
    Refunded,
}

impl From<Reservation> for ReservationBody {
    fn from(reservation: Reservation) -> Self {
        let (state, payment_id) = match reservation.state {
            ReservationState::Held => (ReservationStateBody::Held, None),
            ReservationState::Paid { payment_id, .. } => (ReservationStateBody::Paid, Some(payment_id)),
            ReservationState::Expired { .. } => (ReservationStateBody::Expired, None),
            ReservationState::Cancelled { .. } => (ReservationStateBody::Cancelled, None),
            ReservationState::Refunded { payment_id, .. } => {
                (ReservationStateBody::Refunded, Some(payment_id))
            }
        };
        Self {
            reservation_id: reservation.id.uuid(),
            concert_id: reservation.concert_id.uuid(),
            performance_id: reservation.performance_id.uuid(),
            seats: reservation.seats.into_iter().map(ReservedSeatBody::from).collect(),
            amount: reservation.amount.into(),
            state,
            held_at: reservation.held_at,
            expires_at: reservation.expires_at,
            payment_id: payment_id.map(PaymentId::uuid),
        }
    }
}

impl From<ReservedSeat> for ReservedSeatBody {
    fn from(seat: ReservedSeat) -> Self {
        Self { number: seat.number.get(), section: seat.section, price: seat.price.into() }
    }
}
