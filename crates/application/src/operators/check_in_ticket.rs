use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{CheckInError, CheckInTicketCommand};
use seatline_domain::id::{AuditEntryId, CheckInId, PerformanceId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{Ids, Programme, Tickets};
use seatline_domain::storage::StorageError;
use seatline_domain::ticket::{CheckIn, GateName, TicketHolder};
use thiserror::Error;

use crate::tickets::TicketCodes;

/// What a gate sees when it has checked a ticket in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedIn {
    /// The check-in.
    pub check_in: CheckIn,
    /// The user of the ticket, and where the seat is.
    pub holder: TicketHolder,
}

/// Error of checking a ticket in at a gate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GateError {
    /// There is no such performance.
    #[error("there is no such performance")]
    PerformanceNotFound,
    /// The ticket cannot be checked in.
    #[error(transparent)]
    CheckIn(#[from] CheckInError),
}

impl From<StorageError> for GateError {
    fn from(error: StorageError) -> Self {
        Self::CheckIn(error.into())
    }
}

/// Checks a ticket in by its code.
pub struct CheckInTicket {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Finds tickets and checks them in.
    pub tickets: Arc<dyn Tickets>,
    /// Verifies codes.
    pub codes: Arc<TicketCodes>,
    /// Makes the new ids.
    pub ids: Arc<dyn Ids>,
}

impl CheckInTicket {
    /// Checks it in for this operator, once. A code that no key of ours signed, or that is of another performance, is
    /// [invalid](CheckInError::Invalid) before anything is looked up.
    ///
    /// # Errors
    /// [`GateError`] saying why not.
    pub async fn execute(
        &self,
        operator: OperatorId,
        performance_id: PerformanceId,
        code: &str,
        gate: Option<GateName>,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<CheckedIn>, GateError> {
        self.programme.performance(performance_id).await?.ok_or(GateError::PerformanceNotFound)?;
        let claims = self.codes.verify(code).filter(|claims| claims.admits_to(performance_id));
        let ticket_id = claims.ok_or(CheckInError::Invalid)?.ticket_id;
        let holder = self.tickets.holder(performance_id, ticket_id).await?.ok_or(CheckInError::Invalid)?;
        let command = CheckInTicketCommand {
            check_in_id: CheckInId::new(self.ids.next()),
            concert_id: holder.concert_id,
            performance_id,
            user_id: holder.user_id,
            ticket_id,
            gate,
            stamp: AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator },
            key,
        };
        let answer = self.tickets.check_in(command).await?;
        let check_in = answer.value.clone();
        Ok(answer.with(CheckedIn { check_in, holder }))
    }
}
