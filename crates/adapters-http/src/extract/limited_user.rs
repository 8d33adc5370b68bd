use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures::FutureExt;
use futures::future::LocalBoxFuture;

use super::{Extractor, Requirements, User};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;

/// A user within their limit of what the endpoint is [limited](crate::endpoint::Endpoint::limited) by. The request
/// counts towards it, whatever becomes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitedUser(pub(crate) User);

impl LimitedUser {
    async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let user = User::of(request).await?;
        let limited = request.extensions().get::<Limited>().copied();
        let limited = limited.ok_or_else(|| Problem::new(Code::InternalError).because(&"not limited"))?;
        let limits = &State::of(request)?.rate_limits;
        limits.as_ref().map_or(Ok(()), |limits| limits.admit_user(limited, user.id))?;
        Ok(Self(user))
    }
}

impl FromRequest for LimitedUser {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move { Self::of(&request).await }.boxed_local()
    }
}

impl Extractor for LimitedUser {
    fn describe(requirements: &mut Requirements) {
        User::describe(requirements);
    }
}
