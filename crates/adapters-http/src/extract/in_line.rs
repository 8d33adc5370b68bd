use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures::FutureExt;
use futures::future::{Either, LocalBoxFuture};
use seatline_application::queue::{Holder, QueueToken};

use super::queue_token::{self, queue_token, queue_token_of};
use super::user::access_token;
use super::{Access, Extractor, Requirements, User};
use crate::problem::Problem;

/// The queue token of the user whose access token was sent; its pass may be in any state.
///
/// A queue token that was given to the holder of this very access token proves both, so neither is looked up. A handler
/// that wants the user looked up all the same asks for [`User`] first.
#[derive(Debug)]
pub(crate) struct InLine(pub(crate) QueueToken);

impl FromRequest for InLine {
    type Error = Problem;
    type Future = Either<Ready<Result<Self, Problem>>, LocalBoxFuture<'static, Result<Self, Problem>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if let (Ok(access_token), Ok(token)) = (access_token(request), queue_token(request))
            && token.holder == Holder::of(&access_token.hash())
        {
            return Either::Left(ready(Ok(Self(token))));
        }
        let request = request.clone();
        let looked_up = async move { queue_token_of(User::of(&request).await?, &request).map(Self) };
        Either::Right(looked_up.boxed_local())
    }
}

impl Extractor for InLine {
    fn describe(requirements: &mut Requirements) {
        requirements.access(Access::InLine);
        queue_token::describe(requirements);
    }
}
