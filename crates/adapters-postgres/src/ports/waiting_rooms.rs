use async_trait::async_trait;
use seatline_domain::commands::{
    AdmitWaitingCommand, Admitted, ConfigureError, ConfigureQueueCommand, EndLineCommand, JoinError,
    JoinQueueCommand, Joined, LeaveError, LeaveQueueCommand, RemovePassesCommand, ShowUpCommand,
};
use seatline_domain::idempotency::Answer;
use seatline_domain::ports::WaitingRooms;
use seatline_domain::queue::{LineEnd, Pass, PassState, Room};
use seatline_domain::storage::StorageError;

use crate::lane::submit;
use crate::postgres::Postgres;

#[async_trait]
impl WaitingRooms for Postgres {
    async fn join(&self, command: JoinQueueCommand) -> Result<Joined, JoinError> {
        let joined =
            submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command)
                .await?;
        if joined.created {
            let at_once = matches!(joined.pass.state, PassState::Active { .. });
            self.metrics.rooms.joined(joined.pass.concert_id, at_once);
        }
        Ok(joined)
    }

    async fn leave(&self, command: LeaveQueueCommand) -> Result<Pass, LeaveError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn show_up(&self, command: ShowUpCommand) -> Result<Pass, LeaveError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn admit(&self, command: AdmitWaitingCommand) -> Result<Admitted, StorageError> {
        let concert_id = command.concert_id;
        let admitted =
            submit(&self.cells.of(concert_id).await?.room_lanes, concert_id.uuid(), command).await?;
        self.metrics.rooms.admitted(concert_id, admitted.numbers.len());
        Ok(admitted)
    }

    async fn end_line(&self, command: EndLineCommand) -> Result<Option<LineEnd>, StorageError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn remove_passes(&self, command: RemovePassesCommand) -> Result<u64, StorageError> {
        let removed = submit(
            &self.cells.of(command.room.concert_id).await?.room_lanes,
            command.room.concert_id.uuid(),
            command,
        )
        .await?;
        self.metrics.passes_removed.increment(removed);
        Ok(removed)
    }

    async fn configure(&self, command: ConfigureQueueCommand) -> Result<Answer<Room>, ConfigureError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }
}
