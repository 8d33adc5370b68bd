//! Cancelling a performance, and how far its refunds are.

use actix_web::web::Json;
use seatline_application::operators::CancellationStatus;
use seatline_domain::id::PerformanceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::performances::time_problem;
use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{JsonBody, Operator, OptionalKey, Path, text};
use crate::problem::{Code, Problem};
use crate::routes::programme::PerformanceStateBody;
use crate::state::State;
use crate::wire::Points;

pub(super) fn endpoints() -> [Endpoint; 2] {
    [
        endpoint!(cancel_performance).errors(&[
            Code::PerformanceNotFound,
            Code::InvalidValue,
            Code::Unavailable,
        ]),
        endpoint!(show_cancellation).errors(&[Code::PerformanceNotFound, Code::Unavailable]),
    ]
}

/// Cancel a performance
///
/// For good. From then on nobody holds or pays, and what is held is over; whoever has paid is refunded in full, in steps.
/// Repeatable: the first reason stays.
#[utoipa::path(
    post, path = "/api/v1/admin/performances/{performanceId}/cancellation", operation_id = "cancelPerformance",
    tag = "Operators",
    responses((status = 202, description = "It is cancelled; refunds go on.", body = CancellationBody,
               headers(("Idempotency-Replayed")))),
)]
async fn cancel_performance(
    operator: Operator,
    performance: Path<PerformanceId>,
    key: OptionalKey,
    body: JsonBody<CancelBody>,
    app: State,
) -> Result<Replayable<CancellationBody>, Problem> {
    let reason = text("reason", &body.read().await?.reason)?;
    let cancelled = app.seatline.cancel_performance.execute(operator.0, performance.0, reason, key.0).await;
    Ok(Replayable::accepted(cancelled.map_err(|error| time_problem(&error))?))
}

/// Show how far the cancellation of a performance is
///
/// Of a performance that is not cancelled it says so, and nothing is to be refunded.
#[utoipa::path(
    get, path = "/api/v1/admin/performances/{performanceId}/cancellation", operation_id = "showCancellation",
    tag = "Operators", responses((status = 200, description = "How far it is.", body = CancellationBody)),
)]
async fn show_cancellation(
    _: Operator,
    performance: Path<PerformanceId>,
    app: State,
) -> Result<Json<CancellationBody>, Problem> {
    let status = app.seatline.show_cancellation.execute(performance.0).await;
    Ok(Json(status.map_err(|error| time_problem(&error))?.into()))
}

/// A cancellation to make.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CancelPerformance)]
#[serde(deny_unknown_fields)]
struct CancelBody {
    /// The reason. Trimmed and composed (NFC); the buyers see it with their refunds.
    #[schema(min_length = 1, max_length = 200, example = "The singer is ill")]
    reason: String,
}

/// The cancellation of a performance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cancellation)]
#[serde(rename_all = "camelCase")]
struct CancellationBody {
    /// The performance's id.
    performance_id: Uuid,
    /// Its state.
    state: PerformanceStateBody,
    /// The reason that was given first; null while it is not cancelled.
    #[schema(required)]
    reason: Option<String>,
    /// How far its refunds are.
    refunds: RefundProgressBody,
}

/// How far the refunds of a cancelled performance are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefundProgress)]
struct RefundProgressBody {
    /// The number of payments that the cancellation refunds.
    total: u64,
    /// The number of those that it has refunded.
    done: u64,
    /// The points that it has given back.
    amount: Points,
}

impl From<CancellationStatus> for CancellationBody {
    fn from(status: CancellationStatus) -> Self {
        let CancellationStatus { performance, refunds } = status;
        let reason = performance.cancellation.as_ref().map(|one| one.reason.as_str().to_owned());
        Self {
            performance_id: performance.id.uuid(),
            state: PerformanceStateBody::of(performance.is_cancelled()),
            reason,
            refunds: RefundProgressBody {
                total: refunds.total,
                done: refunds.done,
                amount: refunds.amount.into(),
            },
        }
    }
}
