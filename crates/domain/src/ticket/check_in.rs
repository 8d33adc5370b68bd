use super::{TicketId, policy};
use crate::Timestamp;
use crate::audit::OperatorId;
use crate::id::{CheckInId, PerformanceId};
use crate::text::Text;

/// What a gate calls itself: 1 to 50 characters.
pub type GateName = Text<{ policy::GATE_LENGTH_MAX }>;

/// The one use of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// The check-in's id.
    pub id: CheckInId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// The ticket.
    pub ticket_id: TicketId,
    /// The gate, if it said its name.
    pub gate: Option<GateName>,
    /// The operator whose key was used.
    pub operator: OperatorId,
    /// The instant, by the database's clock.
    pub at: Timestamp,
}
