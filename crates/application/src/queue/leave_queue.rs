use std::sync::Arc;

use seatline_domain::queue::{LeaveError, LeaveRoom, QueueClaims, WaitingRooms};

/// Gives up a place in line, or a turn with the unpaid hold made in it.
pub struct LeaveQueue {
    /// Where places are given up.
    pub rooms: Arc<dyn WaitingRooms>,
}

impl LeaveQueue {
    /// Leaves; a second time it does nothing.
    ///
    /// # Errors
    /// [`LeaveError`] when there is no such pass.
    pub async fn execute(&self, claims: &QueueClaims) -> Result<(), LeaveError> {
        let QueueClaims { user_id, concert_id, number, .. } = *claims;
        self.rooms.leave(LeaveRoom { concert_id, number, user_id }).await.map(drop)
    }
}
