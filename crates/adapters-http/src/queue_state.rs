use seatline_domain::queue::RoomStatus;
use serde::Serialize;
use utoipa::ToSchema;

/// State of a waiting room.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum QueueState {
    /// It admits people.
    Open,
    /// It takes joins and polls, and admits nobody.
    Paused,
}

impl From<RoomStatus> for QueueState {
    fn from(status: RoomStatus) -> Self {
        match status {
            RoomStatus::Open => Self::Open,
            RoomStatus::Paused => Self::Paused,
        }
    }
}
