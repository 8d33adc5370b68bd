use async_trait::async_trait;

use crate::commands::{
    AdmitWaitingCommand, Admitted, ConfigureError, ConfigureQueueCommand, EndLineCommand, JoinError,
    JoinQueueCommand, Joined, LeaveError, LeaveQueueCommand, RemovePassesCommand, ShowUpCommand,
};
use crate::idempotency::Answer;
use crate::queue::{LineEnd, Pass, Room};
use crate::storage::StorageError;

/// Changes waiting rooms. Numbers are dense and in commit order per room, over all instances.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait WaitingRooms: Send + Sync {
    /// Takes the next place in line, or finds the live one of this user. Must return
    /// [`JoinError::ConcertNotFound`] when there is no such concert, and [`JoinError::SoldOut`] when nothing is left.
    async fn join(&self, command: JoinQueueCommand) -> Result<Joined, JoinError>;

    /// Ends a wait or a turn, and cancels the unpaid hold made in it. A pass that has ended stays as it is.
    async fn leave(&self, command: LeaveQueueCommand) -> Result<Pass, LeaveError>;

    /// Records that an admitted person is here. That is done even if nobody waits for it any more.
    async fn show_up(&self, command: ShowUpCommand) -> Result<Pass, LeaveError>;

    /// One step of admission. Also writes an end of the line down to the passes that it ended, a bounded number of them. Never admits anybody before a lower number that still waits, never beyond the capacity.
    async fn admit(&self, command: AdmitWaitingCommand) -> Result<Admitted, StorageError>;

    /// Ends a room's line where nothing is left; gives the end if this call made it. Costs the same however many wait.
    async fn end_line(&self, command: EndLineCommand) -> Result<Option<LineEnd>, StorageError>;

    /// Removes passes of a closed room, a bounded number of them, the lowest numbers first; says how many. A pass that was
    /// removed is unknown from then on; numbers go on where they were.
    async fn remove_passes(&self, command: RemovePassesCommand) -> Result<u64, StorageError>;

    /// Changes how a room works, and records it for audit; a repeated key changes nothing.
    async fn configure(&self, command: ConfigureQueueCommand) -> Result<Answer<Room>, ConfigureError>;
}
