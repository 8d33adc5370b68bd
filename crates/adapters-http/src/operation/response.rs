use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use utoipa::PartialSchema;
use utoipa::openapi::content::Content;
use utoipa::openapi::header::Header;
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{AllOf, Object, Ref, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::problem::{Code, ProblemBody};

/// Headers that some answers carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerHeader {
    Location,
    ETag,
    CacheControl,
    RetryAfter,
    IdempotencyReplayed,
    WwwAuthenticate,
    RequestId,
}

impl AnswerHeader {
    /// All of them.
    pub(super) const ALL: &[Self] = &[
        Self::Location,
        Self::ETag,
        Self::CacheControl,
        Self::RetryAfter,
        Self::IdempotencyReplayed,
        Self::WwwAuthenticate,
        Self::RequestId,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Location => "Location",
            Self::ETag => "ETag",
            Self::CacheControl => "Cache-Control",
            Self::RetryAfter => "Retry-After",
            Self::IdempotencyReplayed => "Idempotency-Replayed",
            Self::WwwAuthenticate => "WWW-Authenticate",
            Self::RequestId => "X-Request-Id",
        }
    }

    pub(super) fn describe(self) -> Header {
        let description = match self {
            Self::Location => "Where to read the new thing again.",
            Self::ETag => "Names this content; send it as `If-None-Match`.",
            Self::CacheControl => "For how long the answer may be kept.",
            Self::RetryAfter => "After how many seconds to try or to ask again.",
            Self::IdempotencyReplayed => "`true` when this is the first answer with the same key, once more.",
            Self::WwwAuthenticate => "`Bearer realm=\"seatline\"`.",
            Self::RequestId => "Names the request; a client's own id comes back.",
        };
        let schema = match self {
            Self::RetryAfter => u32::schema(),
            _ => String::schema(),
        };
        Header::builder().schema(Some(schema)).description(Some(description)).build()
    }

    fn reference(self) -> Ref {
        Ref::new(format!("#/components/headers/{}", self.name()))
    }
}

/// A good answer of an operation.
pub(super) struct Answered {
    status: u16,
    description: &'static str,
    headers: Vec<AnswerHeader>,
    content: Option<(&'static str, RefOr<Schema>)>,
}

impl Answered {
    pub(super) fn json(
        status: u16,
        description: &'static str,
        headers: &[AnswerHeader],
        schema: RefOr<Schema>,
    ) -> Self {
        Self { status, description, headers: headers.to_vec(), content: Some(("application/json", schema)) }
    }

    pub(super) fn events(description: &'static str, headers: &[AnswerHeader], schema: RefOr<Schema>) -> Self {
        let content = Some(("text/event-stream", schema));
        Self { status: 200, description, headers: headers.to_vec(), content }
    }

    pub(super) fn plain(status: u16, description: &'static str, media_type: Option<&'static str>) -> Self {
        let text = || Object::builder().schema_type(Type::String).into();
        Self {
            status,
            description,
            headers: Vec::new(),
            content: media_type.map(|media_type| (media_type, text())),
        }
    }

    pub(super) fn describe(&self) -> (String, Response) {
        let mut response = Response::builder().description(self.description);
        if let Some((media_type, schema)) = &self.content {
            response = response.content(*media_type, Content::new(Some(schema.clone())));
        }
        for header in self.headers.iter().chain([&AnswerHeader::RequestId]) {
            response = response.header_ref(header.name(), header.reference());
        }
        (self.status.to_string(), response.build())
    }
}

/// One answer per status, which lists the codes that come with it.
pub(super) fn describe_errors(codes: impl IntoIterator<Item = Code>) -> Vec<(String, Response)> {
    let mut statuses: BTreeMap<u16, BTreeSet<Code>> = BTreeMap::new();
    for code in codes {
        statuses.entry(code.status().as_u16()).or_default().insert(code);
    }
    statuses
        .into_iter()
        .map(|(status, codes)| (status.to_string(), describe_problem(status, &codes)))
        .collect()
}

fn describe_problem(status: u16, codes: &BTreeSet<Code>) -> Response {
    let description = codes.iter().fold(String::new(), |mut text, code| {
        let separator = if text.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{separator}* `{}`: {}", code.as_str(), code.meaning());
        text
    });
    let code =
        Object::builder().schema_type(Type::String).enum_values(Some(codes.iter().map(|code| code.as_str())));
    let schema = AllOf::builder()
        .item(Ref::from_schema_name("Problem"))
        .item(Object::builder().schema_type(Type::Object).property("code", code).required("code"));
    let mut response = Response::builder()
        .description(description)
        .content(ProblemBody::MEDIA_TYPE, Content::new(Some(Schema::from(schema))));
    let particular = match status {
        401 => Some(AnswerHeader::WwwAuthenticate),
        429 | 503 => Some(AnswerHeader::RetryAfter),
        _ => None,
    };
    for header in particular.into_iter().chain([AnswerHeader::RequestId]) {
        response = response.header_ref(header.name(), header.reference());
    }
    response.build()
}
