//! The metrics of this instance.

use actix_web::{HttpResponse, web};

use crate::endpoint::{Endpoint, endpoint};
use crate::extract::Operator;
use crate::problem::{Code, Problem};
use crate::state::State;

const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(show_metrics).ignores_accept()]
}

/// Show what this instance has counted and measured
///
/// Prometheus' text format, since the instance started. The documentation lists every metric. On the address of
/// `SEATLINE_METRICS_LISTEN` it takes no key.
#[utoipa::path(get, path = "/metrics", operation_id = "showMetrics", tag = "Service", responses(
    (status = 200, description = "The metrics.", body = String, content_type = "text/plain"),
))]
async fn show_metrics(_: Operator, app: State) -> Result<HttpResponse, Problem> {
    render(app).await
}

/// Shows the metrics to whoever reaches the address that is for monitoring alone.
pub(super) async fn show_metrics_unlocked(app: State) -> Result<HttpResponse, Problem> {
    render(app).await
}

async fn render(app: State) -> Result<HttpResponse, Problem> {
    let metrics = app.metrics.clone();
    let text = web::block(move || metrics.render()).await;
    let text = text.map_err(|error| Problem::new(Code::InternalError).because(&error))?;
    Ok(HttpResponse::Ok().content_type(MEDIA_TYPE).body(text))
}
