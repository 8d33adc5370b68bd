//! People with an account, and how they prove who they are.

mod device_code;
mod idle;
pub mod policy;

pub use device_code::{DeviceCode, DeviceCodeHash, FormHash, SealedToken};
pub use idle::{AccountTraces, removal_cutoff};

use crate::Timestamp;
use crate::id::UserId;
use crate::text::Text;

/// What a user wants to be called: 1 to 100 characters.
pub type UserName = Text<100>;

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The name they want.
    pub name: Option<UserName>,
}

/// A user, and since when they are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredUser {
    /// The user.
    pub user: User,
    /// The instant of their registration, by the database's clock.
    pub registered_at: Timestamp,
}

/// A user and the hash of the access token by which they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The user.
    pub user: User,
    /// The hash of their access token.
    pub token_hash: AccessTokenHash,
}

/// The SHA-256 of an access token. The token itself is never stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessTokenHash([u8; 32]);

impl AccessTokenHash {
    /// Wraps the 32 bytes of a SHA-256.
    pub const fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for AccessTokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessTokenHash(..)")
    }
}
