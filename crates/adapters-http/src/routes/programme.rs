//! The programme: concerts, bookable dates and performances, for anybody.

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};
use seatline_application::programme::ProgrammeError;
use seatline_domain::concert::{Concert, Performance, PerformanceAvailability};
use seatline_domain::id::ConcertId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, json};
use crate::operation::{Operation, QueryParameter, Tag, Verb};
use crate::problem::{Code, Problem};
use crate::wire::{PageBody, Points};

pub(super) fn operations() -> Vec<Operation> {
    let concert_errors = [Code::ConcertNotFound, Code::Unavailable];
    vec![
        Operation::new(Verb::Get, "/api/v1/concerts", "listConcerts", Tag::Programme, list_concerts)
            .about("The concerts", "In the order in which they were added.")
            .paged()
            .answers::<PageBody<ConcertBody>>(200, "One page of them.", &[])
            .errors(&[Code::Unavailable]),
        Operation::new(Verb::Get, "/api/v1/concerts/{concertId}", "showConcert", Tag::Programme, show_concert)
            .about("One concert", "")
            .answers::<ConcertBody>(200, "The concert.", &[])
            .errors(&concert_errors),
        Operation::new(
            Verb::Get,
            "/api/v1/concerts/{concertId}/dates",
            "listBookableDates",
            Tag::Programme,
            list_dates,
        )
        .about(
            "The dates on which a seat can be had",
            "Dates, in the venue's time zone, with a performance that is on sale, has not started and has a free seat.",
        )
        .answers::<DatesBody>(200, "The dates, ascending; none is an empty list.", &[])
        .errors(&concert_errors),
        Operation::new(
            Verb::Get,
            "/api/v1/concerts/{concertId}/performances",
            "listPerformances",
            Tag::Programme,
            list_performances,
        )
        .about("The performances of a concert", "By start, with how many seats are free.")
        .query([QueryParameter::Date, QueryParameter::Bookable])
        .paged()
        .answers::<PageBody<PerformanceBody>>(200, "One page of them.", &[])
        .errors(&concert_errors),
    ]
}

async fn list_concerts(call: Call) -> Result<HttpResponse, Problem> {
    let page = call.seatline().list_concerts.execute(call.page()?).await?;
    Ok(json(&PageBody::render(page, ConcertBody::from)))
}

async fn show_concert(call: Call) -> Result<HttpResponse, Problem> {
    let concert = call.seatline().show_concert.execute(call.path_id()?).await?;
    Ok(json(&ConcertBody::from(concert)))
}

async fn list_dates(call: Call) -> Result<HttpResponse, Problem> {
    let concert_id: ConcertId = call.path_id()?;
    let dates = call.seatline().list_bookable_dates.execute(concert_id).await?;
    Ok(json(&DatesBody { concert_id: concert_id.uuid(), dates: dates.into_iter().collect() }))
}

async fn list_performances(call: Call) -> Result<HttpResponse, Problem> {
    let (concert_id, date, bookable) = (call.path_id()?, call.query_date()?, call.query_flag("bookable")?);
    let page = call.seatline().list_performances.execute(concert_id, date, bookable, call.page()?).await?;
    Ok(json(&PageBody::render(page, PerformanceBody::from)))
}

impl From<ProgrammeError> for Problem {
    fn from(error: ProgrammeError) -> Self {
        match error {
            ProgrammeError::ConcertNotFound => Self::new(Code::ConcertNotFound),
            ProgrammeError::Storage(error) => error.into(),
        }
    }
}

/// A concert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Concert)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConcertBody {
    /// Which concert.
    concert_id: Uuid,
    /// Its title.
    #[schema(example = "Winter Gala")]
    title: String,
    /// Where it takes place.
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
    /// Of which concert.
    concert_id: Uuid,
    /// The dates, in the venue's time zone, ascending.
    #[schema(example = json!(["2026-12-24"]))]
    dates: Vec<NaiveDate>,
}

/// A performance and how many of its seats are free.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Performance)]
#[serde(rename_all = "camelCase")]
pub(super) struct PerformanceBody {
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
    /// From when its seats can be reserved; null for at once.
    #[schema(required)]
    sales_open_at: Option<DateTime<Utc>>,
    /// How many seats it has.
    #[schema(minimum = 1, maximum = 100_000, example = 50)]
    total_seats: u32,
    /// How many of them are free.
    #[schema(minimum = 0, maximum = 100_000, example = 42)]
    available_seats: u32,
    /// The lowest price of a seat.
    price_from: Points,
    /// The highest price of a seat.
    price_to: Points,
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
