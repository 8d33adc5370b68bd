use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::queue::{PassEnd, QueueClaims, RoomStatus};

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

/// What is to be expected of waiting at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueOutlook {
    /// Whether the room admits people.
    pub room_status: RoomStatus,
    /// How many seats are free, over the performances that can still be booked.
    pub available_seats: u64,
}

/// Position of a pass in its queue, and the outlook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueStatus {
    /// The position.
    pub position: QueuePosition,
    /// The outlook.
    pub outlook: QueueOutlook,
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
    /// The outlook.
    pub outlook: QueueOutlook,
}

impl TokenStatus {
    /// The status of the bearer of a token.
    pub const fn new(
        token: String,
        claims: QueueClaims,
        QueueStatus { position, outlook }: QueueStatus,
    ) -> Self {
        Self { token, claims, position, outlook }
    }
}

impl std::fmt::Debug for TokenStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("TokenStatus");
        shown.field("claims", &self.claims).field("position", &self.position).finish_non_exhaustive()
    }
}
