use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::accept::prefers;
use super::{Extractor, Requirements};
use crate::problem::Problem;

/// The form in which a list is asked for, by `Accept`: JSON unless CSV is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListFormat {
    /// Page by page, in JSON.
    Json,
    /// All of it, as CSV.
    Csv,
}

impl ListFormat {
    /// The media type of CSV.
    pub(crate) const CSV: &str = "text/csv";
}

impl FromRequest for ListFormat {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let csv = prefers(request.headers(), Self::CSV, "application/json");
        ready(Ok(if csv { Self::Csv } else { Self::Json }))
    }
}

/// What an operation answers with says its description.
impl Extractor for ListFormat {
    fn describe(_: &mut Requirements) {}
}
