use actix_web::body::BoxBody;
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse, Responder};
use seatline_application::queue::TokenStatus;

use super::token_body::TokenBody;
use crate::problem::{Code, Problem};

/// A queue token and its holder's place; a holder who waits is also told by `Retry-After` when to ask again.
pub(super) struct TokenAnswer {
    pub(super) status: TokenStatus,
    pub(super) created: bool,
}

impl Responder for TokenAnswer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let body = TokenBody::from(self.status);
        let mut response = if self.created { HttpResponse::Created() } else { HttpResponse::Ok() };
        if let Some(seconds) = body.retry_after_seconds() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        match body.written() {
            Ok(text) => response.content_type(ContentType::json()).body(text),
            Err(error) => HttpResponse::from_error(Problem::new(Code::InternalError).because(&error)),
        }
    }
}
