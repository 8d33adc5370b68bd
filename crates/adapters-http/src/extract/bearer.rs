//! The `Authorization` header.

use actix_web::HttpRequest;
use actix_web::http::header;
use seatline_application::accounts::{AccessToken, AuthenticationError};

use super::single_header::single_header;
use crate::problem::{Code, Problem};

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
