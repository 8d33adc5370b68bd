use utoipa::openapi::security::SecurityRequirement;

use crate::problem::Code;

/// Whom an operation serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody.
    Public,
    /// A user, by access token.
    User,
    /// A user with a place in line, whatever has become of it.
    InLine,
    /// A user whose turn it is.
    InTurn,
    /// An operator.
    Operator,
}

impl Access {
    /// The security schemes of the document.
    pub(super) const USER_SCHEME: &str = "accessToken";
    pub(super) const QUEUE_SCHEME: &str = "queueToken";
    pub(super) const OPERATOR_SCHEME: &str = "operatorKey";

    /// Whether it asks for a queue token.
    pub(super) const fn needs_queue_token(self) -> bool {
        matches!(self, Self::InLine | Self::InTurn)
    }

    /// What must be sent, in the document's words.
    pub(super) fn requirement(self) -> Option<SecurityRequirement> {
        let none: [&str; 0] = [];
        match self {
            Self::Public => None,
            Self::User => Some(SecurityRequirement::new(Self::USER_SCHEME, none)),
            Self::InLine | Self::InTurn => {
                Some(SecurityRequirement::new(Self::USER_SCHEME, none).add(Self::QUEUE_SCHEME, none))
            }
            Self::Operator => Some(SecurityRequirement::new(Self::OPERATOR_SCHEME, none)),
        }
    }

    /// How those are refused whom it does not serve.
    pub(super) const fn errors(self) -> &'static [Code] {
        match self {
            Self::Public => &[],
            Self::User => &[Code::Unauthenticated],
            Self::InLine => &[
                Code::Unauthenticated,
                Code::QueueTokenMissing,
                Code::QueueTokenInvalid,
                Code::QueueTokenMismatch,
            ],
            Self::InTurn => &[
                Code::Unauthenticated,
                Code::QueueTokenMissing,
                Code::QueueTokenInvalid,
                Code::QueueTokenExpired,
                Code::NotAdmitted,
                Code::QueueTokenMismatch,
            ],
            Self::Operator => &[Code::Unauthenticated, Code::Forbidden],
        }
    }
}
