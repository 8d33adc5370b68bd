//! Whose place in line it is.

use actix_web::http::header::HeaderName;
use seatline_application::queue::{Holder, QueueToken, TurnRefusal};
use seatline_domain::id::UserId;
use seatline_domain::queue::QueueClaims;

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
        Ok(self.queue_token_of(user_id)?.claims)
    }

    /// The same, for those who only want to know where they stand: a queue token that was given to the bearer of this
    /// very access token proves both, so neither is looked up.
    ///
    /// # Errors
    /// 401 without an access token that is somebody's; otherwise as [`queue_claims`](Self::queue_claims).
    pub(crate) async fn place_in_line(&self) -> Result<QueueToken, Problem> {
        if let (Ok(access_token), Ok(token)) = (self.access_token(), self.queue_token())
            && token.holder == Holder::of(&access_token.hash())
        {
            return Ok(token);
        }
        self.queue_token_of(self.user().await?)
    }

    /// Who is asking, and to whom a queue token of theirs is given.
    ///
    /// # Errors
    /// 401 without an access token that is somebody's.
    pub(crate) async fn holder(&self) -> Result<(UserId, Holder), Problem> {
        let holder = self.access_token().map(|token| Holder::of(&token.hash()))?;
        Ok((self.user().await?, holder))
    }

    fn queue_token_of(&self, user_id: UserId) -> Result<QueueToken, Problem> {
        let token = self.queue_token()?;
        if token.claims.user_id == user_id { Ok(token) } else { Err(Problem::new(Code::QueueTokenMismatch)) }
    }

    fn queue_token(&self) -> Result<QueueToken, Problem> {
        let invalid = || Problem::new(Code::QueueTokenInvalid);
        let token = self
            .single_header(&Self::QUEUE_TOKEN)
            .map_err(|_| invalid())?
            .ok_or_else(|| Problem::new(Code::QueueTokenMissing))?;
        let token = std::str::from_utf8(token.as_bytes()).map_err(|_| invalid())?;
        self.service.seatline.queue_tokens.verify(token).ok_or_else(invalid)
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
