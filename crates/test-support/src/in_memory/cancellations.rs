use async_trait::async_trait;
use seatline_domain::commands::{CancelPerformanceCommand, CompleteCancellationCommand};
use seatline_domain::concert::{Performance, PerformanceError};
use seatline_domain::id::PerformanceId;
use seatline_domain::idempotency::Answer;
use seatline_domain::payment::{
    PaidReservation, Payment, Refund, RefundProgress, RefundedBy, UnfinishedCancellation,
};
use seatline_domain::point::Amount;
use seatline_domain::ports::Cancellations;
use seatline_domain::reservation::ReservationState;
use seatline_domain::storage::StorageError;

use super::{InMemory, State};

#[async_trait]
impl Cancellations for InMemory {
    async fn cancel(
        &self,
        command: CancelPerformanceCommand,
    ) -> Result<Answer<Performance>, PerformanceError> {
        self.decide(&command)
    }

    async fn complete(&self, command: CompleteCancellationCommand) -> Result<bool, PerformanceError> {
        self.decide(&command)
    }

    async fn progress(
        &self,
        performance_id: PerformanceId,
    ) -> Result<Option<(Performance, RefundProgress)>, StorageError> {
        let state = self.state();
        let Some(performance) = state.set.performances.get(&performance_id).cloned() else { return Ok(None) };
        let mut progress = RefundProgress { total: 0, done: 0, amount: Amount::ZERO };
        if performance.is_cancelled() {
            for (_, payment) in state.payments_for(performance_id) {
                let by_cancellation = |refund: &&Refund| refund.by == RefundedBy::Cancellation;
                let refund = payment.refunds.iter().find(by_cancellation);
                progress.total += u64::from(refund.is_some() || payment.seats_left().next().is_some());
                progress.done += u64::from(refund.is_some());
                let refunded = refund.map_or(Amount::ZERO, |refund| refund.amount);
                progress.amount = progress.amount.checked_add(refunded).unwrap();
            }
        }
        Ok(Some((performance, progress)))
    }

    async fn unfinished(&self, limit: u16) -> Result<Vec<UnfinishedCancellation>, StorageError> {
        let state = self.state();
        let incomplete = |one: &&Performance| {
            one.cancellation.as_ref().is_some_and(|cancellation| cancellation.refunded_at.is_none())
        };
        let cancelled = state.set.performances.iter().map(|(_, one)| one).filter(incomplete);
        let unfinished = cancelled.map(|one| {
            let left = state.payments_for(one.id);
            let left = left.filter(|(_, payment)| payment.seats_left().next().is_some());
            let holds = state.set.reservations.iter().filter(|reservation| {
                reservation.performance_id == one.id && reservation.state == ReservationState::Held
            });
            UnfinishedCancellation {
                concert_id: one.concert_id,
                performance_id: one.id,
                payments: left.map(|(paid, _)| paid).take(limit.into()).collect(),
                holds: holds.map(|hold| (hold.user_id, hold.id)).take(limit.into()).collect(),
            }
        });
        Ok(unfinished.collect())
    }
}

impl State {
    /// The payments for seats of a performance.
    fn payments_for(&self, id: PerformanceId) -> impl Iterator<Item = (PaidReservation, &Payment)> {
        self.set.payments.iter().filter_map(move |(reservation_id, payment)| {
            let reservation = self.set.reservations.get(*reservation_id)?;
            let paid = PaidReservation::of(payment, reservation);
            (paid.performance_id == id).then_some((paid, payment))
        })
    }
}
