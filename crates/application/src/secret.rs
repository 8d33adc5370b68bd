use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use seatline_domain::storage::StorageError;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// 256 bits that are random, or derived from a secret, behind a prefix by which they are recognised when they leak.
/// Compared in constant time, and never shown by `Debug`.
#[derive(Clone, Eq)]
pub(crate) struct Secret(String);

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Secret {
    const RANDOM_BYTES: usize = 32;
    const ENCODED_LENGTH: usize = 43;

    /// A new one, from the operating system's random numbers.
    pub(crate) fn generate(prefix: &str) -> Result<Self, StorageError> {
        let mut bytes = [0; Self::RANDOM_BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|error| StorageError::Unavailable(format!("no random numbers: {error}")))?;
        Ok(Self::of(prefix, &bytes))
    }

    /// The one with these bytes, which nobody else can tell.
    pub(crate) fn of(prefix: &str, bytes: &[u8; Self::RANDOM_BYTES]) -> Self {
        Self(format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Takes what a client sent, if it looks like one.
    pub(crate) fn parse(prefix: &str, text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(prefix)?;
        let plausible = encoded.len() == Self::ENCODED_LENGTH
            && encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        plausible.then(|| Self(text.to_owned()))
    }

    /// The bytes that are behind its prefix.
    pub(crate) fn bytes(&self, prefix: &str) -> Option<[u8; Self::RANDOM_BYTES]> {
        let encoded = self.0.strip_prefix(prefix)?;
        BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?.try_into().ok()
    }

    /// Its SHA-256.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

/// Makes a type of the secrets with one prefix.
macro_rules! secrets {
    ($(#[$doc:meta])* $name:ident $prefix:literal $hash:ty) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name($crate::secret::Secret);

        impl $name {
            /// The beginning of all of them, so that a leaked one is recognised.
            pub const PREFIX: &str = $prefix;

            /// A new one, from the operating system's random numbers.
            ///
            /// # Errors
            /// The operating system has none to give.
            pub fn generate() -> Result<Self, seatline_domain::storage::StorageError> {
                $crate::secret::Secret::generate(Self::PREFIX).map(Self)
            }

            /// The one with these bytes, which nobody else can tell.
            pub(super) fn of(bytes: &[u8; 32]) -> Self {
                Self($crate::secret::Secret::of(Self::PREFIX, bytes))
            }

            /// Takes what a client sent, if it looks like one.
            pub fn parse(text: &str) -> Option<Self> {
                $crate::secret::Secret::parse(Self::PREFIX, text).map(Self)
            }

            /// What the database keeps of it.
            pub fn hash(&self) -> $hash {
                <$hash>::new(self.0.hash())
            }

            /// The secret itself, to be shown once.
            pub fn reveal(&self) -> &str {
                self.0.reveal()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

pub(crate) use secrets;
