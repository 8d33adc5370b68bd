use std::sync::Arc;

use futures::future::{join, join_all};
use seatline_domain::commands::{
    CompleteCancellationCommand, ExpireHoldCommand, RefundError, RefundPaymentCommand, RefundRequester,
};
use seatline_domain::concert::PerformanceError;
use seatline_domain::id::{LedgerEntryId, RefundId};
use seatline_domain::payment::{PaidReservation, UnfinishedCancellation};
use seatline_domain::ports::{Cancellations, Ids, Payments, Reservations};
use seatline_domain::storage::StorageError;

/// Refunds what was paid for cancelled performances, and records that their holds are over, in steps. Any instance may take
/// the next step, and several at the same time: what is left is looked up, and a seat is refunded once.
pub struct RefundCancelled {
    /// Knows what is left to be done.
    pub cancellations: Arc<dyn Cancellations>,
    /// Refunds payments.
    pub payments: Arc<dyn Payments>,
    /// Keeps holds.
    pub reservations: Arc<dyn Reservations>,
    /// Makes the new ids.
    pub ids: Arc<dyn Ids>,
}

impl RefundCancelled {
    /// The most seats of a performance whose payments one step refunds, or whose holds it ends.
    pub const STEP: u16 = 200;

    /// Takes one step; says how many payments it found owed and how many holds not ended, whoever did so then.
    ///
    /// Where several instances take the same step, all of them go on to the next.
    ///
    /// # Errors
    /// Storage's. One payment or hold that fails does not keep the others from being refunded or ended.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let (mut found, mut failed) = (0, None);
        for unfinished in self.cancellations.unfinished(Self::STEP).await? {
            let left = unfinished.payments.len() + unfinished.holds.len();
            if left == 0 {
                failed = self.complete(&unfinished).await.err().or(failed);
                continue;
            }
            found += left;
            let concert_id = unfinished.concert_id;
            let refunds = join_all(unfinished.payments.into_iter().map(|paid| self.refund(paid)));
            let ends = join_all(unfinished.holds.into_iter().map(|(user_id, reservation_id)| {
                self.reservations.expire(ExpireHoldCommand { concert_id, user_id, reservation_id })
            }));
            let (refunds, ends) = join(refunds, ends).await;
            let failures = refunds.into_iter().filter_map(Result::err);
            failed = failures.chain(ends.into_iter().filter_map(Result::err)).next().or(failed);
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

    async fn complete(&self, unfinished: &UnfinishedCancellation) -> Result<(), StorageError> {
        let UnfinishedCancellation { concert_id, performance_id, .. } = *unfinished;
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
