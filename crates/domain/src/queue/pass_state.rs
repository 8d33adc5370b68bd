use crate::Timestamp;

/// How a pass ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PassEnd {
    /// Its user paid.
    Completed,
    /// Its time was up, or its user did not show up.
    Expired,
    /// Its user left.
    Left,
}

/// Where a pass stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassState {
    /// In line.
    Waiting,
    /// Admitted, until the earlier of the two instants.
    Active {
        /// When it was admitted.
        admitted_at: Timestamp,
        /// When it ends.
        expires_at: Timestamp,
        /// When it ends unless its user shows up; `None` once they did.
        show_up_by: Option<Timestamp>,
    },
    /// Over.
    Ended {
        /// How it ended.
        end: PassEnd,
        /// When it ended.
        at: Timestamp,
        /// When it was admitted, if it was.
        admitted_at: Option<Timestamp>,
    },
}

impl PassState {
    /// When it was admitted, if it was.
    pub const fn admitted_at(&self) -> Option<Timestamp> {
        match self {
            Self::Waiting => None,
            Self::Active { admitted_at, .. } => Some(*admitted_at),
            Self::Ended { admitted_at, .. } => *admitted_at,
        }
    }
}
