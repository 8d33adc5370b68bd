use std::sync::Arc;

use futures::future::join_all;
use seatline_domain::commands::{
    CompleteCancellationCommand, RefundError, RefundPaymentCommand, RefundRequester,
};
use seatline_domain::concert::PerformanceError;
use seatline_domain::id::{LedgerEntryId, RefundId};
use seatline_domain::payment::{OwedRefunds, PaidReservation};
use seatline_domain::ports::{Cancellations, Ids, Payments};
use seatline_domain::storage::StorageError;

/// Refunds what was paid for cancelled performances, in steps. Any instance may take the next step, and several at the same
/// time: what is owed is looked up, and a seat is refunded once.
pub struct RefundCancelled {
    /// Knows what is owed.
    pub cancellations: Arc<dyn Cancellations>,
    /// Refunds it.
    pub payments: Arc<dyn Payments>,
    /// Makes the new ids.
    pub ids: Arc<dyn Ids>,
}

impl RefundCancelled {
    /// The most seats of a performance whose payments one step refunds.
    pub const STEP: u16 = 200;

    /// Takes one step; says how many payments it found owed, whoever refunded them.
    ///
    /// Where several instances take the same step, all of them go on to the next.
    ///
    /// # Errors
    /// Storage's. One payment that fails does not keep the others from being refunded.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let (mut found, mut failed) = (0, None);
        for owed in self.cancellations.owed(Self::STEP).await? {
            if owed.payments.is_empty() {
                failed = self.complete(&owed).await.err().or(failed);
                continue;
            }
            found += owed.payments.len();
            let refunds = join_all(owed.payments.into_iter().map(|paid| self.refund(paid)));
            failed = refunds.await.into_iter().find_map(Result::err).or(failed);
        }
        failed.map_or(Ok(found), Err)
    }

    /// Refunds what is left of a payment, if anything is.
    async fn refund(&self, paid: PaidReservation) -> Result<(), StorageError> {
        let command = RefundPaymentCommand {
            refund_id: RefundId::new(self.ids.next()),
            entry_id: LedgerEntryId::new(self.ids.next()),
            paid,
            seats: None,
            requester: RefundRequester::Cancellation,
            key: None,
        };
        match self.payments.refund(command).await {
            Ok(_) => Ok(()),
            Err(RefundError::Storage(error)) => Err(error),
            Err(error) => Err(StorageError::Corrupt(error.to_string())),
        }
    }

    async fn complete(&self, owed: &OwedRefunds) -> Result<(), StorageError> {
        let OwedRefunds { concert_id, performance_id, .. } = *owed;
        match self.cancellations.complete(CompleteCancellationCommand { concert_id, performance_id }).await {
            Ok(news) => {
                if news {
                    tracing::info!(%performance_id, "all who had paid for a cancelled performance are refunded");
                }
                Ok(())
            }
            Err(PerformanceError::Storage(error)) => Err(error),
            Err(error) => Err(StorageError::Corrupt(error.to_string())),
        }
    }
}
