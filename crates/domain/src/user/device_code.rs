use super::policy::DEVICE_CODE_TTL;
use crate::Timestamp;
use crate::id::UserId;

/// A short code by which an account comes to another device: typed there, within minutes, and once.
///
/// With it goes the access token, sealed by the code itself: whoever has only what is stored has neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCode {
    /// The user whose account it is. They have one code at a time.
    pub user_id: UserId,
    /// Its hash.
    pub hash: DeviceCodeHash,
    /// Their access token, as nobody can read it who does not know the code.
    pub sealed_token: SealedToken,
    /// The instant from which it opens nothing.
    pub expires_at: Timestamp,
    /// The form with which it was used.
    pub used_by: Option<FormHash>,
}

impl DeviceCode {
    /// A code that is made now.
    pub fn made(user_id: UserId, hash: DeviceCodeHash, sealed_token: SealedToken, now: Timestamp) -> Self {
        Self { user_id, hash, sealed_token, expires_at: now + DEVICE_CODE_TTL, used_by: None }
    }

    /// Whether whoever sends this form may use it: nobody has, or it was this form, sent again.
    pub fn is_open_to(&self, form: FormHash, now: Timestamp) -> bool {
        now < self.expires_at && self.used_by.is_none_or(|used_by| used_by == form)
    }
}

/// Makes a type of 32 bytes that are told to nobody.
macro_rules! hidden_bytes {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Wraps the 32 bytes.
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            pub const fn bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )* };
}

hidden_bytes! {
    /// The hash of a device code. The code itself is never stored.
    DeviceCodeHash;
    /// An access token, sealed.
    SealedToken;
    /// The hash of what tells one form from another.
    FormHash;
}
