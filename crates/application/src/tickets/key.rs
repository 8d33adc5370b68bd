use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A key with which the codes of tickets are signed (Ed25519), made of a secret of at least 32 bytes: the same secret makes
/// the same key on every instance.
pub struct TicketKey {
    pair: Ed25519KeyPair,
    public: PublicTicketKey,
}

/// The key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a ticket key must have at least {} bytes", TicketKey::MIN_BYTES)]
pub struct TicketKeyError;

/// The public half of a ticket key, as others verify codes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicTicketKey {
    /// Its id: the thumbprint of the key (RFC 7638).
    pub id: String,
    /// Its 32 bytes, in base64url.
    pub x: String,
}

impl TicketKey {
    /// The fewest bytes that a secret has.
    pub const MIN_BYTES: usize = 32;

    /// Makes a key of a secret.
    ///
    /// # Errors
    /// [`TicketKeyError`] when it is too short.
    pub fn parse(secret: &[u8]) -> Result<Self, TicketKeyError> {
        if secret.len() < Self::MIN_BYTES {
            return Err(TicketKeyError);
        }
        let seed = Sha256::new().chain_update(b"seatline ticket key\n").chain_update(secret).finalize();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| TicketKeyError)?;
        let public = PublicTicketKey::of(pair.public_key().as_ref());
        Ok(Self { pair, public })
    }

    /// Its public half.
    pub const fn public(&self) -> &PublicTicketKey {
        &self.public
    }

    pub(super) fn sign(&self, text: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.pair.sign(text.as_bytes()))
    }

    pub(super) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        let public = UnparsedPublicKey::new(&ED25519, self.pair.public_key().as_ref());
        public.verify(text.as_bytes(), signature).is_ok()
    }
}

impl std::fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TicketKey({})", self.public.id)
    }
}

impl PublicTicketKey {
    fn of(bytes: &[u8]) -> Self {
        let x = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        // The members that a key of this kind needs, in the order of their names (RFC 8037, appendix A.3).
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        Self { id: BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(members)), x }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        // RFC 8037, appendices A.2 and A.3.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = PublicTicketKey::of(&BASE64_URL_SAFE_NO_PAD.decode(x).unwrap());
        assert_eq!(key.x, x);
        assert_eq!(key.id, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn short_secrets_are_refused_and_no_secret_is_shown() {
        assert_eq!(TicketKey::parse(&[7; 31]).err(), Some(TicketKeyError));
        let key = TicketKey::parse(b"a secret of at least 32 bytes in all").unwrap();
        assert!(!format!("{key:?}").contains("secret"));
        let again = TicketKey::parse(b"a secret of at least 32 bytes in all").unwrap();
        assert_eq!(key.public(), again.public());
    }
}
