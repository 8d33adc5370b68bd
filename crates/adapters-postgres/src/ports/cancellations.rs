use async_trait::async_trait;
use seatline_domain::commands::{CancelPerformanceCommand, CompleteCancellationCommand};
use seatline_domain::concert::{Performance, PerformanceError};
use seatline_domain::id::{ConcertId, PerformanceId, ReservationId, UserId};
use seatline_domain::idempotency::Answer;
use seatline_domain::payment::{RefundProgress, UnfinishedCancellation};
use seatline_domain::point::Amount;
use seatline_domain::ports::Cancellations;
use seatline_domain::storage::StorageError;

use crate::lane::submit;
use crate::postgres::Postgres;
use crate::tables::cancellations::{
    CountRefunds, FindHoldsOf, FindOwed, FindUnfinishedCancellations, HoldRow,
};
use crate::tables::performances::FindPerformances;
use crate::tables::{CorruptRow, readable};

/// The most performances that one step looks at.
const PERFORMANCES_MAX: i64 = 8;

#[async_trait]
impl Cancellations for Postgres {
    async fn cancel(
        &self,
        command: CancelPerformanceCommand,
    ) -> Result<Answer<Performance>, PerformanceError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn complete(&self, command: CompleteCancellationCommand) -> Result<bool, PerformanceError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn progress(
        &self,
        performance_id: PerformanceId,
    ) -> Result<Option<(Performance, RefundProgress)>, StorageError> {
        let performance_ids = vec![performance_id.uuid()];
        let Some(row) = self.shares.browsing.load_one(FindPerformances { performance_ids }).await? else {
            return Ok(None);
        };
        let performance = Performance::try_from(row)?;
        let nothing = RefundProgress { total: 0, done: 0, amount: Amount::ZERO };
        if !performance.is_cancelled() {
            return Ok(Some((performance, nothing)));
        }
        let counted = CountRefunds { performance_id: performance_id.uuid() };
        let progress = self.shares.browsing.load_one(counted).await?;
        Ok(Some((performance, progress.map_or(Ok(nothing), RefundProgress::try_from)?)))
    }

    async fn unfinished(&self, limit: u16) -> Result<Vec<UnfinishedCancellation>, StorageError> {
        let cancelled = FindUnfinishedCancellations { limit: PERFORMANCES_MAX };
        let mut unfinished = Vec::new();
        for cancelled in self.shares.browsing.load(cancelled).await? {
            let performance_id = cancelled.performance_id;
            let sold = FindOwed { performance_id, limit: limit.into() };
            let sold = self.shares.browsing.load(sold).await?;
            let held = FindHoldsOf { performance_id, limit: limit.into() };
            let held = self.shares.browsing.load(held).await?;
            let ids = |row: HoldRow| (UserId::new(row.user_id), ReservationId::new(row.reservation_id));
            // What cannot be read keeps its own performance from being done with, and no other.
            let payments = sold.into_iter().map(|row| row.of(&cancelled)).collect::<Result<_, CorruptRow>>();
            let Some(payments) = readable(payments) else { continue };
            unfinished.push(UnfinishedCancellation {
                concert_id: ConcertId::new(cancelled.concert_id),
                performance_id: PerformanceId::new(performance_id),
                payments,
                holds: held.into_iter().map(ids).collect(),
            });
        }
        Ok(unfinished)
    }
}
