use seatline_application::operator_keys::SessionHolder;
use seatline_domain::audit::OperatorId;
use seatline_domain::operator_key::Role;

/// What a page of the console is for, which not every key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duty {
    /// Whatever every key opens.
    Any,
    /// Keys, and what other systems are told.
    Own,
    /// Running sales.
    Operate,
    /// Helping somebody.
    Support,
    /// Checking tickets in.
    Gate,
}

/// Somebody who is signed in at the console.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Staff(pub(super) SessionHolder);

impl Staff {
    pub(crate) const fn operator(self) -> OperatorId {
        self.0.operator
    }

    pub(crate) const fn may(self, duty: Duty) -> bool {
        match (duty, self.0.role) {
            (_, None) | (Duty::Any, _) => true,
            (duty, Some(Role::Operator)) => !matches!(duty, Duty::Own),
            (duty, Some(Role::Support)) => matches!(duty, Duty::Support),
            (duty, Some(Role::Gate)) => matches!(duty, Duty::Gate),
        }
    }

    /// The text that names their role.
    pub(crate) const fn role_text(self) -> &'static str {
        role_text(self.0.role)
    }
}

/// The text that names a role; the owner has none.
pub(super) const fn role_text(role: Option<Role>) -> &'static str {
    match role {
        None => "role-owner",
        Some(Role::Operator) => "role-operator",
        Some(Role::Support) => "role-support",
        Some(Role::Gate) => "role-gate",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_opens_what_the_api_opens_to_it() {
        let all = [Duty::Any, Duty::Own, Duty::Operate, Duty::Support, Duty::Gate];
        for (role, opens) in [
            (None, [true, true, true, true, true]),
            (Some(Role::Operator), [true, false, true, true, true]),
            (Some(Role::Support), [true, false, false, true, false]),
            (Some(Role::Gate), [true, false, false, false, true]),
        ] {
            let staff = Staff(SessionHolder { operator: OperatorId::SEATLINE, role });
            assert_eq!(all.map(|duty| staff.may(duty)), opens, "{role:?}");
        }
    }
}
