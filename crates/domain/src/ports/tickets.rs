use async_trait::async_trait;

use crate::commands::{CheckInError, CheckInTicketCommand};
use crate::id::{PerformanceId, UserId};
use crate::idempotency::Answer;
use crate::page::{Page, PageRequest};
use crate::seat::SeatNumber;
use crate::storage::StorageError;
use crate::ticket::{CheckIn, ListedTicket, Ticket, TicketCursor, TicketHolder, TicketId};

/// Tells which tickets there are, and checks them in.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Tickets: Send + Sync {
    /// A user's tickets in the order of [`TicketCursor`], those of refunded seats too. Of somebody with more than
    /// [`PAYMENTS_LISTED_MAX`](crate::ticket::policy::PAYMENTS_LISTED_MAX) payments, only those of the newest payments are
    /// listed.
    async fn tickets(
        &self,
        user_id: UserId,
        page: PageRequest<TicketCursor>,
    ) -> Result<Page<Ticket, TicketCursor>, StorageError>;

    /// One ticket of a user, whenever it was paid. Another user's is not found, nor a seat that was never paid.
    async fn ticket(&self, user_id: UserId, id: TicketId) -> Result<Option<Ticket>, StorageError>;

    /// The tickets of a performance that are not refunded, by seat number: one for each seat that is sold.
    async fn tickets_of_performance(
        &self,
        performance_id: PerformanceId,
        page: PageRequest<SeatNumber>,
    ) -> Result<Page<ListedTicket, SeatNumber>, StorageError>;

    /// Finds the user of a ticket of a performance; `None` when no such seat was ever reserved by such a reservation.
    async fn holder(
        &self,
        performance_id: PerformanceId,
        id: TicketId,
    ) -> Result<Option<TicketHolder>, StorageError>;

    /// Carries out a [`CheckInTicketCommand`]. Of concurrent callers with one ticket, one checks it in. A refund or a
    /// cancellation comes either before the check-in, which is refused then, or after it.
    async fn check_in(&self, command: CheckInTicketCommand) -> Result<Answer<CheckIn>, CheckInError>;
}
