//! The `Queue-Token` header.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use seatline_application::queue::{QueueToken, TurnRefusal};
use seatline_domain::queue::PassRefusal;
use utoipa::openapi::Required;

use super::{Requirements, User, single_header};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::schema;

/// The header that carries the queue token.
const QUEUE_TOKEN: HeaderName = HeaderName::from_static("queue-token");

/// Reads the queue token and verifies its signature.
pub(super) fn queue_token(request: &HttpRequest) -> Result<QueueToken, Problem> {
    let invalid = || Problem::new(Code::QueueTokenInvalid);
    let token = single_header(request, &QUEUE_TOKEN)
        .map_err(|_| invalid())?
        .ok_or_else(|| Problem::new(Code::QueueTokenMissing))?;
    let token = std::str::from_utf8(token.as_bytes()).map_err(|_| invalid())?;
    State::of(request)?.seatline.queue_tokens.verify(token).ok_or_else(invalid)
}

/// Reads the queue token, which must be this user's.
pub(super) fn queue_token_of(user: User, request: &HttpRequest) -> Result<QueueToken, Problem> {
    let token = queue_token(request)?;
    if token.claims.user_id == user.id { Ok(token) } else { Err(Problem::new(Code::QueueTokenMismatch)) }
}

/// Adds the header, and the codes with which a token is refused whatever its pass's state.
pub(super) fn describe(requirements: &mut Requirements) {
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
