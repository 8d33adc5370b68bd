use std::sync::Arc;

use seatline_domain::commands::{PayError, PayReservationCommand, TurnError};
use seatline_domain::id::{LedgerEntryId, PaymentId, ReservationId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::payment::Payment;
use seatline_domain::ports::{Ids, Payments};
use seatline_domain::queue::QueueClaims;
use seatline_domain::storage::StorageError;
use thiserror::Error;

use crate::queue::{RequireTurn, TurnRefusal};

/// Error of paying a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PayReservationError {
    /// It is not the user's turn.
    #[error(transparent)]
    Turn(#[from] TurnRefusal),
    /// The reservation cannot be paid.
    #[error(transparent)]
    Pay(PayError),
}

impl From<StorageError> for PayReservationError {
    fn from(error: StorageError) -> Self {
        Self::Pay(PayError::Storage(error))
    }
}

/// Pays a held reservation from the user's points, and ends their turn.
pub struct PayReservation {
    /// Takes payments.
    pub payments: Arc<dyn Payments>,
    /// Puts positions into refusals.
    pub turn: Arc<RequireTurn>,
    /// Makes the new ids.
    pub ids: Arc<dyn Ids>,
}

impl PayReservation {
    /// Pays, or finds the first payment when it was paid before.
    ///
    /// # Errors
    /// [`PayReservationError`] saying why not; nothing was taken then.
    pub async fn execute(
        &self,
        claims: &QueueClaims,
        reservation_id: ReservationId,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<Payment>, PayReservationError> {
        let command = PayReservationCommand {
            payment_id: PaymentId::new(self.ids.next()),
            entry_id: LedgerEntryId::new(self.ids.next()),
            user_id: claims.user_id,
            concert_id: claims.concert_id,
            number: claims.number,
            reservation_id,
            key,
        };
        match self.payments.pay(command).await {
            Ok(answer) => Ok(answer),
            Err(TurnError::Refused(refusal)) => Err(self.turn.refusal(refusal, claims).await?.into()),
            Err(TurnError::Failed(error)) => Err(PayReservationError::Pay(error)),
        }
    }
}
