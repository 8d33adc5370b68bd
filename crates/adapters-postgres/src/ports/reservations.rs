use std::sync::Arc;

use async_trait::async_trait;
use seatline_domain::commands::{CancelError, CancelReservationCommand, ExpireHoldCommand};
use seatline_domain::id::{ConcertId, ReservationId, UserId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Reservations;
use seatline_domain::reservation::Reservation;
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::lane::submit;
use crate::postgres::Postgres;
use crate::tables::reservations::{
    FindHoldsToExpire, FindReservation, FindReservationsBefore, LapsedRow, TimedReservationRow, assemble,
    seats_of,
};

impl Postgres {
    /// Reads the seats of reservations, and gives the reservations as of the time at which they were read.
    async fn settled(&self, rows: Vec<TimedReservationRow>) -> Result<Vec<Reservation>, StorageError> {
        let Some(now) = rows.first().map(|row| row.as_of) else { return Ok(Vec::new()) };
        let rows: Vec<_> = rows.into_iter().map(|row| row.known).collect();
        let seats = self.shares.browsing.load(seats_of(&rows)).await?;
        Ok(assemble(rows, seats)?.into_iter().map(|reservation| reservation.settled(now)).collect())
    }
}

#[async_trait]
impl Reservations for Postgres {
    async fn cancel(&self, command: CancelReservationCommand) -> Result<Reservation, CancelError> {
        let CancelReservationCommand { user_id, reservation_id: id } = command;
        let home = self.cells.home();
        let cancelled = submit(&home.seat_lanes, id.uuid(), command.clone()).await;
        if cancelled != Err(CancelError::NotFound) {
            return cancelled;
        }
        match self.cells.of_reservation(user_id, id).await? {
            Some(cell) if !Arc::ptr_eq(&cell, home) => submit(&cell.seat_lanes, id.uuid(), command).await,
            _ => cancelled,
        }
    }

    async fn expire(&self, command: ExpireHoldCommand) -> Result<bool, StorageError> {
        let cell = self.cells.of(command.concert_id).await?;
        let expired = submit(&cell.seat_lanes, command.reservation_id.uuid(), command).await?;
        self.metrics.holds_expired.increment(u64::from(expired));
        Ok(expired)
    }

    async fn expired_holds(&self, limit: u16) -> Result<Vec<ExpireHoldCommand>, StorageError> {
        let rows = self.shares.browsing.load(FindHoldsToExpire { limit: limit.into() }).await?;
        let hold = |row: LapsedRow| ExpireHoldCommand {
            concert_id: ConcertId::new(row.concert_id),
            user_id: UserId::new(row.user_id),
            reservation_id: ReservationId::new(row.reservation_id),
        };
        Ok(rows.into_iter().map(hold).collect())
    }

    async fn reservation(
        &self,
        user_id: UserId,
        id: ReservationId,
    ) -> Result<Option<Reservation>, StorageError> {
        let statement = FindReservation { user_id: user_id.uuid(), reservation_id: id.uuid() };
        let rows = self.shares.browsing.load(statement).await?;
        Ok(self.settled(rows).await?.pop())
    }

    async fn reservations(
        &self,
        user_id: UserId,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<Reservation, ReservationId>, StorageError> {
        let statement = FindReservationsBefore {
            user_id: user_id.uuid(),
            before: page.after.map_or(Uuid::max(), ReservationId::uuid),
            limit: i64::from(page.limit.get()) + 1,
        };
        let rows = self.shares.browsing.load(statement).await?;
        Ok(Page::from_surplus(self.settled(rows).await?, page.limit, |last| last.id))
    }
}
