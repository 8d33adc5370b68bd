//! What this instance has counted and measured.

use actix_web::{HttpResponse, web};

use crate::call::Call;
use crate::operation::{Operation, Tag, Verb};
use crate::problem::{Code, Problem};

const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/metrics", "showMetrics", Tag::Service, show)
            .about(
                "What this instance has counted and measured",
                "Prometheus' text format, since the instance started. The documentation lists every metric.",
            )
            .exempt_from_negotiation()
            .answers_plainly(200, "The metrics.", Some("text/plain")),
    ]
}

async fn show(call: Call) -> Result<HttpResponse, Problem> {
    let metrics = call.service().metrics.clone();
    let text = web::block(move || metrics.render()).await;
    let text = text.map_err(|error| Problem::new(Code::InternalError).because(&error))?;
    Ok(HttpResponse::Ok().content_type(MEDIA_TYPE).body(text))
}
