//! Other sites' pages may read nothing that is answered, unless an operator names them.

use std::time::Duration;

use actix_cors::Cors;
use actix_web::http::Method;

use crate::cors_origins::CorsOrigins;
use crate::problem::Problem;

/// Methods that a page may use, headers that it may send, and headers that it may read.
const METHODS: [Method; 5] = [Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE];
const REQUEST_HEADERS: [&str; 7] = [
    "Authorization",
    "Queue-Token",
    "Idempotency-Key",
    "Content-Type",
    "If-None-Match",
    "Last-Event-ID",
    "X-Request-Id",
];
const ANSWER_HEADERS: [&str; 6] =
    ["X-Request-Id", "Retry-After", "ETag", "Location", "Idempotency-Replayed", "Seatline-Payments"];
/// Time for which a browser need not send another preflight.
const REMEMBERED: Duration = Duration::from_hours(1);

/// Answers browsers that ask whether a page of these origins may send a request, and lets it read the answer.
/// Credentials go in headers that the page sets itself, never in cookies, so none are allowed.
pub(crate) fn cors(origins: &CorsOrigins) -> Cors {
    let cors = Cors::default()
        .allowed_methods(METHODS)
        .allowed_headers(REQUEST_HEADERS)
        .expose_headers(ANSWER_HEADERS)
        .max_age(usize::try_from(REMEMBERED.as_secs()).ok())
        .block_on_origin_mismatch(false);
    origins.iter().fold(cors, Cors::allowed_origin)
}

/// The answer to a refused preflight, as a problem like every error.
pub(super) fn refused() -> Problem {
    Problem::malformed(
        "The preflight asks for an origin, a method or a header that pages of other sites may not use here.",
    )
}
