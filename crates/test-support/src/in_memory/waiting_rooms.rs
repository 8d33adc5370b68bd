use async_trait::async_trait;
use seatline_domain::commands::{
    AdmitWaitingCommand, Admitted, ConfigureError, ConfigureQueueCommand, EndLineCommand, JoinError,
    JoinQueueCommand, Joined, LeaveError, LeaveQueueCommand, RemovePassesCommand, ShowUpCommand,
};
use seatline_domain::idempotency::Answer;
use seatline_domain::ports::WaitingRooms;
use seatline_domain::queue::{LineEnd, Pass, Room};
use seatline_domain::storage::StorageError;

use super::InMemory;

#[async_trait]
impl WaitingRooms for InMemory {
    async fn join(&self, command: JoinQueueCommand) -> Result<Joined, JoinError> {
        self.decide(&command)
    }

    async fn leave(&self, command: LeaveQueueCommand) -> Result<Pass, LeaveError> {
        self.decide(&command)
    }

    async fn show_up(&self, command: ShowUpCommand) -> Result<Pass, LeaveError> {
        self.decide(&command)
    }

    async fn admit(&self, command: AdmitWaitingCommand) -> Result<Admitted, StorageError> {
        self.decide(&command)
    }

    async fn end_line(&self, command: EndLineCommand) -> Result<Option<LineEnd>, StorageError> {
        self.decide(&command)
    }

    async fn remove_passes(&self, command: RemovePassesCommand) -> Result<u64, StorageError> {
        self.decide(&command)
    }

    async fn configure(&self, command: ConfigureQueueCommand) -> Result<Answer<Room>, ConfigureError> {
        self.decide(&command)
    }
}
