use actix_web::body::BoxBody;
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse, Responder};
use seatline_application::queue::TokenStatus;
use seatline_domain::idempotency::Answer;

use super::token_body::TokenBody;
use crate::answer::IDEMPOTENCY_REPLAYED;
use crate::problem::{Code, Problem};

/// A queue token and its holder's place; a holder who waits is also told by `Retry-After` when to ask again.
pub(super) struct TokenAnswer(pub(super) Answer<TokenStatus>);

impl Responder for TokenAnswer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let Answer { value, created, replayed } = self.0;
        let body = TokenBody::from(value);
        let mut response = if created { HttpResponse::Created() } else { HttpResponse::Ok() };
        if let Some(seconds) = body.retry_after_seconds() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if replayed {
            response.insert_header((IDEMPOTENCY_REPLAYED, "true"));
        }
        match body.written() {
            Ok(text) => response.content_type(ContentType::json()).body(text),
            Err(error) => HttpResponse::from_error(Problem::new(Code::InternalError).because(&error)),
        }
    }
}
