use std::sync::Arc;

use seatline_domain::commands::{LeaveError, LeaveQueueCommand};
use seatline_domain::ports::WaitingRooms;
use seatline_domain::queue::{PassEnd, PassState, QueueClaims};

use super::Boards;

/// Ends a wait, or a turn with the unpaid hold made in it.
pub struct LeaveQueue {
    /// Ends passes.
    pub rooms: Arc<dyn WaitingRooms>,
    /// Learn of the departure at once.
    pub boards: Arc<Boards>,
}

impl LeaveQueue {
    /// Leaves; a second time it does nothing.
    ///
    /// # Errors
    /// [`LeaveError`] when there is no such pass.
    pub async fn execute(&self, claims: &QueueClaims) -> Result<(), LeaveError> {
        let QueueClaims { user_id, concert_id, number, .. } = *claims;
        let pass = self.rooms.leave(LeaveQueueCommand { concert_id, number, user_id }).await?;
        if let PassState::Ended { end: PassEnd::Left, at, .. } = pass.state {
            self.boards.record_departure(concert_id, number, at);
        }
        Ok(())
    }
}
