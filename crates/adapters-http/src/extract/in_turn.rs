use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use seatline_domain::queue::QueueClaims;

use super::queue_token::{self, queue_token_of};
use super::{Access, Extractor, Requirements, User};
use crate::problem::{Code, Problem};

/// The pass of a user who says that it is their turn. The use case decides whether it is, with what it protects.
#[derive(Debug)]
pub(crate) struct InTurn(pub(crate) QueueClaims);

impl FromRequest for InTurn {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move { Ok(Self(queue_token_of(User::of(&request).await?, &request)?.claims)) }.boxed_local()
    }
}

impl Extractor for InTurn {
    fn describe(requirements: &mut Requirements) {
        requirements.access(Access::InTurn);
        queue_token::describe(requirements);
        requirements.errors(&[Code::QueueTokenExpired, Code::NotAdmitted]);
    }
}
