//! Adding a concert with its waiting room.

use actix_web::HttpResponse;
use chrono_tz::Tz;
use seatline_application::operators::ConcertRequest;
use seatline_domain::concert::{SeatLimit, policy};
use serde::Deserialize;
use utoipa::ToSchema;

use super::queue::NewQueueBody;
use crate::call::{Call, created};
use crate::operation::{Access, AnswerHeader, Operation, Tag, Verb};
use crate::problem::{Code, Problem};
use crate::routes::programme::ConcertBody;
use crate::settings::HttpSettings;
use crate::wire::{Object, parse_text};

pub(super) fn operation() -> Operation {
    Operation::new(Verb::Post, "/api/v1/admin/concerts", "addConcert", Tag::Operators, add)
        .about("Add a concert", "And open its waiting room.")
        .access(Access::Operator)
        .body::<NewConcertBody>()
        .answers::<ConcertBody>(201, "The concert.", &[AnswerHeader::Location])
        .errors(&[Code::InvalidValue, Code::Unavailable])
}

async fn add(call: Call) -> Result<HttpResponse, Problem> {
    let seatline = call.seatline();
    let operator = call.operator().await?;
    let settings = call.settings().clone();
    let body: NewConcertBody = call.json().await?;
    let concert = seatline.add_concert.execute(operator, body.parse(&settings)?).await?;
    let location = format!("/api/v1/concerts/{}", concert.id);
    Ok(created(Some(location), &ConcertBody::from(concert)))
}

/// A concert to add.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewConcert)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewConcertBody {
    /// Its title. Trimmed; no control characters.
    #[schema(min_length = 1, max_length = 200, example = "Winter Gala")]
    title: String,
    /// Where it takes place. Trimmed; no control characters.
    #[schema(min_length = 1, max_length = 200, example = "Grand Hall, Seoul")]
    venue: String,
    /// The venue's IANA time zone.
    #[schema(default = "Asia/Seoul", example = "Asia/Seoul")]
    timezone: Option<String>,
    /// The most seats one user may hold and own of it, together.
    #[schema(minimum = 1, maximum = 100, default = 1)]
    max_seats_per_user: Option<i64>,
    /// How its waiting room starts.
    #[schema(value_type = Option<NewQueueBody>)]
    queue: Option<Object<NewQueueBody>>,
}

impl NewConcertBody {
    fn parse(self, settings: &HttpSettings) -> Result<ConcertRequest, Problem> {
        Ok(ConcertRequest {
            title: parse_text("title", &self.title)?,
            venue: parse_text("venue", &self.venue)?,
            timezone: self.timezone.as_deref().map_or(Ok(policy::DEFAULT_TIMEZONE), parse_timezone)?,
            max_seats_per_user: self
                .max_seats_per_user
                .map_or_else(|| Ok(SeatLimit::default()), parse_seat_limit)?,
            queue: self.queue.unwrap_or_default().0.parse(settings)?,
        })
    }
}

fn parse_timezone(name: &str) -> Result<Tz, Problem> {
    let unknown = || {
        Problem::invalid("timezone", "The time zone must be one of the IANA database, such as Asia/Seoul.")
    };
    name.parse().map_err(|_| unknown())
}

fn parse_seat_limit(limit: i64) -> Result<SeatLimit, Problem> {
    u32::try_from(limit).ok().and_then(|limit| SeatLimit::parse(limit).ok()).ok_or_else(|| {
        Problem::invalid(
            "maxSeatsPerUser",
            format!("The seats per user must be 1 to {}.", policy::MAX_SEATS_PER_USER),
        )
    })
}
