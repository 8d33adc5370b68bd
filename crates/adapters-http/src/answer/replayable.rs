use actix_web::body::BoxBody;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, Responder};
use seatline_domain::idempotency::Answer;
use serde::Serialize;

use super::Created;

/// Marks an answer that was given before, to the first request with the same idempotency key.
pub(crate) const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The answer to a command that may carry an idempotency key: 201 when the first request with the key made the thing, 200
/// when it found it; a repetition says so.
pub(crate) struct Replayable<B> {
    body: B,
    location: Option<String>,
    created: bool,
    replayed: bool,
    /// Whether what was asked for goes on after the answer.
    goes_on: bool,
}

impl<B> Replayable<B> {
    /// Renders a command's answer.
    pub(crate) fn new<T: Into<B>>(answer: Answer<T>, location: Option<String>) -> Self {
        let Answer { value, created, replayed } = answer;
        Self { body: value.into(), location, created, replayed, goes_on: false }
    }

    /// Renders the answer to a command whose work goes on: 202, whether or not it had begun before.
    pub(crate) fn accepted<T: Into<B>>(answer: Answer<T>) -> Self {
        Self { goes_on: true, ..Self::new(answer, None) }
    }
}

impl<B: Serialize> Responder for Replayable<B> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let Self { body, location, created, replayed, goes_on } = self;
        let mut response = if goes_on {
            HttpResponse::Accepted().json(body)
        } else if created {
            Created { location, body }.respond_to(request)
        } else {
            HttpResponse::Ok().json(body)
        };
        if replayed {
            let value = header::HeaderValue::from_static("true");
            response.headers_mut().insert(IDEMPOTENCY_REPLAYED, value);
        }
        response
    }
}
