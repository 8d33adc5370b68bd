use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::queue::{Number, QueueClaims};
use seatline_domain::user::AccessTokenHash;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;
use uuid::Uuid;

/// A secret with which queue tokens are signed: at least 32 bytes.
#[derive(Clone)]
pub struct QueueKey {
    id: String,
    mac: Hmac<Sha256>,
}

/// The key is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a queue key must have at least {} bytes", QueueKey::MIN_BYTES)]
pub struct QueueKeyError;

impl QueueKey {
    /// The fewest bytes a key has.
    pub const MIN_BYTES: usize = 32;

    /// Takes a secret.
    ///
    /// # Errors
    /// [`QueueKeyError`] when it is too short.
    pub fn parse(secret: &[u8]) -> Result<Self, QueueKeyError> {
        if secret.len() < Self::MIN_BYTES {
            return Err(QueueKeyError);
        }
        let mac = Hmac::new_from_slice(secret).map_err(|_| QueueKeyError)?;
        let digest = Sha256::new().chain_update(b"seatline queue key id").chain_update(secret).finalize();
        let id = BASE64_URL_SAFE_NO_PAD.encode(digest.get(..6).unwrap_or_default());
        Ok(Self { id, mac })
    }

    fn sign(&self, payload: &str) -> Vec<u8> {
        self.mac.clone().chain_update(payload).finalize().into_bytes().to_vec()
    }

    /// 32 bytes that nobody can tell who does not have this key. No payload of a token has a line break, so none is signed
    /// with them.
    fn derive(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.mac.clone().chain_update(purpose).chain_update(b"\n");
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn verifies(&self, payload: &str, signature: &[u8]) -> bool {
        self.mac.clone().chain_update(payload).verify_slice(signature).is_ok()
    }
}

impl std::fmt::Debug for QueueKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QueueKey({})", self.id)
    }
}

/// The access token to which a queue token was issued: half of its hash, so that the two are known to belong together
/// without looking either up. Compared in constant time.
#[derive(Debug, Clone, Copy, Eq)]
pub struct Holder([u8; 16]);

impl PartialEq for Holder {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Holder {
    /// The holder of an access token with this hash.
    pub fn of(hash: &AccessTokenHash) -> Self {
        let mut half = [0; 16];
        half.iter_mut().zip(hash.bytes()).for_each(|(half, byte)| *half = *byte);
        Self(half)
    }
}

/// A queue token that is ours, and what it proves.
#[derive(Clone, PartialEq, Eq)]
pub struct QueueToken {
    /// The token, signed by the key that signs today.
    pub text: String,
    /// Its claims.
    pub claims: QueueClaims,
    /// The access token to which it was issued.
    pub holder: Holder,
}

impl std::fmt::Debug for QueueToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueueToken").field("claims", &self.claims).finish_non_exhaustive()
    }
}

/// What a token says, readable by its bearer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Payload<'t> {
    #[serde(borrow)]
    key_id: Cow<'t, str>,
    user_id: Uuid,
    concert_id: Uuid,
    number: u64,
    /// In microseconds, as exact as the database's clock, and quick to read.
    #[serde(rename = "issuedAtMicros", with = "chrono::serde::ts_microseconds")]
    issued_at: DateTime<Utc>,
    #[serde(borrow)]
    holder: Cow<'t, str>,
}

impl Payload<'_> {
    /// Writes the payload. That cannot fail: no value needs to be escaped.
    fn json(&self) -> String {
        let Self { key_id, user_id, concert_id, number, issued_at, holder } = self;
        let issued_at = issued_at.timestamp_micros();
        format!(
            r#"{{"keyId":"{key_id}","userId":"{user_id}","concertId":"{concert_id}","number":{number},"issuedAtMicros":{issued_at},"holder":"{holder}"}}"#
        )
    }
}

/// Signs and verifies queue tokens: `base64url(payload).base64url(HMAC-SHA256)`.
///
/// A token proves who has which place in which line. Whether it is that person's turn is never in it.
#[derive(Debug, Clone)]
pub struct QueueTokens {
    signing: QueueKey,
    retired: Vec<QueueKey>,
}

impl QueueTokens {
    /// No token is longer.
    pub const MAX_LENGTH: usize = 1_024;

    /// The first key signs; tokens of the retired ones are still accepted.
    pub const fn new(signing: QueueKey, retired: Vec<QueueKey>) -> Self {
        Self { signing, retired }
    }

