use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::queue::{PassEnd, QueueClaims};

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueuePosition {
    /// In line.
    Waiting {
        /// How many people are ahead.
        ahead: u64,
        /// After how many seconds their turn is likely to come, where a rate is known.
        eta_seconds: Option<u64>,
        /// When to poll again.
        poll_after: TimeDelta,
    },
    /// It is their turn.
    Active {
        /// Until when.
        until: Timestamp,
    },
    /// Their turn, or their wait, is over.
    Ended {
        /// How it ended.
        end: PassEnd,
        /// When it ended.
        at: Timestamp,
    },
}

/// A queue token and where its bearer stands.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenStatus {
    /// The signed token.
    pub token: String,
    /// What it proves.
    pub claims: QueueClaims,
    /// Where its bearer stands.
    pub position: QueuePosition,
}

impl std::fmt::Debug for TokenStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("TokenStatus");
        shown.field("claims", &self.claims).field("position", &self.position).finish_non_exhaustive()
    }
}
