//! The `Queue-Token` header, and those who show it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest};
use futures::FutureExt;
use futures::future::{Either, LocalBoxFuture};
use seatline_application::queue::{Holder, QueueToken, TurnRefusal};
use seatline_domain::queue::{PassRefusal, QueueClaims};
use utoipa::openapi::Required;

use super::user::access_token;
use super::{Access, Extractor, Requirements, User, single_header};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::schema;

/// The header that carries the queue token.
const QUEUE_TOKEN: HeaderName = HeaderName::from_static("queue-token");

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
        describe(requirements);
    }
}

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
        describe(requirements);
        requirements.errors(&[Code::QueueTokenExpired, Code::NotAdmitted]);
    }
}

/// Reads the queue token and verifies its signature.
fn queue_token(request: &HttpRequest) -> Result<QueueToken, Problem> {
    let invalid = || Problem::new(Code::QueueTokenInvalid);
    let token = single_header(request, &QUEUE_TOKEN)
        .map_err(|_| invalid())?
        .ok_or_else(|| Problem::new(Code::QueueTokenMissing))?;
    let token = std::str::from_utf8(token.as_bytes()).map_err(|_| invalid())?;
    State::of(request)?.seatline.queue_tokens.verify(token).ok_or_else(invalid)
}

/// Reads the queue token, which must be this user's.
fn queue_token_of(user: User, request: &HttpRequest) -> Result<QueueToken, Problem> {
    let token = queue_token(request)?;
    if token.claims.user_id == user.id { Ok(token) } else { Err(Problem::new(Code::QueueTokenMismatch)) }
}

/// Adds the header, and the codes with which a token is refused whatever its pass's state.
fn describe(requirements: &mut Requirements) {
    let description =
        "The queue token of the concert, as `POST /api/v1/concerts/{concertId}/queue/tokens` gave it.";
    requirements.header("Queue-Token", Required::True, description, schema::text());
    requirements.errors(User::ERRORS);
    requirements.errors(&[Code::QueueTokenMissing, Code::QueueTokenInvalid, Code::QueueTokenMismatch]);
}

impl From<TurnRefusal> for Problem {
    fn from(refusal: TurnRefusal) -> Self {
        match refusal {
            TurnRefusal::NotAdmitted { position } => Self::new(Code::NotAdmitted).position(position),
            TurnRefusal::Ended(_) => Self::new(Code::QueueTokenExpired),
            TurnRefusal::Mismatch => Self::new(Code::QueueTokenMismatch),
            TurnRefusal::Unknown => Self::new(Code::QueueTokenInvalid),
        }
    }
}

impl From<PassRefusal> for Problem {
    fn from(refusal: PassRefusal) -> Self {
        match refusal {
            PassRefusal::Waiting => Self::new(Code::NotAdmitted),
            PassRefusal::Ended(_) => Self::new(Code::QueueTokenExpired),
            PassRefusal::Mismatch => Self::new(Code::QueueTokenMismatch),
            PassRefusal::Unknown => Self::new(Code::QueueTokenInvalid),
        }
    }
}
