use chrono::SecondsFormat;
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use seatline_domain::Timestamp;
use seatline_domain::event::PublishedEvent;
use seatline_domain::webhook::WebhookSecret;
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};

/// An event as it is sent at one moment.
pub(crate) struct Message {
    id: String,
    timestamp: String,
    signature: String,
    body: String,
}

impl Message {
    /// Writes an event, and signs it by each of the secrets. `None` only where a signature cannot be made, which does not
    /// happen.
    pub(crate) fn signed(
        event: &PublishedEvent,
        secrets: &[WebhookSecret],
        sent_at: Timestamp,
    ) -> Option<Self> {
        let (id, body) = (event.id.to_string(), body(event));
        let sign = |secret: &WebhookSecret| {
            let key = Webhook::from_bytes(secret.bytes().to_vec()).ok()?;
            key.sign(&id, sent_at.timestamp(), body.as_bytes()).ok()
        };
        let signatures = secrets.iter().map(sign).collect::<Option<Vec<_>>>()?;
        let (signature, timestamp) = (signatures.join(" "), sent_at.timestamp().to_string());
        Some(Self { id, timestamp, signature, body })
    }

    /// Puts it into a request.
    pub(crate) fn put_into(self, request: RequestBuilder) -> RequestBuilder {
        request
            .header(HEADER_WEBHOOK_ID, self.id)
            .header(HEADER_WEBHOOK_TIMESTAMP, self.timestamp)
            .header(HEADER_WEBHOOK_SIGNATURE, self.signature)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(self.body)
    }
}

/// The body: the same bytes at every attempt. The data are JSON already.
fn body(event: &PublishedEvent) -> String {
    let (kind, at) = (event.kind.name(), event.at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    format!(r#"{{"type":"{kind}","timestamp":"{at}","data":{data}}}"#, data = event.data)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use hmac::{Hmac, KeyInit, Mac};
    use seatline_domain::event::{EventKind, EventPosition};
    use seatline_domain::id::EventId;
    use sha2::Sha256;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_secret_signs_what_is_sent() {
        let event = PublishedEvent {
            position: EventPosition::new(7),
            id: EventId::new(Uuid::from_u128(7)),
            kind: EventKind::PaymentCompleted,
            at: "2026-12-24T10:00:00.5Z".parse().unwrap(),
            data: r#"{"amount":120000,"title":"겨울"}"#.into(),
        };
        let secrets = [WebhookSecret::new([1; 32]), WebhookSecret::new([2; 32])];
        let sent_at = "2026-12-24T10:00:05Z".parse().unwrap();
        let message = Message::signed(&event, &secrets, sent_at).unwrap();
        let body = r#"{"type":"payment.completed","timestamp":"2026-12-24T10:00:00.500Z","data":{"amount":120000,"title":"겨울"}}"#;
        assert_eq!(message.body, body);
        let expected: Vec<_> = [[1; 32], [2; 32]]
            .iter()
            .map(|key| {
                let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
                mac.update(format!("00000000-0000-0000-0000-000000000007.1798106405.{body}").as_bytes());
                format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
            })
            .collect();
        assert_eq!(message.signature, expected.join(" "));
        assert_eq!(message.timestamp, "1798106405");
    }
}
