use super::{TicketId, policy};
use crate::id::PerformanceId;

/// What the code of a ticket proves: that it is this ticket, of this performance. Never that it is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketClaims {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// How often the ticket was issued.
    pub revision: u32,
}

impl TicketClaims {
    /// What the code of a ticket says today.
    pub const fn of(ticket_id: TicketId, performance_id: PerformanceId) -> Self {
        Self { ticket_id, performance_id, revision: policy::REVISION }
    }

    /// Whether this is the code of the ticket as it was issued last, for this performance.
    pub fn admits_to(&self, performance_id: PerformanceId) -> bool {
        self.performance_id == performance_id && self.revision == policy::REVISION
    }
}
