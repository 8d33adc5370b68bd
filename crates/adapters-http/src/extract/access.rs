use seatline_domain::operator_key::Role;
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
    /// Somebody who checks tickets in: the owner, an operator or a gate.
    Gate,
    /// Somebody who helps users: the owner, an operator or the support desk.
    Support,
    /// An operator, or the owner.
    Operator,
    /// The owner alone.
    Owner,
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
            Self::Gate | Self::Support | Self::Operator | Self::Owner => {
                Some(SecurityRequirement::new(Self::OPERATOR_SCHEME, none))
            }
        }
    }

    /// Whether it serves the holder of an operators' key with this role.
    pub(crate) fn serves(self, role: Role) -> bool {
        match self {
            Self::Gate => matches!(role, Role::Operator | Role::Gate),
            Self::Support => matches!(role, Role::Operator | Role::Support),
            Self::Operator => role == Role::Operator,
            Self::Public | Self::User | Self::InLine | Self::InTurn | Self::Owner => false,
        }
    }

    /// The operators that it serves, in the document's words; `None` where no operators' key is needed.
    pub(crate) const fn operators(self) -> Option<&'static str> {
        match self {
            Self::Public | Self::User | Self::InLine | Self::InTurn => None,
            Self::Gate => Some("For the owner, and keys with the role `OPERATOR` or `GATE`."),
            Self::Support => Some("For the owner, and keys with the role `OPERATOR` or `SUPPORT`."),
            Self::Operator => Some("For the owner, and keys with the role `OPERATOR`."),
            Self::Owner => Some("For the owner alone."),
        }
    }
}
