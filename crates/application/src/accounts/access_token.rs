use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use seatline_domain::user::AccessTokenHash;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A user's bearer token: a prefix by which it is recognised, and 256 bits that are random, or derived from a secret. Compared in constant time.
#[derive(Clone, Eq)]
pub struct AccessToken(String);

impl PartialEq for AccessToken {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl AccessToken {
    /// How every access token starts, so that a leaked one is recognised.
    pub const PREFIX: &str = "slt_";
    const RANDOM_BYTES: usize = 32;
    const ENCODED_LENGTH: usize = 43;

    /// A new token, from the operating system's random numbers.
    ///
    /// # Errors
    /// The operating system has none to give.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; Self::RANDOM_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self::of(&bytes))
    }

    /// The token with these bytes, which nobody else can tell.
    pub(super) fn of(bytes: &[u8; Self::RANDOM_BYTES]) -> Self {
        Self(format!("{}{}", Self::PREFIX, BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Takes what a client sent, if it looks like a token.
    pub fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(Self::PREFIX)?;
        let plausible = encoded.len() == Self::ENCODED_LENGTH
            && encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        plausible.then(|| Self(text.to_owned()))
    }

    /// What the database keeps of it.
    pub fn hash(&self) -> AccessTokenHash {
        AccessTokenHash::new(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The token itself, to be shown to its user once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_recognisable_different_and_never_shown_by_debug() {
        let (one, other) = (AccessToken::generate().unwrap(), AccessToken::generate().unwrap());
        assert_ne!(one, other);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(AccessToken::parse(one.reveal()), Some(one.clone()));
        assert!(!format!("{one:?}").contains(&one.reveal()[4..]));
        for bad in ["", "slt_", "abc", &one.reveal()[..46], &format!("{}x", one.reveal())] {
            assert_eq!(AccessToken::parse(bad), None);
        }
    }
}
