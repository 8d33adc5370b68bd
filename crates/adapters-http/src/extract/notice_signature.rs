use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest};
use utoipa::openapi::Required;

use super::{Extractor, Requirements, single_header};
use crate::problem::Problem;
use crate::wire::schema;

/// The header with Stripe's signature of a notice.
const STRIPE_SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");

/// The signature of a notice, if there is one that can be read.
#[derive(Debug)]
pub(crate) struct NoticeSignature(pub(crate) Option<String>);

impl FromRequest for NoticeSignature {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = single_header(request, &STRIPE_SIGNATURE).ok().flatten();
        ready(Ok(Self(value.and_then(|value| value.to_str().ok()).map(str::to_owned))))
    }
}

impl Extractor for NoticeSignature {
    fn describe(requirements: &mut Requirements) {
        let description = "The instant and the signatures, as Stripe writes them.";
        requirements.header("Stripe-Signature", Required::True, description, schema::text());
    }
}