    /// Secret bytes for another purpose, from each key: the one that signs comes first. The same purpose and parts give the
    /// same bytes on every instance.
    pub fn derive<'k>(
        &'k self,
        purpose: &'k str,
        parts: &'k [&'k [u8]],
    ) -> impl Iterator<Item = [u8; 32]> + 'k {
        std::iter::once(&self.signing).chain(&self.retired).map(move |key| key.derive(purpose, parts))
    }

    /// The token for a place in line. The same claims and holder give the same token as long as the key stays.
    pub fn issue(&self, claims: QueueClaims, holder: Holder) -> QueueToken {
        let payload = Payload {
            key_id: self.signing.id.as_str().into(),
            user_id: claims.user_id.uuid(),
            concert_id: claims.concert_id.uuid(),
            number: claims.number.get(),
            issued_at: claims.issued_at,
            holder: BASE64_URL_SAFE_NO_PAD.encode(holder.0).into(),
        };
        let payload = BASE64_URL_SAFE_NO_PAD.encode(payload.json());
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.signing.sign(&payload));
        QueueToken { text: [&payload, ".", &signature].concat(), claims, holder }
    }

    /// Verifies a token; `None` when no key of ours signed it. A token of a retired key is signed again.
    pub fn verify(&self, text: &str) -> Option<QueueToken> {
        if text.len() > Self::MAX_LENGTH {
            return None;
        }
        let (encoded, signature) = text.split_once('.')?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
        let decoded = BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let payload: Payload<'_> = serde_json::from_slice(&decoded).ok()?;
        let mut keys = std::iter::once(&self.signing).chain(&self.retired);
        let key = keys.find(|key| key.id == payload.key_id)?;
        if !key.verifies(encoded, &signature) {
            return None;
        }
        let holder = Holder(BASE64_URL_SAFE_NO_PAD.decode(payload.holder.as_bytes()).ok()?.try_into().ok()?);
        let claims = QueueClaims {
            user_id: UserId::new(payload.user_id),
            concert_id: ConcertId::new(payload.concert_id),
            number: Number::new(payload.number),
            issued_at: payload.issued_at,
        };
        if key.id == self.signing.id {
            Some(QueueToken { text: text.to_owned(), claims, holder })
        } else {
            Some(self.issue(claims, holder))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> QueueClaims {
        QueueClaims {
            user_id: UserId::new(Uuid::from_u128(1)),
            concert_id: ConcertId::new(Uuid::from_u128(2)),
            number: Number::new(3),
            issued_at: "2026-11-21T09:00:00.123456Z".parse().unwrap(),
        }
    }

    fn holder(byte: u8) -> Holder {
        Holder::of(&AccessTokenHash::new([byte; 32]))
    }

    fn key(byte: u8) -> QueueKey {
        QueueKey::parse(&[byte; 32]).unwrap()
    }

    #[test]
    fn a_token_gives_back_its_claims_and_is_the_same_each_time() {
        let tokens = QueueTokens::new(key(1), vec![]);
        let token = tokens.issue(claims(), holder(1));
        assert_eq!((token.claims, token.holder), (claims(), holder(1)));
        assert_eq!(tokens.verify(&token.text).as_ref(), Some(&token));
        assert_eq!(tokens.issue(claims(), holder(1)), token);
        assert_ne!(tokens.issue(claims(), holder(2)).text, token.text);
        let payload = BASE64_URL_SAFE_NO_PAD.decode(token.text.split('.').next().unwrap()).unwrap();
        assert!(String::from_utf8(payload).unwrap().contains(&claims().user_id.to_string()));
    }

    #[test]
    fn retired_keys_verify_and_unknown_ones_do_not() {
        let old = QueueTokens::new(key(1), vec![]).issue(claims(), holder(1));
        let renewed = QueueTokens::new(key(2), vec![]).issue(claims(), holder(1));
        assert_eq!(QueueTokens::new(key(2), vec![key(1)]).verify(&old.text), Some(renewed));
        assert_eq!(QueueTokens::new(key(2), vec![]).verify(&old.text), None);
    }

    #[test]
    fn no_changed_byte_and_no_cut_goes_unnoticed() {
        let tokens = QueueTokens::new(key(1), vec![]);
        let token = tokens.issue(claims(), holder(1)).text;
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(tokens.verify(&String::from_utf8(forged).unwrap()), None, "byte {at}");
            assert_eq!(tokens.verify(&token[..at]), None, "cut at {at}");
        }
        assert_eq!(tokens.verify(&"x".repeat(10_000)), None);
    }

    #[test]
    fn a_token_that_is_too_long_is_not_read() {
        let tokens = QueueTokens::new(key(1), vec![]);
        let text = tokens.issue(claims(), holder(1)).text;
        let payload = BASE64_URL_SAFE_NO_PAD.decode(text.split('.').next().unwrap()).unwrap();
        let padded = |spaces: usize| {
            let payload = BASE64_URL_SAFE_NO_PAD.encode([payload.as_slice(), &vec![b' '; spaces]].concat());
            let signature = BASE64_URL_SAFE_NO_PAD.encode(tokens.signing.sign(&payload));
            [&payload, ".", &signature].concat()
        };
        for spaces in 0..QueueTokens::MAX_LENGTH {
            let text = padded(spaces);
            assert_eq!(tokens.verify(&text).is_some(), text.len() <= QueueTokens::MAX_LENGTH, "{spaces}");
        }
    }

    #[test]
    fn secrets_differ_by_key_purpose_and_parts() {
        let tokens = QueueTokens::new(key(1), vec![key(2)]);
        let derive = |purpose, parts: &[&[u8]]| tokens.derive(purpose, parts).collect::<Vec<_>>();
        let secrets = derive("one", &[b"ab", b"c"]);
        assert_eq!(secrets, derive("one", &[b"ab", b"c"]));
        assert_eq!(QueueTokens::new(key(2), vec![]).derive("one", &[b"ab", b"c"]).next(), Some(secrets[1]));
        for other in [derive("two", &[b"ab", b"c"]), derive("one", &[b"a", b"bc"]), derive("one", &[b"abc"])]
        {
            assert!(other.iter().all(|secret| !secrets.contains(secret)));
        }
    }

    #[test]
    fn short_keys_are_refused_and_neither_keys_nor_tokens_are_shown() {
        assert_eq!(QueueKey::parse(&[7; 31]).err(), Some(QueueKeyError));
        assert!(
            !format!("{:?}", QueueKey::parse(b"a secret of at least 32 bytes in all").unwrap())
                .contains("secret")
        );
        let token = QueueTokens::new(key(1), vec![]).issue(claims(), holder(1));
        assert!(!format!("{token:?}").contains(token.text.split('.').nth(1).unwrap()));
    }
}
