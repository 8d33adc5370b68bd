use anyhow::Context;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Url};
use serde::Serialize;

use super::instance::API;

/// The purpose of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    Register,
    Charge,
    Join,
    Poll,
    Board,
    Leave,
    Seats,
    Hold,
    Release,
    Pay,
    Ticket,
    CheckIn,
    Refund,
    /// A page, or what it loads.
    Page,
    Asset,
    /// Before and after the rehearsal: not measured.
    Other,
}

impl Kind {
    /// All kinds that are measured, in the order of the journey.
    pub(crate) const MEASURED: [Self; 15] = [
        Self::Register,
        Self::Charge,
        Self::Join,
        Self::Poll,
        Self::Board,
        Self::Leave,
        Self::Seats,
        Self::Hold,
        Self::Release,
        Self::Pay,
        Self::Ticket,
        Self::CheckIn,
        Self::Refund,
        Self::Page,
        Self::Asset,
    ];

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Charge => "charge",
            Self::Join => "join",
            Self::Poll => "poll",
            Self::Board => "board",
            Self::Leave => "leave",
            Self::Seats => "seats",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Pay => "pay",
            Self::Ticket => "ticket",
            Self::CheckIn => "check in",
            Self::Refund => "refund",
            Self::Page => "page",
            Self::Asset => "asset",
            Self::Other => "the service",
        }
    }
}

/// What a browser sends with its requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Browser {
    /// The cookies that it keeps.
    pub(crate) cookies: Option<HeaderValue>,
    /// Whether it takes answers that are coded.
    pub(crate) coded: bool,
}

/// A request that can be sent more than once, to any instance.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    method: Method,
    path: String,
    /// What a browser sends, where it is one that asks.
    browser: Option<Browser>,
    bearer: Option<HeaderValue>,
    queue_token: Option<HeaderValue>,
    idempotency_key: Option<HeaderValue>,
    body: Option<String>,
}

impl Call {
    /// A call of a path below `/api/v1`.
    pub(crate) fn new(kind: Kind, method: Method, path: impl Into<String>) -> Self {
        Self {
            kind,
            method,
            path: path.into(),
            browser: None,
            bearer: None,
            queue_token: None,
            idempotency_key: None,
            body: None,
        }
    }

    /// A browser's request of a path of the site.
    pub(crate) fn page(kind: Kind, path: impl Into<String>, browser: Browser) -> Self {
        Self { browser: Some(browser), ..Self::new(kind, Method::GET, path) }
    }

    /// Sets the header that authenticates the caller.
    pub(crate) fn bearer(mut self, bearer: Option<HeaderValue>) -> Self {
        self.bearer = bearer;
        self
    }

    /// Sets the queue token.
    pub(crate) fn queue_token(mut self, queue_token: Option<HeaderValue>) -> Self {
        self.queue_token = queue_token;
        self
    }

    /// Sets the idempotency key, which makes the call safe to repeat.
    pub(crate) fn idempotency_key(mut self, key: HeaderValue) -> Self {
        self.idempotency_key = Some(key);
        self
    }

    /// Sets the body.
    pub(crate) fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = Some(body.to_string());
        self
    }

    /// The request to the instance whose API is at this URL.
    pub(super) fn request(&self, client: &Client, api: &Url) -> RequestBuilder {
        let api = api.as_str();
        if let Some(browser) = &self.browser {
            let site = api.strip_suffix(API).unwrap_or(api);
            let mut request = client.request(self.method.clone(), [site, &self.path].concat());
            request = request.header("accept", "text/html,*/*;q=0.8").header("accept-language", "en");
            if browser.coded {
                request = request.header(ACCEPT_ENCODING, "gzip, br");
            }
            return match &browser.cookies {
                Some(cookies) => request.header(COOKIE, cookies),
                None => request,
            };
        }
        let mut request = client.request(self.method.clone(), [api, &self.path].concat());
        let headers = [
            (AUTHORIZATION.as_str(), &self.bearer),
            ("queue-token", &self.queue_token),
            ("idempotency-key", &self.idempotency_key),
        ];
        for (name, value) in headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        match &self.body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(body.clone()),
            None => request,
        }
    }
}

/// The `Authorization` header of this access token or key.
pub(crate) fn bearer(token: &str) -> anyhow::Result<HeaderValue> {
    let mut value = header(&["Bearer ", token].concat())?;
    value.set_sensitive(true);
    Ok(value)
}

/// A header's value.
pub(crate) fn header(text: &str) -> anyhow::Result<HeaderValue> {
    HeaderValue::from_str(text).context("a key or token that cannot be sent in a header")
}
