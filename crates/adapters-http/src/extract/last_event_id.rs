use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest};
use utoipa::openapi::Required;

use super::{Extractor, Requirements, single_header};
use crate::problem::Problem;
use crate::wire::schema;

/// The id of the event after which a client goes on. One that cannot be read is as good as none.
#[derive(Debug)]
pub(crate) struct LastEventId(pub(crate) Option<String>);

impl LastEventId {
    const HEADER: HeaderName = HeaderName::from_static("last-event-id");
}

impl FromRequest for LastEventId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let sent = single_header(request, &Self::HEADER).ok().flatten();
        ready(Ok(Self(sent.and_then(|value| value.to_str().ok()).map(str::to_owned))))
    }
}

impl Extractor for LastEventId {
    fn describe(requirements: &mut Requirements) {
        let description =
            "`id` of the last event that the client has seen; only what is different from it is told.";
        requirements.header("Last-Event-ID", Required::False, description, schema::text());
    }
}
