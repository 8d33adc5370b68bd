//! Adding a concert with its waiting room.

use chrono_tz::Tz;
use seatline_application::operators::ConcertRequest;
use seatline_domain::concert::{ConcertError, SeatLimit, policy};
use serde::Deserialize;
use utoipa::ToSchema;

use super::queue::NewQueueBody;
use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Operator, OperatorBody, OptionalKey, sentence, text};
use crate::problem::{Code, Problem};
use crate::routes::programme::ConcertBody;
use crate::settings::HttpSettings;
use crate::state::State;
use crate::wire::Object;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(add_concert).errors(&[Code::InvalidValue, Code::Unavailable])
}

/// Add a concert
///
/// And open its waiting room.
#[utoipa::path(post, path = "/api/v1/admin/concerts", operation_id = "addConcert", tag = "Operators", responses(
    (status = 201, description = "The concert.", body = ConcertBody,
     headers(("Location"), ("Idempotency-Replayed"))),
))]
async fn add_concert(
    operator: Operator,
    key: OptionalKey,
    body: OperatorBody<NewConcertBody>,
    app: State,
) -> Result<Replayable<ConcertBody>, Problem> {
    let request = body.read().await?.parse(&app.settings)?;
    let answer = app.seatline.add_concert.execute(operator.0, request, key.0).await?;
    let location = format!("/api/v1/concerts/{}", answer.value.id);
    Ok(Replayable::new(answer, Some(location)))
}

impl From<ConcertError> for Problem {
    fn from(error: ConcertError) -> Self {
        match error {
            ConcertError::NotFound => Self::new(Code::ConcertNotFound),
            ConcertError::SeatLimit => Self::invalid("maxSeatsPerUser", sentence(&error)),
            ConcertError::KeyReused(reused) => reused.into(),
            ConcertError::Storage(error) => error.into(),
        }
    }
}

/// A concert to add.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewConcert)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewConcertBody {
    /// Its title. Trimmed and composed (NFC); one line, with something to see.
    #[schema(min_length = 1, max_length = 200, example = "Winter Gala")]
    title: String,
    /// The place. Trimmed and composed (NFC); one line, with something to see.
    #[schema(min_length = 1, max_length = 200, example = "Grand Hall, Seoul")]
    venue: String,
    /// The venue's IANA time zone, which decides on what date a performance is; `Asia/Seoul` unless said otherwise.
    #[schema(default = "Asia/Seoul", example = "Asia/Seoul")]
    timezone: Option<String>,
    /// The most seats one user may hold and own of it, together.
    #[schema(minimum = 1, maximum = 100, default = 1)]
    max_seats_per_user: Option<i64>,
    /// The settings of its waiting room.
    #[schema(value_type = Option<NewQueueBody>)]
    queue: Option<Object<NewQueueBody>>,
}

impl NewConcertBody {
    fn parse(self, settings: &HttpSettings) -> Result<ConcertRequest, Problem> {
        Ok(ConcertRequest {
            title: text("title", &self.title)?,
            venue: text("venue", &self.venue)?,
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

pub(super) fn parse_seat_limit(limit: i64) -> Result<SeatLimit, Problem> {
    let parsed = u32::try_from(limit).map_err(|_| ConcertError::SeatLimit).and_then(SeatLimit::parse);
    parsed.map_err(Problem::from)
}
