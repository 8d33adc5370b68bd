use utoipa::openapi::security::SecurityRequirement;

/// Users and operators that a handler serves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// Anybody.
    #[default]
    Public,
    /// A user, by access token.
    User,
    /// A user with a pass, in any state.
    InLine,
    /// A user whose turn it is.
    InTurn,
    /// An operator.
    Operator,
}

impl Access {
    /// The security schemes of the document.
    pub(crate) const USER_SCHEME: &str = "accessToken";
    pub(crate) const QUEUE_SCHEME: &str = "queueToken";
    pub(crate) const OPERATOR_SCHEME: &str = "operatorKey";

    /// Credentials that must be sent, in the document's words.
    pub(crate) fn requirement(self) -> Option<SecurityRequirement> {
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
}
