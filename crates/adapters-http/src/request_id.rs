use std::fmt;

use actix_web::http::header::{HeaderMap, HeaderName};
use uuid::Uuid;

/// Names one request in answers and logs: the client's own id when it is a sound one, else a new UUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(Box<str>);

impl RequestId {
    /// The header that carries it, on requests and on every answer.
    pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
    const MAX_LENGTH: usize = 64;

    /// The id of a request that just came in.
    pub(crate) fn assign(headers: &HeaderMap) -> Self {
        headers
            .get(Self::HEADER)
            .and_then(|value| value.to_str().ok())
            .filter(|text| Self::is_sound(text))
            .map_or_else(Self::generate, |text| Self(text.into()))
    }

    /// The id itself.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// A URN that identifies what happened in this request.
    pub(crate) fn urn(&self) -> String {
        let is_uuid = self.0.len() == 36 && Uuid::try_parse(&self.0).is_ok();
        let namespace = if is_uuid { "urn:uuid" } else { "urn:seatline:request" };
        format!("{namespace}:{}", self.0)
    }

    fn is_sound(text: &str) -> bool {
        let sound = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        (1..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(sound)
    }

    #[expect(clippy::disallowed_methods, reason = "a request's id is no entity's; it never reaches a port")]
    fn generate() -> Self {
        Self(Box::from(&*Uuid::new_v4().hyphenated().encode_lower(&mut Uuid::encode_buffer())))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn assigned(text: &[u8]) -> RequestId {
        let mut headers = HeaderMap::new();
        headers.insert(RequestId::HEADER, HeaderValue::from_bytes(text).unwrap());
        RequestId::assign(&headers)
    }

    #[test]
    fn sound_ids_are_taken_and_others_replaced() {
        for sound in ["a", "order-7.retry_2", &"x".repeat(64)] {
            assert_eq!(assigned(sound.as_bytes()).to_string(), sound);
        }
        for unsound in ["", "a b", "a/b", "é", "<script>", &"x".repeat(65)] {
            assert!(Uuid::try_parse(&assigned(unsound.as_bytes()).to_string()).is_ok(), "{unsound}");
        }
    }

    #[test]
    fn instances_are_urns() {
        assert_eq!(assigned(b"order-7").urn(), "urn:seatline:request:order-7");
        assert!(assigned(b"").urn().starts_with("urn:uuid:"));
    }
}
