use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType, EntityTag, HeaderMap, HeaderValue, TryIntoHeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use crate::coding::CODED_BYTES_MIN;
use crate::extract::AcceptedCodings;
use crate::problem::Problem;
use crate::state::State;

/// Codes the answer to a request, where the client accepts that and it is worth it; others are left as they are.
///
/// # Errors
/// 503 while too many large answers are being sent.
pub(crate) async fn coded(
    request: &HttpRequest,
    accepted: AcceptedCodings,
    mut answer: HttpResponse,
) -> Result<HttpResponse, Problem> {
    if answer.headers().contains_key(header::CONTENT_ENCODING) {
        vary(answer.headers_mut());
        return Ok(answer);
    }
    if answer.status() == StatusCode::NOT_MODIFIED {
        vary(answer.headers_mut());
        if accepted.for_bytes(u64::MAX).is_some() {
            weaken_tag(answer.headers_mut());
        }
        return Ok(answer);
    }
    let BodySize::Sized(bytes) = answer.body().size() else { return Ok(answer) };
    let is_json =
        answer.headers().get(header::CONTENT_TYPE).is_some_and(|of| of == ContentType::json().0.as_ref());
    if !is_json {
        return Ok(answer);
    }
    let coding = accepted.for_bytes(bytes);
    if bytes > CODED_BYTES_MIN || coding.is_some() {
        vary(answer.headers_mut());
    }
    let Some(coding) = coding else { return Ok(answer) };
    let (mut answer, body) = answer.into_parts();
    let body = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(body) => return Ok(answer.set_body(body)),
    };
    let body = match State::of(request)?.coded_answers.of_bytes(coding, body).await? {
        Ok(coded) => coded,
        Err(plain) if accepted.accepts_plain() => return Ok(answer.set_body(BoxBody::new(plain))),
        Err(_) => return Err(Problem::unavailable()),
    };
    answer.headers_mut().insert(header::CONTENT_ENCODING, coding.header());
    weaken_tag(answer.headers_mut());
    Ok(answer.set_body(body).map_into_boxed_body())
}

/// Says on what the answer depends, besides what was said before.
fn vary(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
}

fn tag_of(headers: &HeaderMap) -> Option<EntityTag> {
    headers.get(header::ETAG)?.to_str().ok()?.parse().ok()
}

/// Makes the tag one of the content, however it is coded: a strong one would be of these very bytes.
fn weaken_tag(headers: &mut HeaderMap) {
    let Some(tag) = tag_of(headers) else { return };
    if let Ok(value) = header::ETag(EntityTag::new_weak(tag.tag().to_owned())).try_into_value() {
        headers.insert(header::ETAG, value);
    }
}
