//! Operators' keys as audit records them, without their hashes.

use crate::audit::{Facts, facts};
use crate::operator_key::{OperatorKey, Role};

pub(super) fn recorded(key: &OperatorKey) -> Facts {
    let role = match key.role {
        Role::Operator => "OPERATOR",
        Role::Support => "SUPPORT",
        Role::Gate => "GATE",
    };
    facts([
        ("keyId", key.id.to_string().into()),
        ("name", key.name.as_str().into()),
        ("role", role.into()),
        ("deletedAt", key.deleted.map(|deleted| deleted.at).into()),
    ])
}
