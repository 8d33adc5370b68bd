use std::sync::Arc;

use seatline_domain::id::UserId;
use seatline_domain::ports::Tickets;
use seatline_domain::storage::StorageError;
use seatline_domain::ticket::{Ticket, TicketClaims, TicketId};
use thiserror::Error;

use super::TicketCodes;

/// A ticket with its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodedTicket {
    /// The ticket.
    pub ticket: Ticket,
    /// What proves that it is this one. A void ticket has a code too: a code does not say that a ticket is valid.
    pub code: String,
}

impl CodedTicket {
    pub(super) fn of(ticket: Ticket, codes: &TicketCodes) -> Self {
        let code = codes.code(&TicketClaims::of(ticket.id, ticket.performance_id));
        Self { ticket, code }
    }
}

/// Error of showing a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TicketError {
    /// The user has no such ticket.
    #[error("there is no such ticket")]
    NotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Shows a user one of their tickets.
pub struct ShowTicket {
    /// Tells which there are.
    pub tickets: Arc<dyn Tickets>,
    /// Makes their codes.
    pub codes: Arc<TicketCodes>,
}

impl ShowTicket {
    /// The ticket.
    ///
    /// # Errors
    /// [`TicketError::NotFound`] when the user has no such one.
    pub async fn execute(&self, user_id: UserId, id: TicketId) -> Result<CodedTicket, TicketError> {
        let ticket = self.tickets.ticket(user_id, id).await?.ok_or(TicketError::NotFound)?;
        Ok(CodedTicket::of(ticket, &self.codes))
    }
}
