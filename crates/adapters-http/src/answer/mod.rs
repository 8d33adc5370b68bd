//! Answers: what handlers return besides [`web::Json`](actix_web::web::Json).

mod coded;
mod event_stream;
mod large;
mod piecewise_events;
mod replayable;
mod revalidated;
mod streamed;

pub(crate) use coded::coded;
pub(crate) use event_stream::EventStream;
pub(crate) use large::within_budget;
pub(crate) use piecewise_events::PiecewiseEvents;
pub(crate) use replayable::{IDEMPOTENCY_REPLAYED, Replayable};
pub(crate) use revalidated::Revalidated;
pub(crate) use streamed::streamed;

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

/// 204.
pub(crate) struct NoContent;

impl Responder for NoContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

/// 201 with a body, and where to read it again.
pub(crate) struct Created<B> {
    pub(crate) location: Option<String>,
    pub(crate) body: B,
}

impl<B: Serialize> Responder for Created<B> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Created();
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        response.json(self.body)
    }
}
