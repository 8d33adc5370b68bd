//! Errors as clients see them: `application/problem+json` (RFC 9457), each with a [`Code`] of one catalogue.
//!
//! A handler returns a [`Problem`]; use case errors become one by an exhaustive `match` beside their routes. What
//! caused it is logged once, with the request id, and never sent.

mod body;
mod catalogue;
mod published;
mod storage;

pub(crate) use body::{BookableBody, Extras, ProblemBody};
pub use catalogue::Code;
pub(crate) use published::errors_page;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use seatline_domain::Timestamp;
use seatline_domain::id::PerformanceId;
use seatline_domain::point::Amount;
use uuid::Uuid;

use crate::request_id::RequestId;
use crate::wire::Points;

/// A refusal or failure, ready to be answered.
#[derive(Debug)]
pub(crate) struct Problem(Box<Content>);

#[derive(Debug)]
struct Content {
    code: Code,
    detail: Cow<'static, str>,
    extras: Extras,
    allow: Option<Arc<str>>,
    cause: Option<Cause>,
}

/// Cause of a problem, which is logged and not sent.
#[derive(Debug)]
enum Cause {
    /// More came than could be taken; expected under load.
    Load(String),
    /// Something broke.
    Failure(String),
}

impl Problem {
    /// Seconds that a client waits before it retries what was unavailable.
    const RETRY_AFTER_SECONDS: u64 = 1;

    /// A problem that needs no more words than its catalogue entry has.
    pub(crate) fn new(code: Code) -> Self {
        Self(Box::new(Content {
            code,
            detail: Cow::Borrowed(code.meaning()),
            extras: Extras::default(),
            allow: None,
            cause: None,
        }))
    }

    /// An unreadable request; `detail` must not repeat anything of it.
    pub(crate) fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::MalformedRequest).detail(detail)
    }

    /// A value that is not allowed; `detail` must not repeat it.
    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidValue).detail(detail).field(field)
    }

    /// Something that may work again in a moment.
    pub(crate) fn unavailable() -> Self {
        let mut problem = Self::new(Code::Unavailable);
        problem.0.extras.retry_after_seconds = Some(Self::RETRY_AFTER_SECONDS);
        problem
    }

    /// More requests than are allowed; another is taken after so many seconds.
    pub(crate) fn rate_limited(retry_after_seconds: u64) -> Self {
        let mut problem = Self::new(Code::RateLimited);
        problem.0.extras.retry_after_seconds = Some(retry_after_seconds);
        problem
    }

    /// A method that the path does not serve; `allow` lists those that it does.
    pub(crate) fn method_not_allowed(allow: Arc<str>) -> Self {
        let mut problem = Self::new(Code::MethodNotAllowed);
        problem.0.allow = Some(allow);
        problem
    }

    /// Says more about what happened than the catalogue does.
    pub(crate) fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// Names the field or parameter that is at fault, which must be one of the contract.
    pub(crate) fn field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.0.extras.field = Some(field.into());
        self
    }

    /// Lists the seats that it is about.
    pub(crate) fn seats(mut self, seats: impl IntoIterator<Item = i64>) -> Self {
        self.0.extras.seats = Some(seats.into_iter().collect());
        self
    }

    /// Says where in line the user stands.
    pub(crate) fn position(mut self, position: u64) -> Self {
        self.0.extras.position = Some(position);
        self
    }

    /// Says how many points there are and how many are needed.
    pub(crate) fn points(mut self, balance: Amount, required: Amount) -> Self {
        self.0.extras.balance = Some(Points::from(balance));
        self.0.extras.required = Some(Points::from(required));
        self
    }

    /// Says how many are allowed.
    pub(crate) fn limit(mut self, limit: u32) -> Self {
        self.0.extras.limit = Some(limit);
        self
    }

    /// Lists the performances to choose from, with their starts.
    pub(crate) fn bookable(mut self, performances: Vec<(PerformanceId, Timestamp)>) -> Self {
        let extras = &mut self.0.extras;
        extras.performances = Some(performances.iter().map(|(id, _)| id.uuid()).collect());
        let choice =
            |(id, starts_at): (PerformanceId, _)| BookableBody { performance_id: id.uuid(), starts_at };
        extras.bookable = Some(performances.into_iter().map(choice).collect());
        self
    }

    /// Says when sales open.
    pub(crate) fn sales_open_at(mut self, instant: Timestamp) -> Self {
        self.0.extras.sales_open_at = Some(instant);
        self
    }

    /// Says until when seats could be given back, if ever.
    pub(crate) fn refundable_until(mut self, instant: Option<Timestamp>) -> Self {
        self.0.extras.refundable_until = instant;
        self
    }

    /// Says when sales closed.
    pub(crate) fn sales_close_at(mut self, instant: Timestamp) -> Self {
        self.0.extras.sales_close_at = Some(instant);
        self
    }

    /// Says when the performance started.
    pub(crate) fn starts_at(mut self, instant: Timestamp) -> Self {
        self.0.extras.starts_at = Some(instant);
        self
    }

    /// Says when the hold expired.
    pub(crate) fn expires_at(mut self, instant: Timestamp) -> Self {
        self.0.extras.expires_at = Some(instant);
        self
    }

    /// Names the reservation that is in the way.
    pub(crate) fn reservation(mut self, id: Uuid) -> Self {
        self.0.extras.reservation_id = Some(id);
        self
    }

    /// Says when and where a ticket was used.
    pub(crate) fn checked_in(mut self, at: Timestamp, gate: Option<String>) -> Self {
        self.0.extras.checked_in_at = Some(at);
        self.0.extras.gate = gate;
        self
    }

    /// Keeps what broke, for the log.
    pub(crate) fn because(mut self, cause: &impl ToString) -> Self {
        self.0.cause = Some(Cause::Failure(cause.to_string()));
        self
    }

    /// Keeps what there was too much of, for the log.
    pub(crate) fn because_of_load(mut self, cause: &impl ToString) -> Self {
        self.0.cause = Some(Cause::Load(cause.to_string()));
        self
    }

    /// Its code.
    #[cfg(test)]
    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// The body, which names the request. Logs the cause.
    pub(crate) fn body(&self, request_id: &RequestId) -> Vec<u8> {
        let Content { code, detail, extras, cause, .. } = &*self.0;
        match cause {
            Some(Cause::Failure(cause)) => {
                tracing::error!(%request_id, code = code.as_str(), cause, "a request failed");
            }
            Some(Cause::Load(cause)) => {
                tracing::warn!(%request_id, code = code.as_str(), cause, "a request was turned away");
            }
            None => {}
        }
        serde_json::to_vec(&ProblemBody::new(*code, detail, request_id, extras)).unwrap_or_else(|error| {
            tracing::error!(%request_id, %error, "a problem cannot be written");
            Vec::new()
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.as_str())
    }
}

/// Answers with the head of the problem; the middleware `finish` writes its body.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.status_code());
        response.insert_header((header::CONTENT_TYPE, ProblemBody::MEDIA_TYPE));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, r#"Bearer realm="seatline""#));
        }
        if let Some(seconds) = self.0.extras.retry_after_seconds {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(allow) = &self.0.allow {
            response.insert_header((header::ALLOW, &**allow));
        }
        response.finish()
    }
}
