use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{
    AdmitWaitingCommand, Admitted, BoardNews, BoardSeen, ConfigureError, ConfigureQueueCommand, JoinError,
    JoinQueueCommand, Joined, LeaveError, LeaveQueueCommand, Number, Pass, PassAt, Room, RoomFigures,
    ShowUpCommand,
};
use crate::id::ConcertId;
use crate::storage::StorageError;

/// Changes waiting rooms. Numbers are dense and in commit order per room, over all instances.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait WaitingRooms: Send + Sync {
    /// Takes the next place in line, or finds the live one of this user. Must return
    /// [`JoinError::ConcertNotFound`] when there is no such concert.
    async fn join(&self, command: JoinQueueCommand) -> Result<Joined, JoinError>;

    /// Gives up a place or a turn, with the unpaid hold made in it. A pass that has ended stays as it is.
    async fn leave(&self, command: LeaveQueueCommand) -> Result<Pass, LeaveError>;

    /// Takes note that an admitted person is here.
    async fn show_up(&self, command: ShowUpCommand) -> Result<Pass, LeaveError>;

    /// One step of admission. Never admits anybody before a lower number that still waits, never beyond the capacity.
    async fn admit(&self, command: AdmitWaitingCommand) -> Result<Admitted, StorageError>;

    /// Changes how a room works, and records it for audit.
    async fn configure(&self, command: ConfigureQueueCommand) -> Result<Room, ConfigureError>;
}

/// Reads waiting rooms.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait QueueReader: Send + Sync {
    /// One pass, `None` when no such one was given out.
    async fn pass(&self, concert_id: ConcertId, number: Number) -> Result<Option<PassAt>, StorageError>;

    /// A room's figures, `None` when there is no such concert.
    async fn figures(&self, concert_id: ConcertId) -> Result<Option<RoomFigures>, StorageError>;

    /// What is new in every room in which somebody waits or is active, and in every room of `seen`. `seen` says up to
    /// where each board is up to date; of a room that is not in it, the admissions of the last
    /// [`policy::LAST_MOMENTS`](super::policy::LAST_MOMENTS) are given. Costs a few queries for all rooms together.
    async fn news(&self, seen: BTreeMap<ConcertId, BoardSeen>) -> Result<BoardNews, StorageError>;
}
