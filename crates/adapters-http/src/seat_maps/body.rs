//! What is shown of seats, in JSON.

use actix_web::web::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use seatline_domain::concert::Performance;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{Code, Problem};
use crate::wire::Points;

/// What ends a map, and the maps of a date.
pub(super) const CLOSE: &[u8] = b"]}";

/// A performance with its seats.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeatMap)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SeatMapBody<'s> {
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
pub(super) struct SeatBody<'s> {
    /// Its number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 7)]
    pub(super) number: u32,
    /// Its section.
    #[schema(example = "Floor")]
    pub(super) section: &'s str,
    /// Its price.
    pub(super) price: Points,
    /// Its state.
    pub(super) state: SeatStateBody,
    /// Whether it is the caller who holds or owns it.
    pub(super) mine: bool,
}

/// State of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SeatState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum SeatStateBody {
    /// Nobody: it can be reserved.
    Available,
    /// Somebody, until they pay or their time is up.
    Held,
    /// Somebody, for good.
    Sold,
    /// It is not for sale: kept back or, unless it is sold, of a cancelled performance.
    Blocked,
}

/// The seats of every performance on one date.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeatsOfDate)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DateSeatsBody<'s> {
    /// The concert's id.
    pub(crate) concert_id: Uuid,
    /// The date, in the venue's time zone.
    #[schema(example = "2026-12-24")]
    pub(crate) date: NaiveDate,
    /// The performances on that date, by start.
    pub(crate) performances: Vec<SeatMapBody<'s>>,
}

impl<'s> SeatMapBody<'s> {
    /// A performance with so many free seats, without the seats.
    pub(crate) fn without_seats(performance: &Performance, available_seats: u32) -> Self {
        Self::new(performance, available_seats, None)
    }

    /// A performance with so many free seats, and those asked for.
    pub(super) fn new(
        performance: &Performance,
        available_seats: u32,
        seats: Option<Vec<SeatBody<'s>>>,
    ) -> Self {
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

/// A body that ends with an empty list, in JSON and without its end.
pub(super) fn opened(body: &impl Serialize) -> Result<Bytes, Problem> {
    let json = serde_json::to_vec(body).map_err(|error| Problem::new(Code::InternalError).because(&error))?;
    let head = json.strip_suffix(CLOSE).map(Bytes::copy_from_slice);
    head.ok_or_else(|| Problem::new(Code::InternalError).because(&"a body does not end with its list"))
}
