use thiserror::Error;

use crate::Timestamp;
use crate::id::ChargeId;

/// What somebody sent who says that they are the provider.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'n> {
    /// The body, byte by byte.
    pub body: &'n [u8],
    /// The header with its signature, if there is one.
    pub signature: Option<&'n str>,
}

/// How much a notice is to be believed: which charge it is about, and never what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedNotice {
    /// The charge, if it is about one.
    pub charge: Option<ChargeId>,
    /// The provider's own id of the checkout, for a charge that does not know it yet.
    pub reference: Option<String>,
    /// How it is known who sent it.
    pub signature: NoticeSignature,
}

/// How it is known who sent a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeSignature {
    /// By a signature of this instant.
    SignedAt(Timestamp),
    /// It is not known: the provider signs none.
    Unsigned,
}

/// Error of verifying a notice.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoticeError {
    /// It cannot be read.
    #[error("the notice cannot be read")]
    Malformed,
    /// It is not signed by the provider, or with a secret that is not taken.
    #[error("the notice is not signed by the provider")]
    Forged,
}
