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
    /// The line ended while it waited: nothing was left.
    LineEnded,
}

/// State of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassState {
    /// In line.
    Waiting,
    /// Admitted, until the earlier of the two instants.
    Active {
        /// The instant of admission.
        admitted_at: Timestamp,
        /// The end of the turn.
        expires_at: Timestamp,
        /// The end unless its user shows up before; `None` once they did.
        show_up_by: Option<Timestamp>,
        /// The instant beyond which no hold extends the turn.
        ends_by: Timestamp,
    },
    /// Over.
    Ended {
        /// The kind of end.
        end: PassEnd,
        /// The end.
        at: Timestamp,
        /// The instant of admission, if it was admitted.
        admitted_at: Option<Timestamp>,
    },
}

impl PassState {
    /// The instant of admission, if it was admitted.
    pub const fn admitted_at(&self) -> Option<Timestamp> {
        match self {
            Self::Waiting => None,
            Self::Active { admitted_at, .. } => Some(*admitted_at),
            Self::Ended { admitted_at, .. } => *admitted_at,
        }
    }
}
