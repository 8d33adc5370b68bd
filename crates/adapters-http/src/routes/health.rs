//! Liveness and readiness.

use actix_web::rt::time::timeout;
use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Endpoint, endpoint};
use crate::problem::{Code, Problem};
use crate::state::State;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(show_liveness).ignores_accept(),
        endpoint!(show_readiness).ignores_accept().errors(&[Code::Unavailable]),
    ]
}

/// Show whether the process lives
#[utoipa::path(get, path = "/health/live", operation_id = "showLiveness", tag = "Service", responses(
    (status = 200, description = "It does.", body = HealthBody),
))]
pub(super) async fn show_liveness() -> Result<Json<HealthBody>, Problem> {
    Ok(Json(HealthBody { status: Health::Up }))
}

/// Show whether the service can serve
///
/// 503 while the database is out of reach.
#[utoipa::path(get, path = "/health/ready", operation_id = "showReadiness", tag = "Service", responses(
    (status = 200, description = "It can.", body = HealthBody),
))]
pub(super) async fn show_readiness(app: State) -> Result<Json<HealthBody>, Problem> {
    match timeout(app.settings.limits.readiness_deadline, app.readiness.is_ready()).await {
        Ok(true) => Ok(Json(HealthBody { status: Health::Up })),
        Ok(false) | Err(_) => Err(Problem::unavailable().detail("The database is out of reach.")),
    }
}

/// Health of the service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
pub(super) struct HealthBody {
    /// Always `UP`; anything else is a problem.
    status: Health,
}

/// Up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthStatus)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Health {
    /// As it should be.
    Up,
}
