//! Seat maps, for those whose turn it is.

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};
use seatline_application::seats::{PerformanceSeats, SeatsError};
use seatline_domain::Timestamp;
use seatline_domain::id::{ConcertId, PerformanceId, UserId};
use seatline_domain::seat::{Seat, SeatState};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, Rendering, revalidated};
use crate::operation::{Access, AnswerHeader, Operation, QueryParameter, Tag, Verb};
use crate::problem::{Code, Problem};
use crate::wire::Points;

pub(super) fn operations() -> Vec<Operation> {
    let headers = [AnswerHeader::ETag, AnswerHeader::CacheControl];
    let current = "The client has the current content already.";
    vec![
        Operation::new(
            Verb::Get,
            "/api/v1/performances/{performanceId}/seats",
            "showSeats",
            Tag::Seats,
            show_seats,
        )
        .about("The seats of a performance", "All of them with who has them, by number.")
        .access(Access::InTurn)
        .query([QueryParameter::Available])
        .revalidated()
        .answers::<SeatMapBody<'_>>(200, "The seats as they are now.", &headers)
        .answers_plainly(304, current, None)
        .errors(&[Code::PerformanceNotFound, Code::Unavailable]),
        Operation::new(
            Verb::Get,
            "/api/v1/concerts/{concertId}/dates/{date}/seats",
            "showSeatsOfDate",
            Tag::Seats,
            show_seats_of_date,
        )
        .about("The seats of every performance on one date", "By start of the performance.")
        .access(Access::InTurn)
        .query([QueryParameter::Available])
        .revalidated()
        .answers::<DateSeatsBody<'_>>(200, "The seats as they are now.", &headers)
        .answers_plainly(304, current, None)
        .errors(&[Code::ConcertNotFound, Code::DateNotFound, Code::Unavailable]),
    ]
}

async fn show_seats(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    let performance_id: PerformanceId = call.path_id()?;
    let claims = call.queue_claims(user_id)?;
    let available = call.query_flag("available")?;
    let seats = call.seatline().show_seats.execute(&claims, performance_id).await?;
    let render = || Rendering::of(&SeatMapBody::render(&seats, user_id, available));
    // Whoever has none of the seats sees what everybody sees who has none.
    let rendering = if seats.map.concerns(user_id) {
        render()?
    } else {
        call.seat_map_renderings().of(&seats.map, available, render)?
    };
    Ok(revalidated(&call, rendering))
}

async fn show_seats_of_date(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    let (concert_id, date): (ConcertId, _) = (call.path_id()?, call.path_date()?);
    let claims = call.queue_claims(user_id)?;
    let available = call.query_flag("available")?;
    let shown = call.seatline().show_seats_of_date.execute(&claims, concert_id, date).await?;
    let performances = shown.iter().map(|seats| SeatMapBody::render(seats, user_id, available)).collect();
    let body = DateSeatsBody { concert_id: concert_id.uuid(), date, performances };
    Ok(revalidated(&call, Rendering::of(&body)?))
}

impl From<SeatsError> for Problem {
    fn from(error: SeatsError) -> Self {
        match error {
            SeatsError::ConcertNotFound => Self::new(Code::ConcertNotFound),
            SeatsError::PerformanceNotFound => Self::new(Code::PerformanceNotFound),
            SeatsError::DateNotFound => Self::new(Code::DateNotFound),
            SeatsError::Turn(refusal) => refusal.into(),
            SeatsError::Storage(error) => error.into(),
        }
    }
}

/// A performance with its seats.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeatMap)]
#[serde(rename_all = "camelCase")]
struct SeatMapBody<'s> {
    /// Which performance.
    performance_id: Uuid,
    /// Of which concert.
    concert_id: Uuid,
    /// The date on which it starts, in the venue's time zone.
    #[schema(example = "2026-12-24")]
    date: NaiveDate,
    /// When it starts.
    #[schema(example = "2026-12-24T10:00:00Z")]
    starts_at: DateTime<Utc>,
    /// How many seats it has.
    #[schema(minimum = 1, maximum = 100_000, example = 50)]
    total_seats: u32,
    /// How many of them are free.
    #[schema(minimum = 0, maximum = 100_000, example = 42)]
    available_seats: usize,
    /// The seats asked for, by number.
    seats: Vec<SeatBody<'s>>,
}

/// A seat and who has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Seat)]
#[serde(rename_all = "camelCase")]
struct SeatBody<'s> {
    /// Its number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 7)]
    number: u32,
    /// Its section.
    #[schema(example = "Floor")]
    section: &'s str,
    /// Its price.
    price: Points,
    /// Who has it.
    state: SeatStateBody,
    /// Whether it is the caller who holds or owns it.
    mine: bool,
}

/// Who has a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SeatState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SeatStateBody {
    /// Nobody: it can be reserved.
    Available,
    /// Somebody, until they pay or their time is up.
    Held,
    /// Somebody, for good.
    Sold,
    /// It is not for sale.
    Blocked,
}

/// The seats of every performance on one date.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeatsOfDate)]
#[serde(rename_all = "camelCase")]
struct DateSeatsBody<'s> {
    /// Of which concert.
    concert_id: Uuid,
    /// The date, in the venue's time zone.
    #[schema(example = "2026-12-24")]
    date: NaiveDate,
    /// The performances on that date, by start.
    performances: Vec<SeatMapBody<'s>>,
}

impl<'s> SeatMapBody<'s> {
    /// `available` keeps the free seats, or those that are not free.
    fn render(shown: &'s PerformanceSeats, user_id: UserId, available: Option<bool>) -> Self {
        let PerformanceSeats { performance, map } = shown;
        let all = || map.seats.iter().map(|seat| SeatBody::render(seat, user_id, map.as_of));
        let is_free = |seat: &SeatBody<'_>| seat.state == SeatStateBody::Available;
        Self {
            performance_id: performance.id.uuid(),
            concert_id: performance.concert_id.uuid(),
            date: performance.date,
            starts_at: performance.starts_at,
            total_seats: performance.total_seats,
            available_seats: all().filter(is_free).count(),
            seats: all().filter(|seat| available.is_none_or(|wanted| wanted == is_free(seat))).collect(),
        }
    }
}

impl<'s> SeatBody<'s> {
    fn render(seat: &'s Seat, caller: UserId, as_of: Timestamp) -> Self {
        let (state, mine) = match seat.state_at(as_of) {
            SeatState::Available => (SeatStateBody::Available, false),
            SeatState::Held { user_id, .. } => (SeatStateBody::Held, user_id == caller),
            SeatState::Sold { user_id, .. } => (SeatStateBody::Sold, user_id == caller),
            SeatState::Blocked => (SeatStateBody::Blocked, false),
        };
        Self { number: seat.key.number.get(), section: &seat.section, price: seat.price.into(), state, mine }
    }
}
