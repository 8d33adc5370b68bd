use async_trait::async_trait;
use seatline_domain::queue::{
    AdmitWaiting, Admitted, ConfigureError, ConfigureRoom, JoinError, JoinRoom, Joined, LeaveError,
    LeaveRoom, Pass, Room, ShowUp, WaitingRooms,
};
use seatline_domain::storage::StorageError;

use super::InMemory;

#[async_trait]
impl WaitingRooms for InMemory {
    async fn join(&self, command: JoinRoom) -> Result<Joined, JoinError> {
        self.decide(&command)
    }

    async fn leave(&self, command: LeaveRoom) -> Result<Pass, LeaveError> {
        self.decide(&command)
    }

    async fn show_up(&self, command: ShowUp) -> Result<Pass, LeaveError> {
        self.decide(&command)
    }

    async fn admit(&self, command: AdmitWaiting) -> Result<Admitted, StorageError> {
        self.decide(&command)
    }

    async fn configure(&self, command: ConfigureRoom) -> Result<Room, ConfigureError> {
        self.decide(&command)
    }
}
