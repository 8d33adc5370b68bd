use std::io::Read;

use reqwest::header::{HeaderMap, HeaderName};
use serde_json::{Map, Value};

use crate::contract::PROBLEM;
use crate::kind::Kind;

/// What every answer tells a browser.
const SECURITY_HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// What came back. Every answer has been checked for what every answer must have.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// Checks that it names its request, that it protects itself in a browser, and that it is a whole problem if it is an
    /// error.
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        let answer = Self { status, headers, body };
        let request_id = answer.header("x-request-id");
        assert!(request_id.is_some_and(|id| !id.is_empty()), "no X-Request-Id: {answer:?}");
        for (name, value) in SECURITY_HEADERS {
            assert_eq!(answer.header(name), Some(*value), "{name}: {answer:?}");
        }
        for name in ["cache-control", "content-security-policy"] {
            assert!(answer.header(name).is_some(), "no {name}: {answer:?}");
        }
        if status >= 400 {
            answer.assert_problem();
        }
        answer
    }

    /// Reads the only answer that came on a connection, and checks it in the same way.
    pub fn read(said: &str) -> Self {
        let (head, body) = said.split_once("\r\n\r\n").unwrap();
        let (status_line, lines) = head.split_once("\r\n").unwrap();
        let headers = lines.split("\r\n").map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())
        });
        let status = status_line.split(' ').nth(1).unwrap().parse().unwrap();
        let answer = Self::new(status, headers.collect(), body.as_bytes().to_vec());
        assert_eq!(answer.header("content-length"), Some(&*body.len().to_string()), "{said}");
        answer
    }

    /// The same answer, with its coding undone.
    #[must_use]
    pub fn decoded(mut self) -> Self {
        let mut decoded = Vec::new();
        match self.header("content-encoding") {
            None => return self,
            Some("gzip") => flate2::read::GzDecoder::new(&*self.body).read_to_end(&mut decoded).unwrap(),
            Some("br") => brotli::Decompressor::new(&*self.body, 4_096).read_to_end(&mut decoded).unwrap(),
            Some(other) => panic!("{other}"),
        };
        self.body = decoded;
        self
    }

    /// The bytes of the body.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// Whether the request's head did not arrive in time.
    pub(crate) fn came_too_late(&self) -> bool {
        self.status == 408
    }

    /// A header, if it is there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body of a good answer with this status.
    #[track_caller]
    pub fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The body of a good answer with this status, which has exactly these fields.
    #[track_caller]
    pub fn of_kind(&self, status: u16, kind: Kind) -> Value {
        let body = self.json(status);
        kind.check(&body);
        body
    }

    /// Checks an answer without a body.
    #[track_caller]
    pub fn nothing(&self, status: u16) {
        assert_eq!((self.status, self.text().as_str()), (status, ""));
    }

    /// The body of a problem with this status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code().as_deref()), (status, Some(code)), "{}", self.text());
        self.body_or_null()
    }

    /// The code, if it is a problem.
    pub fn code(&self) -> Option<String> {
        self.body_or_null().get("code")?.as_str().map(str::to_owned)
    }

    pub(crate) fn body_or_null(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    #[track_caller]
    fn assert_problem(&self) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        let is_member = |name: &String| PROBLEM.iter().any(|(member, _)| member == name);
        let object = body.as_object().unwrap().clone();
        let (members, extras): (Map<_, _>, Map<_, _>) =
            object.into_iter().partition(|(name, _)| is_member(name));
        Kind::Object(PROBLEM).check(&Value::Object(members));
        for (name, extra) in extras {
            assert!(!extra.is_null(), "{name} is null in {body}");
        }
        assert_eq!(body["status"], self.status, "{body}");
        assert_eq!(body["requestId"].as_str(), self.header("x-request-id"), "{body}");
        let code = body["code"].as_str().unwrap_or_default();
        assert_eq!(body["type"], format!("/docs/errors#{code}"));
        if self.status == 401 {
            assert_eq!(self.header("www-authenticate"), Some("Bearer realm=\"seatline\""));
        }
        if matches!(self.status, 429 | 503) {
            let after = self.header("retry-after").and_then(|text| text.parse().ok());
            assert!(after.is_some_and(|seconds: u64| seconds > 0), "no Retry-After: {body}");
            assert_eq!(body["retryAfterSeconds"].as_u64(), after, "{body}");
        }
        assert_eq!(
            self.status == 405,
            self.header("allow").is_some(),
            "Allow goes with 405 and nothing else"
        );
    }
}
