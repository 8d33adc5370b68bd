use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use seatline_application::accounts::{AccessToken, AuthenticationError};
use seatline_application::queue::Holder;
use seatline_domain::id::UserId;

use super::{Access, Extractor, Requirements, single_header};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;
use crate::unsent::Client;

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

/// A user within their limit of what the endpoint is [limited](crate::endpoint::Endpoint::limited) by, and of a read,
/// within their budget of unsent bytes. The request counts towards the limit, whatever becomes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitedUser(pub(crate) User);

impl LimitedUser {
    async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let user = User::of(request).await?;
        let limited = request.extensions().get::<Limited>().copied();
        let limited = limited.ok_or_else(|| Problem::new(Code::InternalError).because(&"not limited"))?;
        let state = State::of(request)?;
        state.rate_limits.as_ref().map_or(Ok(()), |limits| limits.admit_user(limited, user.id))?;
        if limited.is_read() {
            state.unsent.require_room(Client::User(user.id))?;
        }
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

/// Reads the bearer token.
pub(super) fn bearer(request: &HttpRequest) -> Result<&str, Problem> {
    let value = single_header(request, &header::AUTHORIZATION).map_err(|_| unauthenticated())?;
    let text = value.and_then(|value| value.to_str().ok()).ok_or_else(unauthenticated)?;
    let (scheme, token) = text.split_once(' ').ok_or_else(unauthenticated)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(unauthenticated()) }
}

/// Reads the access token, known to the service or not.
pub(super) fn access_token(request: &HttpRequest) -> Result<AccessToken, Problem> {
    AccessToken::parse(bearer(request)?).ok_or_else(unauthenticated)
}

fn unauthenticated() -> Problem {
    Problem::new(Code::Unauthenticated)
}

impl From<AuthenticationError> for Problem {
    fn from(error: AuthenticationError) -> Self {
        match error {
            AuthenticationError::Unknown => unauthenticated(),
            AuthenticationError::Storage(error) => error.into(),
        }
    }
}
