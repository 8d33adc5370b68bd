use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use seatline_domain::id::PerformanceId;
use seatline_domain::ticket::{TicketClaims, TicketId};
use serde::Deserialize;
use uuid::Uuid;

use super::{PublicTicketKey, TicketKey};

/// Signs and verifies the codes of tickets: JWS in the compact form (RFC 7515), by Ed25519 (RFC 8037).
///
/// A code proves which ticket of which performance it is. Whether it is valid is never in it. Nothing is stored: the same
/// ticket has the same code as long as the key stays.
#[derive(Debug, Clone)]
pub struct TicketCodes {
    signing: Arc<TicketKey>,
    retired: Arc<[TicketKey]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'c> {
    #[serde(borrow)]
    alg: Cow<'c, str>,
    #[serde(borrow)]
    kid: Cow<'c, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Payload<'c> {
    #[serde(borrow)]
    ticket_id: Cow<'c, str>,
    performance_id: Uuid,
    revision: u32,
}

impl TicketCodes {
    /// No code is longer.
    pub const MAX_LENGTH: usize = 512;
    /// The one algorithm.
    pub const ALGORITHM: &str = "EdDSA";

    /// The first key signs; codes of the retired ones are still accepted.
    pub fn new(signing: TicketKey, retired: Vec<TicketKey>) -> Self {
        Self { signing: Arc::new(signing), retired: retired.into() }
    }

    /// The public halves of all keys, of the one that signs first.
    pub fn public_keys(&self) -> impl Iterator<Item = &PublicTicketKey> {
        self.keys().map(TicketKey::public)
    }

