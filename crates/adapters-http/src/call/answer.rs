//! Answers.

use actix_web::http::header;
use actix_web::http::header::HeaderName;
use actix_web::{HttpResponse, HttpResponseBuilder};
use seatline_domain::idempotency::Answer;
use serde::Serialize;

/// Marks an answer that was given before, to the first request with the same idempotency key.
pub(crate) const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// 200 with a body.
pub(crate) fn json(body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(body)
}

/// 204.
pub(crate) fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// 201 with a body, and where to read it again.
pub(crate) fn created(location: Option<String>, body: &impl Serialize) -> HttpResponse {
    let mut response = HttpResponse::Created();
    locate(&mut response, location);
    response.json(body)
}

/// What a command that may carry an idempotency key answers with: 201 when the first request with the key made the
/// thing, 200 when it found it; a repetition says so.
pub(crate) fn replayable<T, B: Serialize>(
    answer: Answer<T>,
    location: Option<String>,
    render: impl FnOnce(T) -> B,
) -> HttpResponse {
    let mut response = if answer.created { HttpResponse::Created() } else { HttpResponse::Ok() };
    if answer.replayed {
        response.insert_header((IDEMPOTENCY_REPLAYED, "true"));
    }
    if answer.created {
        locate(&mut response, location);
    }
    response.json(render(answer.value))
}

fn locate(response: &mut HttpResponseBuilder, location: Option<String>) {
    if let Some(location) = location {
        response.insert_header((header::LOCATION, location));
    }
}
