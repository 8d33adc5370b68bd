//! The programme: concerts, bookable dates and performances, for anybody.

use actix_web::web::Json;
use chrono::{DateTime, NaiveDate, Utc};
use seatline_application::programme::{BookableDates, ProgrammeError};
use seatline_domain::concert::{Concert, Performance, PerformanceAvailability};
use seatline_domain::id::{ConcertId, PerformanceId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Page, Path, Query};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::{DateText, List, PageBody, Points};

type ConcertPage = PageBody<ConcertBody>;
type PerformancePage = PageBody<PerformanceBody>;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let of_a_concert = [Code::ConcertNotFound, Code::Unavailable];
    vec![
        endpoint!(list_concerts).errors(&[Code::RateLimited, Code::Unavailable]),
        endpoint!(show_concert).errors(&of_a_concert),
        endpoint!(list_bookable_dates).errors(&of_a_concert),
        endpoint!(list_performances).errors(&of_a_concert),
        endpoint!(show_performance).errors(&[Code::PerformanceNotFound, Code::Unavailable]),
    ]
}

/// List the concerts
///
/// In the order in which they were added. May be a second old.
#[utoipa::path(get, path = "/api/v1/concerts", operation_id = "listConcerts", tag = "Programme", responses(
    (status = 200, description = "One page of them.", body = ConcertPage),
))]
async fn list_concerts(page: Page, app: State) -> Result<Json<ConcertPage>, Problem> {
    let list = List::named("concerts");
    let page = app.seatline.list_concerts.execute(page.of(&list)?).await?;
    Ok(Json(PageBody::render(page, &list, ConcertBody::from)))
}

/// Show one concert
#[utoipa::path(get, path = "/api/v1/concerts/{concertId}", operation_id = "showConcert", tag = "Programme", responses(
    (status = 200, description = "The concert.", body = ConcertBody),
))]
async fn show_concert(concert: Path<ConcertId>, app: State) -> Result<Json<ConcertBody>, Problem> {
    let concert = app.seatline.show_concert.execute(concert.0).await?;
    Ok(Json(concert.into()))
}

/// List the dates on which a seat can be had
///
/// Dates, in the venue's time zone, with a performance that is on sale, has not started and has a free seat. At most the next
/// 1,000 performances are looked at; `complete` says whether these were all. May be a second old.
#[utoipa::path(
    get, path = "/api/v1/concerts/{concertId}/dates", operation_id = "listBookableDates", tag = "Programme",
    responses((status = 200, description = "The dates, ascending; none is an empty list.", body = DatesBody)),
)]
async fn list_bookable_dates(concert: Path<ConcertId>, app: State) -> Result<Json<DatesBody>, Problem> {
    let dates = app.seatline.list_bookable_dates.execute(concert.0).await?;
    let BookableDates { dates, complete } = dates;
    Ok(Json(DatesBody { concert_id: concert.0.uuid(), dates: dates.into_iter().collect(), complete }))
}

/// List the performances of a concert
///
/// By start, with how many seats are free. A page may hold fewer than `limit`, and with `bookable` even none: at most 500,000
/// seats are counted for one, and at most 500 performances looked at. `nextCursor` is null on the last one only. May be a
/// second old.
#[utoipa::path(
    get, path = "/api/v1/concerts/{concertId}/performances", operation_id = "listPerformances", tag = "Programme",
    responses((status = 200, description = "One page of them.", body = PerformancePage)),
)]
async fn list_performances(
    concert: Path<ConcertId>,
    filter: Query<PerformanceFilter>,
    page: Page,
    app: State,
) -> Result<Json<PerformancePage>, Problem> {
    let (date, bookable) = (filter.0.date.map(|date| date.0), filter.0.bookable);
    let list = List::named("performances").of_concert(concert.0).filtered(date).filtered(bookable);
    let page = page.of(&list)?;
    let page = app.seatline.list_performances.execute(concert.0, date, bookable, page).await?;
    Ok(Json(PageBody::render(page, &list, PerformanceBody::from)))
}

/// Show one performance
///
/// With how many of its seats are free.
#[utoipa::path(
    get, path = "/api/v1/performances/{performanceId}", operation_id = "showPerformance", tag = "Programme",
    responses((status = 200, description = "The performance.", body = PerformanceBody)),
)]
async fn show_performance(
    performance: Path<PerformanceId>,
    app: State,
) -> Result<Json<PerformanceBody>, Problem> {
    let performance = app.seatline.show_performance.execute(performance.0).await?;
    Ok(Json(performance.into()))
}

