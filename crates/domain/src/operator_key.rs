//! Operators' keys beside the owner's, with what each of them may do.

use crate::Timestamp;
use crate::audit::OperatorId;
use crate::id::OperatorKeyId;
use crate::text::Text;

/// What the holder of a key is called: 1 to 100 characters. Several keys may have one name.
pub type OperatorKeyName = Text<100>;

/// What the holder of a key may do. The owner may do everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything but what is the owner's: keys and webhooks.
    Operator,
    /// Look up users, refund, credit.
    Support,
    /// Check tickets in.
    Gate,
}

/// The SHA-256 of an operators' key. The key itself is never stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorKeyHash([u8; 32]);

impl OperatorKeyHash {
    /// Wraps the 32 bytes of a SHA-256.
    pub const fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for OperatorKeyHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OperatorKeyHash(..)")
    }
}

/// An operators' key that the owner made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorKey {
    /// Its id.
    pub id: OperatorKeyId,
    /// The name of its holder.
    pub name: OperatorKeyName,
    /// What its holder may do.
    pub role: Role,
    /// Its hash.
    pub hash: OperatorKeyHash,
    /// The instant at which it was made, and by whom.
    pub created: KeyChange,
    /// The instant at which it was deleted, and by whom; `None` while it is good.
    pub deleted: Option<KeyChange>,
}

/// The making or the deletion of a key: its instant, and the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyChange {
    /// The instant, by the database's clock.
    pub at: Timestamp,
    /// The owner, by the fingerprint of their key.
    pub by: OperatorId,
}

impl OperatorKey {
    /// The operator that its holder is.
    pub fn operator(&self) -> OperatorId {
        OperatorId::of_key(self.id)
    }
}
