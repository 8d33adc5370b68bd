use super::IdempotencyKey;
use crate::audit::OperatorId;
use crate::id::UserId;

/// The owner of a key. The same key of somebody else is another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyOwner {
    /// A user.
    User(UserId),
    /// An operator, by the operators' key that was used.
    Operator(OperatorId),
    /// People without an account who ask from one network.
    Network(NetworkDigest),
}

/// The network of a client, such that nobody learns its address from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkDigest([u8; 16]);

impl NetworkDigest {
    /// Wraps 16 bytes of a keyed digest.
    pub const fn new(digest: [u8; 16]) -> Self {
        Self(digest)
    }

    /// The bytes.
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

/// The key of somebody who has no account yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewcomerKey {
    /// The network that they ask from.
    pub network: NetworkDigest,
    /// The key.
    pub key: IdempotencyKey,
}
