use std::sync::Arc;

use seatline_domain::id::{PaymentId, UserId};
use seatline_domain::payment::Payment;
use seatline_domain::ports::Payments;
use seatline_domain::storage::StorageError;
use thiserror::Error;

/// Error of showing a payment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PaymentError {
    /// The user has no such payment.
    #[error("there is no such payment")]
    NotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Shows a user one of their payments.
pub struct ShowPayment {
    /// Keeps payments.
    pub payments: Arc<dyn Payments>,
}

impl ShowPayment {
    /// The payment.
    ///
    /// # Errors
    /// [`PaymentError::NotFound`] when the user has no such one.
    pub async fn execute(&self, user_id: UserId, id: PaymentId) -> Result<Payment, PaymentError> {
        self.payments.payment(user_id, id).await?.ok_or(PaymentError::NotFound)
    }
}
