//! Whether the service lives, and whether it can serve.

use actix_web::HttpResponse;
use actix_web::rt::time::timeout;
use serde::Serialize;
use utoipa::ToSchema;

use crate::call::{Call, json};
use crate::operation::{Operation, Tag, Verb};
use crate::problem::{Code, Problem};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/health/live", "showLiveness", Tag::Service, live)
            .about("Whether the process lives", "")
            .exempt_from_negotiation()
            .answers::<HealthBody>(200, "It does.", &[]),
        Operation::new(Verb::Get, "/health/ready", "showReadiness", Tag::Service, ready)
            .about("Whether the service can serve", "503 while the database is out of reach.")
            .exempt_from_negotiation()
            .answers::<HealthBody>(200, "It can.", &[])
            .errors(&[Code::Unavailable]),
    ]
}

async fn live(_: Call) -> Result<HttpResponse, Problem> {
    Ok(json(&HealthBody { status: Health::Up }))
}

async fn ready(call: Call) -> Result<HttpResponse, Problem> {
    let (readiness, deadline) = (&call.service().readiness, call.settings().limits.readiness_deadline);
    match timeout(deadline, readiness.is_ready()).await {
        Ok(true) => Ok(json(&HealthBody { status: Health::Up })),
        Ok(false) | Err(_) => Err(Problem::unavailable().detail("The database is out of reach.")),
    }
}

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
struct HealthBody {
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
