use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::{AcceptedCodings, Extractor, IfNoneMatch, Requirements};
use crate::problem::Problem;

/// The representations of an answer that a client has, and those that it accepts.
#[derive(Debug)]
pub(crate) struct Representation {
    pub(crate) known: IfNoneMatch,
    pub(crate) codings: AcceptedCodings,
}

impl FromRequest for Representation {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let known = IfNoneMatch::from_request(request, payload).into_inner();
        let both = |known| Ok(Self { known, codings: AcceptedCodings::of(request)? });
        ready(known.and_then(both))
    }
}

impl Extractor for Representation {
    fn describe(requirements: &mut Requirements) {
        IfNoneMatch::describe(requirements);
    }
}
