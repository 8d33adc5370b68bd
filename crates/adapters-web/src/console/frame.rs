use std::ops::Deref;

use super::staff::{Duty, Staff};
use crate::frame::Frame;
use crate::visit::Visit;

/// What every page of the console has around it.
pub(super) struct ConsoleFrame {
    frame: Frame,
    staff: Option<Staff>,
}

impl Deref for ConsoleFrame {
    type Target = Frame;

    fn deref(&self) -> &Frame {
        &self.frame
    }
}

impl ConsoleFrame {
    /// Around a page for somebody who is signed in.
    pub(super) fn of(visit: &Visit, staff: Staff) -> Self {
        Self { frame: visit.frame(), staff: Some(staff) }
    }

    /// The same, of a page that was shown in answer to a form: the switch of languages leads to this path.
    pub(super) fn at(visit: &Visit, staff: Staff, path: String) -> Self {
        Self { frame: Frame { back: path, ..visit.frame() }, staff: Some(staff) }
    }

    /// Around the page for those who are not.
    pub(super) fn outside(visit: &Visit) -> Self {
        Self { frame: Frame { back: "/console".to_owned(), ..visit.frame() }, staff: None }
    }

    pub(super) fn may_operate(&self) -> bool {
        self.may(Duty::Operate)
    }

    pub(super) fn may_support(&self) -> bool {
        self.may(Duty::Support)
    }

    pub(super) fn may_check_in(&self) -> bool {
        self.may(Duty::Gate)
    }

    pub(super) fn may_own(&self) -> bool {
        self.may(Duty::Own)
    }

    fn may(&self, duty: Duty) -> bool {
        self.staff.is_some_and(|staff| staff.may(duty))
    }

    /// The role of whoever is signed in, in words.
    pub(super) fn role(&self) -> Option<String> {
        self.staff.map(|staff| self.say(staff.role_text()).into_owned())
    }
}
