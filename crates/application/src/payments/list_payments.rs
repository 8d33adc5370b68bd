use std::sync::Arc;

use seatline_domain::id::{PaymentId, UserId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::payment::Payment;
use seatline_domain::ports::Payments;
use seatline_domain::storage::StorageError;

/// Lists a user's payments.
pub struct ListPayments {
    /// Keeps payments.
    pub payments: Arc<dyn Payments>,
}

impl ListPayments {
    /// One page of them, newest first.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(
        &self,
        user_id: UserId,
        page: PageRequest<PaymentId>,
    ) -> Result<Page<Payment, PaymentId>, StorageError> {
        self.payments.payments(user_id, page).await
    }
}