/// The performances that a client wants to see.
#[derive(Debug, Deserialize, IntoParams)]
struct PerformanceFilter {
    /// Only performances on this date, in the venue's time zone.
    #[param(value_type = Option<NaiveDate>, nullable = false)]
    date: Option<DateText>,
    /// `true` for performances that can be booked now: on sale, not cancelled or started, with a free seat; `false` for the others.
    #[param(nullable = false)]
    bookable: Option<bool>,
}

impl From<ProgrammeError> for Problem {
    fn from(error: ProgrammeError) -> Self {
        match error {
            ProgrammeError::ConcertNotFound => Self::new(Code::ConcertNotFound),
            ProgrammeError::PerformanceNotFound => Self::new(Code::PerformanceNotFound),
            ProgrammeError::Storage(error) => error.into(),
        }
    }
}

/// A concert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Concert)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConcertBody {
    /// The concert's id.
    concert_id: Uuid,
    /// Its title.
    #[schema(example = "Winter Gala")]
    title: String,
    /// The place.
    #[schema(example = "Grand Hall, Seoul")]
    venue: String,
    /// The venue's IANA time zone, which decides on what date a performance is.
    #[schema(example = "Asia/Seoul")]
    timezone: &'static str,
    /// The most seats one user may hold and own of it, together.
    #[schema(minimum = 1, maximum = 100, example = 1)]
    max_seats_per_user: u32,
}

impl From<Concert> for ConcertBody {
    fn from(concert: Concert) -> Self {
        Self {
            concert_id: concert.id.uuid(),
            title: concert.title.as_str().to_owned(),
            venue: concert.venue.as_str().to_owned(),
            timezone: concert.timezone.name(),
            max_seats_per_user: concert.max_seats_per_user.get(),
        }
    }
}

/// The dates on which a seat can be had.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BookableDates)]
#[serde(rename_all = "camelCase")]
struct DatesBody {
    /// The concert's id.
    concert_id: Uuid,
    /// The dates, in the venue's time zone, ascending.
    #[schema(example = json!(["2026-12-24"]))]
    dates: Vec<NaiveDate>,
    /// Whether these are all. When not, `GET …/performances?bookable=true` tells the others, page by page.
    complete: bool,
}

/// A performance and how many of its seats are free.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Performance)]
#[serde(rename_all = "camelCase")]
pub(super) struct PerformanceBody {
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
    /// The instant from which its seats can be reserved; null for at once.
    #[schema(required)]
    sales_open_at: Option<DateTime<Utc>>,
    /// The instant from which none can be reserved any more; null for its start.
    #[schema(required)]
    sales_close_at: Option<DateTime<Utc>>,
    /// The instant until which buyers may give seats back, before the start; null for never.
    #[schema(required)]
    refundable_until: Option<DateTime<Utc>>,
    /// Whether it takes place.
    state: PerformanceStateBody,
    /// The number of its seats.
    #[schema(minimum = 1, maximum = 100_000, example = 50)]
    total_seats: u32,
    /// The number of them that are free; none of a cancelled one.
    #[schema(minimum = 0, maximum = 100_000, example = 42)]
    available_seats: u32,
    /// The lowest price of a seat.
    price_from: Points,
    /// The highest price of a seat.
    price_to: Points,
}

/// State of a performance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PerformanceState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum PerformanceStateBody {
    /// It takes place.
    Scheduled,
    /// It was cancelled, for good.
    Cancelled,
}

impl PerformanceStateBody {
    /// The state of one that was cancelled, or not.
    pub(super) const fn of(cancelled: bool) -> Self {
        if cancelled { Self::Cancelled } else { Self::Scheduled }
    }
}

impl PerformanceBody {
    /// A performance with so many free seats.
    pub(super) fn new(performance: &Performance, available_seats: u32) -> Self {
        Self {
            performance_id: performance.id.uuid(),
            concert_id: performance.concert_id.uuid(),
            date: performance.date,
            starts_at: performance.starts_at,
            sales_open_at: performance.sales_open_at,
            sales_close_at: performance.sales_close_at,
            refundable_until: performance.refundable_until,
            state: PerformanceStateBody::of(performance.is_cancelled()),
            total_seats: performance.total_seats,
            available_seats,
            price_from: performance.price_from.into(),
            price_to: performance.price_to.into(),
        }
    }
}

impl From<PerformanceAvailability> for PerformanceBody {
    fn from(availability: PerformanceAvailability) -> Self {
        Self::new(&availability.performance, availability.available_seats)
    }
}
