//! Changing the price of a section while its seats are sold.

use seatline_domain::concert::PerformanceError;
use seatline_domain::id::PerformanceId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::performances::time_problem;
use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Operator, OperatorBody, OptionalKey, Path, SectionInPath, amount, sentence};
use crate::problem::{Code, Problem};
use crate::routes::programme::PerformanceBody;
use crate::state::State;
use crate::wire::AmountText;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(change_section).errors(&[
        Code::PerformanceNotFound,
        Code::SectionNotFound,
        Code::PerformanceCancelled,
        Code::InvalidValue,
        Code::Unavailable,
    ])
}

/// Change the price of a section
///
/// While its seats are sold. What is held or sold keeps its price. Everybody sees the new one within two seconds, and holds
/// go by it at once.
#[utoipa::path(
    patch, path = "/api/v1/admin/performances/{performanceId}/sections/{name}", operation_id = "changeSection",
    tag = "Operators",
    responses((status = 200, description = "The performance.", body = PerformanceBody,
               headers(("Idempotency-Replayed")))),
)]
async fn change_section(
    operator: Operator,
    performance: Path<PerformanceId>,
    section: Path<SectionInPath>,
    key: OptionalKey,
    body: OperatorBody<SectionChangeBody>,
    app: State,
) -> Result<Replayable<PerformanceBody>, Problem> {
    let price = amount("price", &body.read().await?.price)?;
    let SectionInPath(Some(name)) = section.0 else { return Err(Problem::new(Code::SectionNotFound)) };
    let change = (name, price);
    let answer = app.seatline.change_section.execute(operator.0, performance.0, change, key.0).await;
    Ok(Replayable::new(answer.map_err(|error| problem(&error))?, None))
}

fn problem(error: &PerformanceError) -> Problem {
    match error {
        PerformanceError::Price => Problem::invalid("price", sentence(error)),
        error => time_problem(error),
    }
}

/// A change of a section.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SectionChange)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SectionChangeBody {
    /// The price of each of its seats from now on, at most 10,000,000.
    price: AmountText,
}
