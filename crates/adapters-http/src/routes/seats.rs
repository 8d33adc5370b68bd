//! Seat maps, for those whose turn it is.

use chrono::{DateTime, NaiveDate, Utc};
use seatline_application::seats::{PerformanceSeats, SeatsError, SeatsOfDate};
use seatline_domain::Timestamp;
use seatline_domain::concert::{Performance, PerformanceAvailability};
use seatline_domain::id::{ConcertId, PerformanceId, UserId};
use seatline_domain::seat::{Seat, SeatState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::answer::Revalidated;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{IfNoneMatch, InTurn, LimitedUser, Path, Query};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::rendering::Rendering;
use crate::state::State;
use crate::wire::Points;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(show_seats).limited(Limited::Seats).errors(&[Code::PerformanceNotFound, Code::Unavailable]),
        endpoint!(show_seats_of_date).limited(Limited::Seats).errors(&[
            Code::ConcertNotFound,
            Code::DateNotFound,
            Code::Unavailable,
        ]),
    ]
}

/// Show the seats of a performance
///
/// All of them with who has them, by number.
#[utoipa::path(get, path = "/api/v1/performances/{performanceId}/seats", operation_id = "showSeats", tag = "Seats", responses(
    (status = 200, description = "The seats as they are now.", body = SeatMapBody<'_>,
     headers(("ETag"), ("Cache-Control"))),
    (status = 304, description = "The client has the current content already."),
))]
async fn show_seats(
    LimitedUser(user): LimitedUser,
    performance: Path<PerformanceId>,
    turn: InTurn,
    filter: Query<SeatFilter>,
    known: IfNoneMatch,
    app: State,
) -> Result<Revalidated, Problem> {
    let seats = app.seatline.show_seats.execute(&turn.0, performance.0).await?;
    let available = filter.0.available;
    let render = || Rendering::of(&SeatMapBody::render(&seats, user.id, available));
    // Whoever has none of the seats sees what everybody sees who has none.
    let rendering = if seats.map.concerns(user.id) {
        render()?
    } else {
        app.seat_maps.of(&seats.map, available, render)?
    };
    Ok(Revalidated::new(rendering, &known))
}

/// Show the seats of every performance on one date
///
/// By start of the performance. Beyond 100,000 seats together, `seats` is null: ask for each performance by itself.
#[utoipa::path(
    get, path = "/api/v1/concerts/{concertId}/dates/{date}/seats", operation_id = "showSeatsOfDate", tag = "Seats",
    responses(
        (status = 200, description = "The seats as they are now.", body = DateSeatsBody<'_>,
         headers(("ETag"), ("Cache-Control"))),
        (status = 304, description = "The client has the current content already."),
    ),
)]
async fn show_seats_of_date(
    LimitedUser(user): LimitedUser,
    concert: Path<ConcertId>,
    date: Path<NaiveDate>,
    turn: InTurn,
    filter: Query<SeatFilter>,
    known: IfNoneMatch,
    app: State,
) -> Result<Revalidated, Problem> {
    let shown = app.seatline.show_seats_of_date.execute(&turn.0, concert.0, date.0).await?;
    let available = filter.0.available;
    let performances = match &shown {
        SeatsOfDate::Maps(maps) => {
            maps.iter().map(|seats| SeatMapBody::render(seats, user.id, available)).collect()
        }
        SeatsOfDate::TooMany(performances) => {
            let alone =
                |one: &PerformanceAvailability| SeatMapBody::new(&one.performance, one.available_seats, None);
            performances.iter().map(alone).collect()
        }
    };
    let body = DateSeatsBody { concert_id: concert.0.uuid(), date: date.0, performances };
    Ok(Revalidated::new(Rendering::of(&body)?, &known))
}

/// The seats that a client wants to see.
#[derive(Debug, Deserialize, IntoParams)]
struct SeatFilter {
    /// `true` for the free seats only; `false` for those that are not free. Without it, all seats.
    #[param(nullable = false)]
    available: Option<bool>,
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
    /// The performance's id.
    performance_id: Uuid,
    /// The concert's id.
    concert_id: Uuid,
    /// The date on which it starts, in the venue's time zone.
    #[schema(example = "2026-12-24")]
    date: NaiveDate,
    /// Its start.
    #[schema(example = "2026-12-24T10:00:00Z")]
    starts_at: DateTime<Utc>,
    /// The number of its seats.
    #[schema(minimum = 1, maximum = 100_000, example = 50)]
    total_seats: u32,
    /// The number of them that are free.
    #[schema(minimum = 0, maximum = 100_000, example = 42)]
    available_seats: u32,
    /// The seats asked for, by number. Null in the seats of a date that has more than 100,000 together, and nowhere else.
    #[schema(required)]
    seats: Option<Vec<SeatBody<'s>>>,
}

/// A seat and its state.
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
    /// Its state.
    state: SeatStateBody,
    /// Whether it is the caller who holds or owns it.
    mine: bool,
}

/// State of a seat.
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
    /// The concert's id.
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
        let free = u32::try_from(all().filter(is_free).count()).unwrap_or(u32::MAX);
        let seats = all().filter(|seat| available.is_none_or(|wanted| wanted == is_free(seat))).collect();
        Self::new(performance, free, Some(seats))
    }

    fn new(performance: &Performance, available_seats: u32, seats: Option<Vec<SeatBody<'s>>>) -> Self {
        Self {
            performance_id: performance.id.uuid(),
            concert_id: performance.concert_id.uuid(),
            date: performance.date,
            starts_at: performance.starts_at,
            total_seats: performance.total_seats,
            available_seats,
            seats,
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
