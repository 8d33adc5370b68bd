//! Correcting a performance while its seats are sold.

use seatline_domain::concert::{PerformanceChange, PerformanceError};
use seatline_domain::id::PerformanceId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::performances::time_problem;
use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Operator, OperatorBody, OptionalKey, Path};
use crate::problem::{Code, Problem};
use crate::routes::programme::PerformanceBody;
use crate::state::State;
use crate::wire::{InstantText, even_null};

pub(super) fn endpoint() -> Endpoint {
    endpoint!(change_performance).errors(&[
        Code::PerformanceNotFound,
        Code::PerformanceCancelled,
        Code::InvalidValue,
        Code::Unavailable,
    ])
}

/// Change when a performance begins, is sold and can be given back
///
/// While its seats are sold. What is not named stays as it is; null clears what may be absent; naming nothing is refused.
/// Everybody sees it within two seconds. What is held or bought stays so.
#[utoipa::path(
    patch, path = "/api/v1/admin/performances/{performanceId}", operation_id = "changePerformance", tag = "Operators",
    responses((status = 200, description = "The performance.", body = PerformanceBody,
               headers(("Idempotency-Replayed")))),
)]
async fn change_performance(
    operator: Operator,
    performance: Path<PerformanceId>,
    key: OptionalKey,
    body: OperatorBody<PerformanceChangeBody>,
    app: State,
) -> Result<Replayable<PerformanceBody>, Problem> {
    let change = body.read().await?.parse()?;
    let answer = app.seatline.change_performance.execute(operator.0, performance.0, change, key.0).await;
    Ok(Replayable::new(answer.map_err(|error| problem(&error))?, None))
}

fn problem(error: &PerformanceError) -> Problem {
    match error {
        PerformanceError::StartsInPast => {
            Problem::invalid("startsAt", "A performance cannot be moved into the past.")
        }
        error => time_problem(error),
    }
}

/// A change of a performance: at least one of its fields.
#[expect(clippy::option_option, reason = "absent, null and a value are three things")]
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PerformanceChange, min_properties = 1)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PerformanceChangeBody {
    /// Its start, with any offset, in the years 1970 to 9998; not in the past. Its date follows.
    #[schema(value_type = Option<DateTime<Utc>>, nullable = false, example = "2026-12-24T19:00:00+09:00")]
    starts_at: Option<InstantText>,
    /// The instant from which its seats can be reserved, before the start; null for at once.
    #[serde(default, deserialize_with = "even_null")]
    #[schema(value_type = Option<DateTime<Utc>>, example = "2026-11-24T10:00:00+09:00")]
    sales_open_at: Option<Option<InstantText>>,
    /// The instant from which none can be reserved any more, after sales open; null for its start.
    #[serde(default, deserialize_with = "even_null")]
    #[schema(value_type = Option<DateTime<Utc>>, example = "2026-12-24T18:00:00+09:00")]
    sales_close_at: Option<Option<InstantText>>,
    /// The instant until which buyers may give seats back, before the start; null for never.
    #[serde(default, deserialize_with = "even_null")]
    #[schema(value_type = Option<DateTime<Utc>>, example = "2026-12-17T19:00:00+09:00")]
    refundable_until: Option<Option<InstantText>>,
}

impl PerformanceChangeBody {
    fn parse(self) -> Result<PerformanceChange, Problem> {
        const NOTHING: &str = "Name at least one of startsAt, salesOpenAt, salesCloseAt and refundableUntil.";
        let instant = |text: InstantText| text.0;
        let change = PerformanceChange {
            starts_at: self.starts_at.map(instant),
            sales_open_at: self.sales_open_at.map(|text| text.map(instant)),
            sales_close_at: self.sales_close_at.map(|text| text.map(instant)),
            refundable_until: self.refundable_until.map(|text| text.map(instant)),
        };
        if change == PerformanceChange::default() {
            return Err(Problem::invalid("startsAt", NOTHING));
        }
        Ok(change)
    }
}
