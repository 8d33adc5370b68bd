use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use seatline_domain::audit::OperatorId;

use super::user::bearer;
use super::{Access, Extractor, Requirements, User};
use crate::problem::{Code, Problem};
use crate::state::State;

/// The operator whose key was sent. A user is forbidden, anybody else unauthenticated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operator(pub(crate) OperatorId);

impl Operator {
    /// Whether the operators' key was sent, where anybody may ask and nobody is refused for another.
    pub(crate) fn is_sender_of(request: &HttpRequest) -> Result<bool, Problem> {
        let key = &State::of(request)?.settings.admin_key;
        Ok(bearer(request).is_ok_and(|presented| key.is(presented)))
    }

    async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let key = &State::of(request)?.settings.admin_key;
        if key.is(bearer(request)?) {
            return Ok(Self(key.operator()));
        }
        User::of(request).await?;
        Err(Problem::new(Code::Forbidden))
    }
}

impl FromRequest for Operator {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move { Self::of(&request).await }.boxed_local()
    }
}

impl Extractor for Operator {
    fn describe(requirements: &mut Requirements) {
        requirements.access(Access::Operator);
        requirements.errors(&[Code::Unauthenticated, Code::Forbidden]);
    }
}
