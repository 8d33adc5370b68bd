use actix_web::{HttpMessage, HttpRequest};
use metrics::{Counter, Unit, counter, describe_counter};
use seatline_application::operator_keys::BearerKey;
use seatline_domain::audit::OperatorId;
use seatline_domain::operator_key::Role;

use super::user::bearer;
use super::{Access, User};
use crate::client_address::client_address;
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;

const WRONG_KEYS: &str = "seatline_operator_keys_refused_total";

/// The holder of the operators' key that was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyHolder {
    operator: OperatorId,
    /// None for the owner.
    role: Option<Role>,
}

impl KeyHolder {
    /// The codes with which all others are refused.
    pub(super) const ERRORS: &[Code] = &[Code::Unauthenticated, Code::Forbidden, Code::RateLimited];

    /// Whether the owner's key was sent, where anybody may ask and nobody is refused for another.
    pub(crate) fn is_owner(request: &HttpRequest) -> Result<bool, Problem> {
        let key = &State::of(request)?.settings.admin_key;
        Ok(bearer(request).is_ok_and(|presented| key.is(presented)))
    }

    /// Finds the operator whom `access` serves. Another key's holder and a user are forbidden, anybody else is
    /// unauthenticated; an address may be wrong only so often.
    pub(super) async fn with_access(request: &HttpRequest, access: Access) -> Result<OperatorId, Problem> {
        let holder = Self::of(request).await?;
        if holder.role.is_none_or(|role| access.serves(role)) {
            Ok(holder.operator)
        } else {
            Err(Problem::new(Code::Forbidden))
        }
    }

    async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let owners = &State::of(request)?.settings.admin_key;
        let presented = bearer(request)?;
        let holder = if owners.is(presented) {
            Some(Self { operator: owners.operator(), role: None })
        } else if let Some(key) = BearerKey::parse(presented) {
            Self::of_key(request, &key).await?
        } else {
            None
        };
        let Some(holder) = holder else { return refuse(request).await };
        request.extensions_mut().insert(holder);
        Ok(holder)
    }

    /// Looks a key up that the owner made. An address that was wrong too often guesses no more: its keys are looked up
    /// only where they were good a while ago.
    async fn of_key(request: &HttpRequest, key: &BearerKey) -> Result<Option<Self>, Problem> {
        let state = State::of(request)?;
        let authenticate = &state.seatline.authenticate_operator;
        if let Some(limits) = &state.rate_limits
            && !authenticate.remembers(key)
            && !limits.may_guess(request)
        {
            return Ok(None);
        }
        let known = authenticate.execute(key).await?;
        Ok(known.map(|known| Self { operator: known.operator, role: Some(known.role) }))
    }
}

/// Refuses a key that is nobody's.
async fn refuse(request: &HttpRequest) -> Result<KeyHolder, Problem> {
    let state = State::of(request)?;
    let limits = &state.rate_limits;
    let admitted = limits.as_ref().map_or(Ok(()), |limits| limits.admit_address(Limited::Operating, request));
    count_wrong(request, admitted.is_ok());
    admitted?;
    User::of(request).await?;
    Err(Problem::new(Code::Forbidden))
}

/// Counts a wrong operators' key, and logs where it came from unless too many came from there.
pub(crate) fn count_wrong(request: &HttpRequest, log: bool) {
    wrong_keys().increment(1);
    if !log {
        return;
    }
    let proxies = State::of(request).map(|state| state.settings.trusted_proxies.clone()).unwrap_or_default();
    let address = client_address(request.peer_addr(), request.headers(), &proxies);
    tracing::warn!(?address, "a wrong operators' key was sent");
}

/// Counts wrong operators' keys, those too that are refused because too many came.
pub(crate) fn wrong_keys() -> Counter {
    describe_counter!(WRONG_KEYS, Unit::Count, "Wrong operators' keys.");
    counter!(WRONG_KEYS)
}
