use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use seatline_application::queue::Holder;
use seatline_domain::id::UserId;

use super::bearer::access_token;
use super::{Access, Extractor, Requirements};
use crate::problem::{Code, Problem};
use crate::state::State;

/// The user whose access token was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct User {
    pub(crate) id: UserId,
    /// The holder of a queue token that is given to them.
    pub(crate) holder: Holder,
}

impl User {
    /// The codes with which all others are refused.
    pub(super) const ERRORS: &[Code] = &[Code::Unauthenticated];

    /// Finds the user, once a request.
    pub(super) async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        if let Some(user) = request.extensions().get::<Self>() {
            return Ok(*user);
        }
        let access_token = access_token(request)?;
        let id = State::of(request)?.seatline.authenticate_user.execute(&access_token).await?;
        let user = Self { id, holder: Holder::of(&access_token.hash()) };
        request.extensions_mut().insert(user);
        Ok(user)
    }
}

impl FromRequest for User {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move { Self::of(&request).await }.boxed_local()
    }
}

impl Extractor for User {
    fn describe(requirements: &mut Requirements) {
        requirements.access(Access::User);
        requirements.errors(Self::ERRORS);
    }
}
