use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, EntityTag, Header, IfNoneMatch as Condition};
use actix_web::{FromRequest, HttpRequest};
use utoipa::openapi::Required;

use super::{Extractor, Requirements};
use crate::problem::Problem;
use crate::wire::schema;

/// The `ETag`s of answers that a client has. A header that cannot be read is as good as none.
#[derive(Debug)]
pub(crate) struct IfNoneMatch(Option<Condition>);

impl IfNoneMatch {
    /// Whether the client has the content with this tag.
    pub(crate) fn knows(&self, tag: &EntityTag) -> bool {
        match &self.0 {
            Some(Condition::Any) => true,
            Some(Condition::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
            None => false,
        }
    }
}

impl FromRequest for IfNoneMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let sent = request.headers().contains_key(header::IF_NONE_MATCH);
        ready(Ok(Self(sent.then(|| Condition::parse(request).ok()).flatten())))
    }
}

impl Extractor for IfNoneMatch {
    fn describe(requirements: &mut Requirements) {
        let description = "`ETag`s of answers that the client has; 304 when one of them is still current.";
        requirements.header("If-None-Match", Required::False, description, schema::text());
    }
}
