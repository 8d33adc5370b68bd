//! Stripe's webhook: signed, and believed only as to which charge it is about.

use chrono::DateTime;
use hmac::{Hmac, KeyInit, Mac};
use seatline_domain::charge::{Notice, NoticeError, NoticeSignature, VerifiedNotice};
use seatline_domain::id::ChargeId;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Sha256;
use uuid::Uuid;

/// The most signatures of one notice that are looked at.
const SIGNATURES_MAX: usize = 16;

/// An event, as far as it matters.
#[derive(Deserialize)]
struct Event {
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: EventObject,
}

#[derive(Deserialize)]
struct EventObject {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    object: Option<String>,
    #[serde(default)]
    client_reference_id: Option<String>,
    #[serde(default)]
    metadata: Option<EventMetadata>,
}

#[derive(Deserialize)]
struct EventMetadata {
    #[serde(default)]
    charge_id: Option<String>,
}

pub(super) fn verify(notice: Notice<'_>, secrets: &[SecretString]) -> Result<VerifiedNotice, NoticeError> {
    let (signed_at, signatures) = read(notice.signature.ok_or(NoticeError::Forged)?)?;
    let is_signed = secrets.iter().any(|secret| {
        let keyed = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes());
        keyed.is_ok_and(|mut mac| {
            mac.update(signed_at.as_bytes());
            mac.update(b".");
            mac.update(notice.body);
            signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
        })
    });
    if !is_signed {
        return Err(NoticeError::Forged);
    }
    let seconds = signed_at.parse().map_err(|_| NoticeError::Forged)?;
    let signed_at = DateTime::from_timestamp(seconds, 0).ok_or(NoticeError::Forged)?;
    let event: Event = serde_json::from_slice(notice.body).map_err(|_| NoticeError::Malformed)?;
    let EventObject { id, object, client_reference_id, metadata } = event.data.object;
    let named = client_reference_id.or_else(|| metadata?.charge_id);
    Ok(VerifiedNotice {
        charge: named.and_then(|id| Uuid::try_parse(&id).ok()).map(ChargeId::new),
        reference: id.filter(|_| object.as_deref() == Some("checkout.session")),
        signature: NoticeSignature::SignedAt(signed_at),
    })
}

/// The instant, as it is signed, and the signatures of the one scheme that is taken.
fn read(header: &str) -> Result<(&str, Vec<[u8; 32]>), NoticeError> {
    let (mut signed_at, mut signatures) = (None, Vec::new());
    for pair in header.split(',') {
        match pair.trim().split_once('=') {
            Some(("t", instant)) if signed_at.is_none() => signed_at = Some(instant),
            Some(("v1", signature)) if signatures.len() < SIGNATURES_MAX => signatures.extend(hex(signature)),
            _ => {}
        }
    }
    Ok((signed_at.ok_or(NoticeError::Forged)?, signatures))
}

fn hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"type":"checkout.session.completed","data":{"object":{"id":"cs_test_1","object":"checkout.session","client_reference_id":"019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e"}}}"#;

    fn sign(secret: &str, at: &str, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{at}.{body}").as_bytes());
        mac.finalize().into_bytes().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    fn verified(header: &str, body: &str, secrets: &[&str]) -> Result<VerifiedNotice, NoticeError> {
        let secrets: Vec<_> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        verify(Notice { body: body.as_bytes(), signature: Some(header) }, &secrets)
    }

    #[test]
    fn a_signed_notice_names_its_charge() {
        let header = format!("t=1700000000,v0=00,v1={}", sign("whsec_a", "1700000000", BODY));
        let notice = verified(&header, BODY, &["whsec_a"]).unwrap();
        assert_eq!(notice.charge.unwrap().to_string(), "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e");
        assert_eq!(notice.reference.as_deref(), Some("cs_test_1"));
        assert_eq!(
            notice.signature,
            NoticeSignature::SignedAt(DateTime::from_timestamp(1_700_000_000, 0).unwrap())
        );
    }

    /// Made by `generate_signature_header` of Stripe's own library (Python, 16.1.0), and verified by its `construct_event`.
    #[test]
    fn a_notice_that_stripes_own_library_signed_is_taken() {
        let secret = "whsec_c2VhdGxpbmUtdGVzdC12ZWN0b3I";
        let header = "t=1764201600,v1=8ac76a1e9aa51599b41e3c3ba3c2f54d55e1b60390cc36ceb0fad4079b1f8d0b";
        let body = r#"{
  "id": "evt_1SXxPq2eZvKYlo2C",
  "object": "event",
  "type": "checkout.session.completed",
  "data": {
    "object": {
      "id": "cs_test_a1b2c3",
      "object": "checkout.session",
      "client_reference_id": "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e",
      "customer_details": {
        "name": "김하늘"
      },
      "payment_status": "paid"
    }
  }
}"#;
        let notice = verified(header, body, &[secret]).unwrap();
        assert_eq!(notice.charge.unwrap().to_string(), "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e");
        assert_eq!(notice.reference.as_deref(), Some("cs_test_a1b2c3"));
        let signed_at = DateTime::from_timestamp(1_764_201_600, 0).unwrap();
        assert_eq!(notice.signature, NoticeSignature::SignedAt(signed_at));
        assert_eq!(verified(header, &body.replace("paid", "open"), &[secret]), Err(NoticeError::Forged));
    }

    #[test]
    fn several_secrets_verify_while_they_are_changed() {
        let (old, new) = (sign("whsec_old", "5", BODY), sign("whsec_new", "5", BODY));
        for header in [format!("t=5,v1={old}"), format!("t=5,v1={new}"), format!("t=5,v1={old},v1={new}")] {
            assert!(verified(&header, BODY, &["whsec_new", "whsec_old"]).is_ok());
        }
        assert_eq!(verified(&format!("t=5,v1={old}"), BODY, &["whsec_new"]), Err(NoticeError::Forged));
    }

    #[test]
    fn anything_else_is_forged() {
        let good = sign("whsec_a", "5", BODY);
        let changed = BODY.replace("completed", "expired");
        for (header, body) in [
            (format!("t=6,v1={good}"), BODY),
            (format!("t=5,v1={good}"), changed.as_str()),
            (format!("t=5,v0={good}"), BODY),
            (format!("v1={good}"), BODY),
            (format!("t=5,v1={}", &good[..62]), BODY),
            ("t=5".to_owned(), BODY),
            (String::new(), BODY),
        ] {
            assert_eq!(verified(&header, body, &["whsec_a"]), Err(NoticeError::Forged), "{header}");
        }
        assert_eq!(verified(&format!("t=5,v1={good}"), BODY, &[]), Err(NoticeError::Forged));
        let secrets = [SecretString::from("whsec_a")];
        let unsigned = Notice { body: BODY.as_bytes(), signature: None };
        assert_eq!(verify(unsigned, &secrets), Err(NoticeError::Forged));
    }

    #[test]
    fn a_notice_about_something_else_names_no_charge() {
        let body = r#"{"type":"customer.created","data":{"object":{"id":"cus_1","object":"customer"}}}"#;
        let notice = verified(&format!("t=5,v1={}", sign("s", "5", body)), body, &["s"]).unwrap();
        assert_eq!((notice.charge, notice.reference), (None, None));
        let body = "no JSON";
        let header = format!("t=5,v1={}", sign("s", "5", body));
        assert_eq!(verified(&header, body, &["s"]), Err(NoticeError::Malformed));
    }
}
