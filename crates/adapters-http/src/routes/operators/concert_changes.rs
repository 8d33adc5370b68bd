//! Correcting a concert while its seats are sold.

use seatline_domain::concert::ConcertChange;
use seatline_domain::id::ConcertId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::concerts::parse_seat_limit;
use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Operator, OperatorBody, OptionalKey, Path, text};
use crate::problem::{Code, Problem};
use crate::routes::programme::ConcertBody;
use crate::state::State;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(change_concert).errors(&[Code::ConcertNotFound, Code::InvalidValue, Code::Unavailable])
}

/// Change a concert
///
/// While its seats are sold. What is not named stays as it is; naming nothing is refused. Everybody sees it within two
/// seconds. A lower seat limit takes nothing from anybody.
#[utoipa::path(
    patch, path = "/api/v1/admin/concerts/{concertId}", operation_id = "changeConcert", tag = "Operators",
    responses((status = 200, description = "The concert.", body = ConcertBody, headers(("Idempotency-Replayed")))),
)]
async fn change_concert(
    operator: Operator,
    concert: Path<ConcertId>,
    key: OptionalKey,
    body: OperatorBody<ConcertChangeBody>,
    app: State,
) -> Result<Replayable<ConcertBody>, Problem> {
    let change = body.read().await?.parse()?;
    let answer = app.seatline.change_concert.execute(operator.0, concert.0, change, key.0).await?;
    Ok(Replayable::new(answer, None))
}

/// A change of a concert: at least one of its fields.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConcertChange, min_properties = 1)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConcertChangeBody {
    /// Its title. Trimmed and composed (NFC); one line, with something to see.
    #[schema(min_length = 1, max_length = 200, example = "Winter Gala")]
    title: Option<String>,
    /// The place. Trimmed and composed (NFC); one line, with something to see.
    #[schema(min_length = 1, max_length = 200, example = "Grand Hall, Seoul")]
    venue: Option<String>,
    /// The most seats one user may hold and own of it, together.
    #[schema(minimum = 1, maximum = 100, example = 2)]
    max_seats_per_user: Option<i64>,
}

impl ConcertChangeBody {
    fn parse(self) -> Result<ConcertChange, Problem> {
        let change = ConcertChange {
            title: self.title.map(|title| text("title", &title)).transpose()?,
            venue: self.venue.map(|venue| text("venue", &venue)).transpose()?,
            max_seats_per_user: self.max_seats_per_user.map(parse_seat_limit).transpose()?,
        };
        if change == ConcertChange::default() {
            return Err(Problem::invalid("title", "Name at least one of title, venue and maxSeatsPerUser."));
        }
        Ok(change)
    }
}
