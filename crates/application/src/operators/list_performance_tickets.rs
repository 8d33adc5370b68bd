use std::sync::Arc;

use seatline_domain::id::PerformanceId;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::{Programme, Tickets};
use seatline_domain::seat::SeatNumber;
use seatline_domain::storage::StorageError;
use seatline_domain::ticket::ListedTicket;
use thiserror::Error;

/// Error of listing the tickets of a performance.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PerformanceTicketsError {
    /// There is no such performance.
    #[error("there is no such performance")]
    NotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Lists the tickets of a performance, for gates that must do without a network.
#[derive(Clone)]
pub struct ListPerformanceTickets {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Tells which tickets there are.
    pub tickets: Arc<dyn Tickets>,
}

impl ListPerformanceTickets {
    /// One page of them, by seat number.
    ///
    /// # Errors
    /// [`PerformanceTicketsError::NotFound`] when there is no such performance.
    pub async fn execute(
        &self,
        performance_id: PerformanceId,
        page: PageRequest<SeatNumber>,
    ) -> Result<Page<ListedTicket, SeatNumber>, PerformanceTicketsError> {
        let performance = self.programme.performance(performance_id).await?;
        performance.ok_or(PerformanceTicketsError::NotFound)?;
        Ok(self.tickets.tickets_of_performance(performance_id, page).await?)
    }
}
