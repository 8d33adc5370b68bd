use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use seatline_application::accounts::AuthenticationError;
use seatline_application::programme::ProgrammeError;
use seatline_domain::storage::StorageError;

use crate::frame::Frame;

/// What a handler gives.
pub(crate) type Answer = Result<HttpResponse, Refusal>;

/// Why a page is not shown, or a form does nothing.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// There is no such page.
    NotFound,
    /// The page is somebody's own, and this browser has no account.
    NoAccount,
    /// The operator's key opens other pages than this.
    Forbidden,
    /// A form was sent from another site.
    OtherSite,
    /// A form is not as a page of ours sends it.
    Malformed,
    /// The page is looked at, or only sent to.
    WrongMethod,
    /// Too much was asked for.
    TooMany(Duration),
    /// The service has too much to do, or no database.
    Busy,
    /// Something broke.
    Broken(String),
    /// Another page is the place to be.
    Lead(String),
}

/// An error, as a page.
#[derive(Template)]
#[template(path = "refusal.html")]
pub(crate) struct RefusalPage {
    pub(crate) frame: Frame,
    title: String,
    text: String,
    /// The one sensible next step: where it leads and what it is called.
    next: (String, String),
}

impl Refusal {
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NoAccount => StatusCode::UNAUTHORIZED,
            Self::OtherSite | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Lead(_) => StatusCode::SEE_OTHER,
        }
    }

    /// The page that says it. `here` is where it happened, to be tried again.
    pub(crate) fn page(&self, frame: Frame, here: &str) -> RefusalPage {
        let (title, text, next, leads_to) = match self {
            Self::NotFound => ("lost-title", "lost-text", "next-programme", "/"),
            Self::NoAccount => ("no-account-title", "no-account-text", "next-account", "/account"),
            Self::Forbidden => ("forbidden-title", "forbidden-text", "next-console", "/console"),
            Self::OtherSite => ("other-site-title", "other-site-text", "next-programme", "/"),
            Self::Malformed | Self::WrongMethod => {
                ("malformed-title", "malformed-text", "next-programme", "/")
            }
            Self::TooMany(_) => ("too-many-title", "too-many-text", "next-again", here),
            Self::Busy => ("busy-title", "busy-text", "next-again", here),
            Self::Broken(_) | Self::Lead(_) => ("broken-title", "broken-text", "next-programme", "/"),
        };
        let (next, leads_to) = match (leads_to, here) {
            ("/", here) if here.starts_with("/console") => ("next-console", "/console"),
            _ => (next, leads_to),
        };
        RefusalPage {
            title: frame.say(title).into_owned(),
            text: frame.say(text).into_owned(),
            next: (leads_to.to_owned(), frame.say(next).into_owned()),
            frame,
        }
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Corrupt(_) => Self::Broken(error.to_string()),
            error => {
                tracing::warn!(%error, "a page is not shown");
                Self::Busy
            }
        }
    }
}

impl From<ProgrammeError> for Refusal {
    fn from(error: ProgrammeError) -> Self {
        match error {
            ProgrammeError::ConcertNotFound | ProgrammeError::PerformanceNotFound => Self::NotFound,
            ProgrammeError::Storage(error) => error.into(),
        }
    }
}

impl From<AuthenticationError> for Refusal {
    fn from(error: AuthenticationError) -> Self {
        match error {
            AuthenticationError::Unknown => Self::NoAccount,
            AuthenticationError::Storage(error) => error.into(),
        }
    }
}

impl From<askama::Error> for Refusal {
    fn from(error: askama::Error) -> Self {
        Self::Broken(error.to_string())
    }
}
