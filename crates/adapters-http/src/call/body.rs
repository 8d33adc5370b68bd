//! The body: bounded in size and time, declared as plain JSON, read strictly.

use std::time::Duration;

use actix_web::http::header;
use actix_web::rt::time::timeout;
use actix_web::web::BytesMut;
use futures::StreamExt;
use serde::de::DeserializeOwned;

use super::Call;
use crate::problem::{Code, Problem};
use crate::wire::{Unreadable, nests_too_deep, read_json};

impl Call {
    /// No body is larger.
    pub(crate) const MAX_BODY_BYTES: usize = 16 * 1_024;
    /// How long the beginning of a body may take that is known to be too large.
    const GLANCE: Duration = Duration::from_secs(1);

    /// The body, as the JSON object that the operation takes. Comes last: it uses the call up.
    ///
    /// # Errors
    /// 415, 413 or 400 when it is not such an object.
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<T, Problem> {
        self.require_plain_json()?;
        let body = self.read_body().await?;
        read_json(&body).map_err(|unreadable| {
            Problem::malformed(match unreadable {
                Unreadable::NotJson => "The body is not well-formed JSON.",
                Unreadable::WrongShape => "A field of the body is missing, unknown or of the wrong type.",
            })
        })
    }

    fn require_plain_json(&self) -> Result<(), Problem> {
        let unsupported = || Problem::new(Code::UnsupportedMediaType);
        let content_type = self.single_header(&header::CONTENT_TYPE).map_err(|_| unsupported())?;
        let content_type = content_type.and_then(|value| value.to_str().ok()).ok_or_else(unsupported)?;
        let mut encodings = self.headers().get_all(header::CONTENT_ENCODING);
        let encoded = encodings.any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
        if encoded || !is_plain_json(content_type) { Err(unsupported()) } else { Ok(()) }
    }

    async fn read_body(mut self) -> Result<BytesMut, Problem> {
        let declared = self.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let declared_too_large =
            declared.and_then(|text| text.parse::<u64>().ok()).is_some_and(exceeds_limit);
        let deadline = if declared_too_large { Self::GLANCE } else { self.settings().limits.body_deadline };
        let mut body = BytesMut::new();
        let arrived = timeout(deadline, async {
            while body.len() <= Self::MAX_BODY_BYTES {
                match self.payload.next().await {
                    Some(Ok(chunk)) => body.extend_from_slice(&chunk),
                    Some(Err(_)) => return Err("The body did not arrive whole."),
                    None => break,
                }
            }
            Ok(())
        })
        .await;
        if declared_too_large || body.len() > Self::MAX_BODY_BYTES {
            return Err(if nests_too_deep(&body) {
                Problem::malformed("The body nests too deep.")
            } else {
                Problem::new(Code::BodyTooLarge)
            });
        }
        arrived.unwrap_or(Err("The body did not arrive in time.")).map_err(Problem::malformed)?;
        Ok(body)
    }
}

fn exceeds_limit(length: u64) -> bool {
    usize::try_from(length).map_or(true, |length| length > Call::MAX_BODY_BYTES)
}

/// Whether a `Content-Type` says `application/json`, in UTF-8 if it names a character set.
fn is_plain_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let json = parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json"));
    json && parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            matches!(value.trim().trim_matches('"').to_ascii_lowercase().as_str(), "utf-8" | "utf8")
        }
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_taken() {
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"; version=1",
        ] {
            assert!(is_plain_json(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/jsonx",
            "application/vnd.api+json",
            "application/json, text/plain",
            "application/json; charset=utf-16",
        ] {
            assert!(!is_plain_json(bad), "{bad}");
        }
    }
}
