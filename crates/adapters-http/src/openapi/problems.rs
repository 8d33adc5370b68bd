use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use utoipa::openapi::content::Content;
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{AllOf, Object, Ref, Type};
use utoipa::openapi::{RefOr, Schema};

use super::headers::{AnswerHeader, reference};
use crate::problem::{Code, ProblemBody};

/// One response a status, which lists the codes that come with it.
pub(super) fn responses(codes: impl IntoIterator<Item = Code>) -> Vec<(String, RefOr<Response>)> {
    let mut statuses: BTreeMap<u16, BTreeSet<Code>> = BTreeMap::new();
    for code in codes {
        statuses.entry(code.status().as_u16()).or_default().insert(code);
    }
    let described = statuses.into_iter().map(|(status, codes)| (status, response(status, &codes)));
    described.map(|(status, response)| (status.to_string(), response.into())).collect()
}

fn response(status: u16, codes: &BTreeSet<Code>) -> Response {
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
    let response = Response::builder()
        .description(description)
        .content(ProblemBody::MEDIA_TYPE, Content::new(Some(Schema::from(schema))));
    let particular = match status {
        401 => Some(AnswerHeader::WWW_AUTHENTICATE),
        429 | 503 => Some(AnswerHeader::RETRY_AFTER),
        _ => None,
    };
    let headers = particular.into_iter().chain([AnswerHeader::REQUEST_ID]);
    headers
        .fold(response, |response, header| response.header_ref(header.name, reference(header.name)))
        .build()
}
