use anyhow::Context;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request};
use serde::Serialize;

use super::address::Address;

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    Register,
    Charge,
    Join,
    Poll,
    Leave,
    Seats,
    Hold,
    Release,
    Pay,
    /// Before and after the rehearsal: not measured.
    Other,
}

impl Kind {
    /// Those that are measured, in the order of the journey.
    pub(crate) const MEASURED: [Self; 9] = [
        Self::Register,
        Self::Charge,
        Self::Join,
        Self::Poll,
        Self::Leave,
        Self::Seats,
        Self::Hold,
        Self::Release,
        Self::Pay,
    ];

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Charge => "charge",
            Self::Join => "join",
            Self::Poll => "poll",
            Self::Leave => "leave",
            Self::Seats => "seats",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Pay => "pay",
            Self::Other => "the service",
        }
    }
}

/// A request, which can be sent more than once.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    method: Method,
    path: String,
    bearer: Option<HeaderValue>,
    ticket: Option<HeaderValue>,
    key: Option<HeaderValue>,
    body: Option<Bytes>,
}

impl Call {
    /// A call of a path below `/api/v1`.
    pub(crate) fn new(kind: Kind, method: Method, path: impl Into<String>) -> Self {
        Self { kind, method, path: path.into(), bearer: None, ticket: None, key: None, body: None }
    }

    /// Who is asking.
    pub(crate) fn bearer(mut self, bearer: Option<HeaderValue>) -> Self {
        self.bearer = bearer;
        self
    }

    /// Whose turn it is.
    pub(crate) fn ticket(mut self, ticket: Option<HeaderValue>) -> Self {
        self.ticket = ticket;
        self
    }

    /// What makes it safe to repeat.
    pub(crate) fn key(mut self, key: HeaderValue) -> Self {
        self.key = Some(key);
        self
    }

    /// What it says.
    pub(crate) fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = Some(body.to_string().into());
        self
    }

    /// What is sent.
    pub(super) fn request(&self, address: &Address) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let mut request = Request::builder()
            .method(&self.method)
            .uri([&address.prefix, "/api/v1", &self.path].concat())
            .header(HOST, &address.authority);
        let headers = [
            (AUTHORIZATION.as_str(), &self.bearer),
            ("queue-token", &self.ticket),
            ("idempotency-key", &self.key),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        if self.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request.body(Full::new(self.body.clone().unwrap_or_default()))
    }
}

/// The header that says who is asking.
pub(crate) fn bearer(token: &str) -> anyhow::Result<HeaderValue> {
    let mut value = header(&["Bearer ", token].concat())?;
    value.set_sensitive(true);
    Ok(value)
}

/// A header's value.
pub(crate) fn header(text: &str) -> anyhow::Result<HeaderValue> {
    HeaderValue::from_str(text).context("a key or token that cannot be sent in a header")
}
