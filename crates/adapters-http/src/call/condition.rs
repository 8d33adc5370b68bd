//! Answers that a client may have already.

use std::fmt::Write;

use actix_web::HttpResponse;
use actix_web::http::header::{self, EntityTag, Header, IfNoneMatch};
use actix_web::web::Bytes;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Call;
use crate::problem::{Code, Problem};

/// A body as it is sent, and a strong `ETag` of it.
#[derive(Clone)]
pub(crate) struct Rendering {
    body: Bytes,
    tag: EntityTag,
}

impl Rendering {
    /// Renders a body.
    pub(crate) fn of(body: &impl Serialize) -> Result<Self, Problem> {
        let body =
            serde_json::to_vec(body).map_err(|error| Problem::new(Code::InternalError).because(&error))?;
        Ok(Self { tag: entity_tag(&body), body: body.into() })
    }
}

/// Answers with this body and its `ETag`, or with 304 when `If-None-Match` names it.
pub(crate) fn revalidated(call: &Call, rendering: Rendering) -> HttpResponse {
    const KEEP_AND_ASK_AGAIN: (header::HeaderName, &str) = (header::CACHE_CONTROL, "private, no-cache");
    let Rendering { body, tag } = rendering;
    let known = match IfNoneMatch::parse(&call.request) {
        Ok(IfNoneMatch::Any) => call.request.headers().contains_key(header::IF_NONE_MATCH),
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header(header::ETag(tag)).insert_header(KEEP_AND_ASK_AGAIN);
    if known { response.finish() } else { response.content_type(mime()).body(body) }
}

fn mime() -> header::ContentType {
    header::ContentType::json()
}

fn entity_tag(body: &[u8]) -> EntityTag {
    const BYTES: usize = 16;
    let hex = Sha256::digest(body).iter().take(BYTES).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    EntityTag::new_strong(hex)
}
