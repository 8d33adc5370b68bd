use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use metrics::{Counter, Unit, counter, describe_counter};
use seatline_domain::audit::OperatorId;

use super::user::bearer;
use super::{Access, Extractor, Requirements, User};
use crate::client_address::client_address;
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;

const WRONG_KEYS: &str = "seatline_operator_keys_refused_total";

/// The operator whose key was sent. A user is forbidden, anybody else unauthenticated; an
/// address may be wrong only so often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operator(pub(crate) OperatorId);

impl Operator {
    /// Whether the operators' key was sent, where anybody may ask and nobody is refused for another.
    pub(crate) fn is_sender_of(request: &HttpRequest) -> Result<bool, Problem> {
        let key = &State::of(request)?.settings.admin_key;
        Ok(bearer(request).is_ok_and(|presented| key.is(presented)))
    }

    async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let state = State::of(request)?;
        let key = &state.settings.admin_key;
        if key.is(bearer(request)?) {
            return Ok(Self(key.operator()));
        }
        wrong_keys().increment(1);
        let limits = &state.rate_limits;
        limits.as_ref().map_or(Ok(()), |limits| limits.admit_address(Limited::Operating, request))?;
        let address = client_address(request.peer_addr(), request.headers(), &state.settings.trusted_proxies);
        tracing::warn!(?address, "a wrong operators' key was sent");
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
        requirements.errors(&[Code::Unauthenticated, Code::Forbidden, Code::RateLimited]);
    }
}

/// Counts wrong operators' keys, those too that are refused because too many came.
pub(crate) fn wrong_keys() -> Counter {
    describe_counter!(WRONG_KEYS, Unit::Count, "Wrong operators' keys.");
    counter!(WRONG_KEYS)
}
