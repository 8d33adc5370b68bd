use std::sync::Arc;

use seatline_domain::id::UserId;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Tickets;
use seatline_domain::storage::StorageError;
use seatline_domain::ticket::TicketCursor;

use super::{CodedTicket, TicketCodes};

/// Lists a user's tickets.
pub struct ListTickets {
    /// Tells which there are.
    pub tickets: Arc<dyn Tickets>,
    /// Makes their codes.
    pub codes: Arc<TicketCodes>,
}

impl ListTickets {
    /// One page of them, by start, each with its code. No more are signed than the page has.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(
        &self,
        user_id: UserId,
        page: PageRequest<TicketCursor>,
    ) -> Result<Page<CodedTicket, TicketCursor>, StorageError> {
        let page = self.tickets.tickets(user_id, page).await?;
        Ok(page.map(|ticket| CodedTicket::of(ticket, &self.codes)))
    }
}
