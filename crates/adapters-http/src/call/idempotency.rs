//! What makes a retry safe.

use actix_web::http::header::HeaderName;
use seatline_domain::idempotency::{IdempotencyKey, KeyReused};

use super::Call;
use crate::problem::{Code, Problem};

impl Call {
    /// Where the key comes in.
    pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

    /// The key, if one was sent.
    ///
    /// # Errors
    /// 400 when it is not one value of 1 to 255 printable ASCII characters.
    pub(crate) fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, Problem> {
        let invalid = || Problem::new(Code::IdempotencyKeyInvalid);
        let Some(value) = self.single_header(&Self::IDEMPOTENCY_KEY).map_err(|_| invalid())? else {
            return Ok(None);
        };
        let text = value.to_str().map_err(|_| invalid())?;
        IdempotencyKey::parse(text).map(Some).map_err(|_| invalid())
    }

    /// The key, which must be there.
    ///
    /// # Errors
    /// 400 when it is missing or invalid.
    pub(crate) fn required_idempotency_key(&self) -> Result<IdempotencyKey, Problem> {
        self.idempotency_key()?.ok_or_else(|| Problem::new(Code::IdempotencyKeyMissing))
    }
}

impl From<KeyReused> for Problem {
    fn from(_: KeyReused) -> Self {
        Self::new(Code::IdempotencyKeyReused)
    }
}
