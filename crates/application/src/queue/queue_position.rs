use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::queue::{PassEnd, QueueClaims};

/// Position of a pass in its queue, as its bearer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueuePosition {
    /// In line.
    Waiting {
        /// How many people are ahead.
        ahead: u64,
        /// After how many seconds their turn is likely to come, where a rate is known.
        eta_seconds: Option<u64>,
        /// The pause before the next poll.
        poll_after: TimeDelta,
    },
    /// It is their turn.
    Active {
        /// The end of it.
        until: Timestamp,
        /// The end of it unless they come back before; `None` once they did.
        show_up_by: Option<Timestamp>,
    },
    /// Their turn, or their wait, is over.
    Ended {
        /// The kind of end.
        end: PassEnd,
        /// The end.
        at: Timestamp,
    },
}

/// A queue token and its bearer's position.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenStatus {
    /// The signed token.
    pub token: String,
    /// Its claims.
    pub claims: QueueClaims,
    /// The bearer's position.
    pub position: QueuePosition,
}

impl std::fmt::Debug for TokenStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("TokenStatus");
        shown.field("claims", &self.claims).field("position", &self.position).finish_non_exhaustive()
    }
}