    /// The code of a ticket.
    pub fn code(&self, claims: &TicketClaims) -> String {
        let TicketClaims { ticket_id, performance_id, revision } = claims;
        let header = format!(r#"{{"alg":"{}","kid":"{}"}}"#, Self::ALGORITHM, self.signing.public().id);
        let payload = format!(
            r#"{{"ticketId":"{ticket_id}","performanceId":"{performance_id}","revision":{revision}}}"#
        );
        let [header, payload] = [header, payload].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
        let signed = [&header, ".", &payload].concat();
        let signature = self.signing.sign(&signed);
        [&signed, ".", &signature].concat()
    }

    /// Verifies a code; `None` when no key of ours signed it by this algorithm.
    pub fn verify(&self, code: &str) -> Option<TicketClaims> {
        if code.len() > Self::MAX_LENGTH {
            return None;
        }
        let (signed, signature) = code.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
        let header: Header<'_> = serde_json::from_slice(&header).ok()?;
        if header.alg != Self::ALGORITHM {
            return None;
        }
        let key = self.keys().find(|key| key.public().id == header.kid)?;
        if !key.verifies(signed, &signature) {
            return None;
        }
        let payload: Payload<'_> = serde_json::from_slice(&payload).ok()?;
        Some(TicketClaims {
            ticket_id: TicketId::parse(&payload.ticket_id)?,
            performance_id: PerformanceId::new(payload.performance_id),
            revision: payload.revision,
        })
    }

    fn keys(&self) -> impl Iterator<Item = &TicketKey> {
        std::iter::once(&*self.signing).chain(&*self.retired)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
    use seatline_domain::samples;
    use sha2::{Digest, Sha256};

    use super::*;

    fn secret(n: u8) -> Vec<u8> {
        vec![n; TicketKey::MIN_BYTES]
    }

    fn key(n: u8) -> TicketKey {
        TicketKey::parse(&secret(n)).unwrap()
    }

    fn codes() -> TicketCodes {
        TicketCodes::new(key(1), vec![key(2)])
    }

    fn claims() -> TicketClaims {
        let ticket_id = TicketId::parse("019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e.1000000").unwrap();
        TicketClaims::of(ticket_id, samples::performance_id())
    }

    /// Signs anything with the first key, by another implementation.
    fn signed(header: &str, payload: &str) -> String {
        let seed = Sha256::new().chain_update(b"seatline ticket key\n").chain_update(secret(1)).finalize();
        let [header, payload] = [header, payload].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
        let signed = format!("{header}.{payload}");
        let signature = SigningKey::from_bytes(&seed.into()).sign(signed.as_bytes());
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    fn parts(code: &str) -> [String; 3] {
        let parts: Vec<_> = code.split('.').map(str::to_owned).collect();
        parts.try_into().unwrap()
    }

    fn text(part: &str) -> String {
        String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn a_code_is_verified_by_another_implementation_with_the_public_key_alone() {
        let (codes, code) = (codes(), codes().code(&claims()));
        let [header, payload, signature] = parts(&code);
        let public = codes.public_keys().next().unwrap();
        assert_eq!(text(&header), format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, public.id));
        let x: [u8; 32] = BASE64_URL_SAFE_NO_PAD.decode(&public.x).unwrap().try_into().unwrap();
        let signature: [u8; 64] = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap().try_into().unwrap();
        let signed = format!("{header}.{payload}");
        let verifying = VerifyingKey::from_bytes(&x).unwrap();
        verifying.verify_strict(signed.as_bytes(), &Signature::from_bytes(&signature)).unwrap();
        assert!(code.len() < TicketCodes::MAX_LENGTH * 3 / 4, "{}", code.len());
    }

    #[test]
    fn codes_of_all_keys_are_taken_and_those_of_others_are_not() {
        let by_retired = TicketCodes::new(key(2), vec![]).code(&claims());
        assert_eq!(codes().verify(&by_retired), Some(claims()));
        assert_eq!(codes().verify(&codes().code(&claims())), Some(claims()));
        assert_eq!(codes().verify(&TicketCodes::new(key(3), vec![]).code(&claims())), None);
        assert_eq!(TicketCodes::new(key(2), vec![]).verify(&codes().code(&claims())), None);
        let ids: Vec<_> = codes().public_keys().map(|key| key.id.clone()).collect();
        assert_eq!(ids, [key(1).public().id.clone(), key(2).public().id.clone()]);
    }

    #[test]
    fn every_change_of_a_code_is_noticed() {
        let code = codes().code(&claims());
        for place in 0..code.len() {
            for other in ['A', 'z', '.', '=', ' ', '\u{e9}'] {
                let mut changed = code.clone();
                changed.replace_range(place..=place, &other.to_string());
                assert_eq!(codes().verify(&changed).is_some(), changed == code, "{other} at {place}");
            }
            assert_eq!(codes().verify(&code[..place]), None, "cut at {place}");
        }
        for longer in [format!("{code}="), format!("{code}."), format!(" {code}"), format!("{code}\n")] {
            assert_eq!(codes().verify(&longer), None, "{longer}");
        }
    }

    #[test]
    fn no_other_algorithm_header_or_payload_is_taken_though_the_key_signed_it() {
        let code = codes().code(&claims());
        let [header, payload, signature] = parts(&code);
        let (header, payload) = (text(&header), text(&payload));
        assert_eq!(signed(&header, &payload), code, "the two implementations agree");
        let kid = key(1).public().id.clone();
        for other in [
            format!(r#"{{"alg":"none","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"eddsa","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"EdDSA","kid":"{kid}","crit":["exp"],"exp":1}}"#),
            format!(r#"{{"alg":"EdDSA","kid":"{kid}","jwk":{{}}}}"#),
            format!(r#"{{"alg":"EdDSA","alg":"none","kid":"{kid}"}}"#),
            format!(r#"{{"kid":"{kid}"}}"#),
            r#"{"alg":"EdDSA"}"#.to_owned(),
            r#"{"alg":"EdDSA","kid":""}"#.to_owned(),
            "[]".to_owned(),
            String::new(),
        ] {
            assert_eq!(codes().verify(&signed(&other, &payload)), None, "{other}");
        }
        for other in [
            payload.replace("ticketId", "id"),
            payload.replace(".1000000", ".01000000"),
            payload.replace(".1000000", ".1000001"),
            payload.replace("revision\":1", "revision\":-1"),
            payload.replace('}', r#","more":1}"#),
            "null".to_owned(),
            String::new(),
        ] {
            assert_eq!(codes().verify(&signed(&header, &other)), None, "{other}");
        }
        let unsigned = format!("{}.{}.", &code[..header.len()], payload);
        assert_eq!(codes().verify(&unsigned), None);
        assert_eq!(codes().verify(&format!("{}..{signature}", parts(&code)[0])), None);
        assert_eq!(codes().verify(&"A".repeat(TicketCodes::MAX_LENGTH + 1)), None);
    }
}
