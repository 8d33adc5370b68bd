use async_trait::async_trait;
use seatline_domain::queue::{
    AdmitWaiting, Admitted, ConfigureError, ConfigureRoom, JoinError, JoinRoom, Joined, LeaveError,
    LeaveRoom, Pass, Room, ShowUp, WaitingRooms,
};
use seatline_domain::storage::StorageError;

use crate::Postgres;
use crate::lane::submit;

#[async_trait]
impl WaitingRooms for Postgres {
    async fn join(&self, command: JoinRoom) -> Result<Joined, JoinError> {
        submit(&self.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn leave(&self, command: LeaveRoom) -> Result<Pass, LeaveError> {
        submit(&self.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn show_up(&self, command: ShowUp) -> Result<Pass, LeaveError> {
        submit(&self.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn admit(&self, command: AdmitWaiting) -> Result<Admitted, StorageError> {
        submit(&self.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn configure(&self, command: ConfigureRoom) -> Result<Room, ConfigureError> {
        submit(&self.room_lanes, command.concert_id.uuid(), command).await
    }
}
