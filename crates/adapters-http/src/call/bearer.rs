//! Who is asking.

use actix_web::http::header;
use seatline_application::accounts::{AccessToken, AuthenticationError};
use seatline_domain::audit::OperatorId;
use seatline_domain::id::UserId;

use super::Call;
use crate::problem::{Code, Problem};

impl Call {
    /// The user whose access token was sent. Where the operation keeps users to a rate, the request is counted.
    ///
    /// # Errors
    /// 401 when there is none, or the token is nobody's; 429 when they ask too often.
    pub(crate) async fn user(&self) -> Result<UserId, Problem> {
        let user_id = self.service.seatline.authenticate_user.execute(&self.access_token()?).await?;
        if let (Some(limited), Some(limits)) = (self.limited, &self.service.rate_limits) {
            limits.admit_user(limited, user_id)?;
        }
        Ok(user_id)
    }

    /// The access token that was sent, whether or not it is anybody's.
    ///
    /// # Errors
    /// 401 when there is none.
    pub(super) fn access_token(&self) -> Result<AccessToken, Problem> {
        AccessToken::parse(self.bearer()?).ok_or_else(unauthenticated)
    }

    /// The operator who is asking.
    ///
    /// # Errors
    /// 403 when it is a user, 401 when it is anybody else.
    pub(crate) async fn operator(&self) -> Result<OperatorId, Problem> {
        let key = &self.settings().admin_key;
        if key.is(self.bearer()?) {
            return Ok(key.operator());
        }
        self.user().await?;
        Err(Problem::new(Code::Forbidden))
    }

    fn bearer(&self) -> Result<&str, Problem> {
        let value = self.single_header(&header::AUTHORIZATION).map_err(|_| unauthenticated())?;
        let text = value.and_then(|value| value.to_str().ok()).ok_or_else(unauthenticated)?;
        let (scheme, token) = text.split_once(' ').ok_or_else(unauthenticated)?;
        if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(unauthenticated()) }
    }
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
