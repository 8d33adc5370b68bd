//! Whose place in line it is.

use actix_web::http::header::HeaderName;
use seatline_application::queue::TurnRefusal;
use seatline_domain::id::UserId;
use seatline_domain::queue::{PassRefusal, QueueClaims};

use super::Call;
use crate::problem::{Code, Problem};

impl Call {
    /// Where the queue token comes in.
    pub(crate) const QUEUE_TOKEN: HeaderName = HeaderName::from_static("queue-token");

    /// The place in line that this user's queue token proves. Whether it is their turn is the use case's to say.
    ///
    /// # Errors
    /// 401 when there is no token or it is not one of ours, 403 when it is another user's.
    pub(crate) fn queue_claims(&self, user_id: UserId) -> Result<QueueClaims, Problem> {
        let invalid = || Problem::new(Code::QueueTokenInvalid);
        let token = self
            .single_header(&Self::QUEUE_TOKEN)
            .map_err(|_| invalid())?
            .ok_or_else(|| Problem::new(Code::QueueTokenMissing))?;
        let token = token.to_str().map_err(|_| invalid())?;
        let claims = self.service.seatline.queue_tokens.verify(token).ok_or_else(invalid)?;
        if claims.user_id == user_id { Ok(claims) } else { Err(Problem::new(Code::QueueTokenMismatch)) }
    }
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
