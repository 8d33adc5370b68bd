use async_trait::async_trait;
use diesel::sql_types::{BigInt, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::commands::{CancelError, CancelReservationCommand, ExpireHoldCommand};
use seatline_domain::id::{ReservationId, UserId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Reservations;
use seatline_domain::reservation::Reservation;
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::Postgres;
use crate::lane::submit;
use crate::statement::statement;
use crate::tables::reservations::{ReservationRow, assemble, seats_of};

statement! {
    /// One reservation of a user, and the time.
    FindReservation {
        user_id: Uuid => SqlUuid,
        reservation_id: Uuid => SqlUuid,
    } -> (ReservationRow, Timestamp) = ((SqlUuid, SqlUuid, SqlUuid, SqlUuid, Numeric, Text, Timestamptz, Timestamptz,
        Nullable<SqlUuid>, Nullable<Timestamptz>), Timestamptz);
    "SELECT concert_id, reservation_id, performance_id, user_id, amount, state, held_at, expires_at, payment_id,
            ended_at, clock_timestamp()
     FROM reservations WHERE user_id = ? AND reservation_id = ?"
}

statement! {
    /// One page of a user's reservations, newest first, and the time.
    FindReservationsBefore {
        user_id: Uuid => SqlUuid,
        before: Uuid => SqlUuid,
        limit: i64 => BigInt,
    } -> (ReservationRow, Timestamp) = ((SqlUuid, SqlUuid, SqlUuid, SqlUuid, Numeric, Text, Timestamptz, Timestamptz,
        Nullable<SqlUuid>, Nullable<Timestamptz>), Timestamptz);
    "SELECT concert_id, reservation_id, performance_id, user_id, amount, state, held_at, expires_at, payment_id,
            ended_at, clock_timestamp()
     FROM reservations WHERE user_id = ? AND reservation_id < ? ORDER BY reservation_id DESC LIMIT ?"
}

statement! {
    /// Holds whose time is up and that are not yet written down as expired, oldest first. What has not ended is held;
    /// the index says it like this.
    FindLapsedHolds { limit: i64 => BigInt } -> (Uuid, Uuid) = (SqlUuid, SqlUuid);
    "SELECT user_id, reservation_id FROM reservations
     WHERE ended_at IS NULL AND expires_at <= statement_timestamp() ORDER BY expires_at LIMIT ?"
}

impl Postgres {
    async fn settled(
        &self,
        rows: Vec<(ReservationRow, Timestamp)>,
    ) -> Result<Vec<Reservation>, StorageError> {
        let Some(now) = rows.first().map(|(_, now)| *now) else { return Ok(Vec::new()) };
        let rows: Vec<ReservationRow> = rows.into_iter().map(|(row, _)| row).collect();
        let seats = self.pool.load(seats_of(&rows)).await?;
        Ok(assemble(rows, seats)?.into_iter().map(|reservation| reservation.settled(now)).collect())
    }
}

#[async_trait]
impl Reservations for Postgres {
    async fn cancel(&self, command: CancelReservationCommand) -> Result<Reservation, CancelError> {
        submit(&self.seat_lanes, command.reservation_id.uuid(), command).await
    }

    async fn expire(&self, command: ExpireHoldCommand) -> Result<bool, StorageError> {
        let expired = submit(&self.seat_lanes, command.reservation_id.uuid(), command).await?;
        self.metrics.holds_expired.increment(u64::from(expired));
        Ok(expired)
    }

    async fn expired_holds(&self, limit: u16) -> Result<Vec<ExpireHoldCommand>, StorageError> {
        let rows = self.pool.load(FindLapsedHolds { limit: limit.into() }).await?;
        let hold = |(user_id, reservation_id)| ExpireHoldCommand {
            user_id: UserId::new(user_id),
            reservation_id: ReservationId::new(reservation_id),
        };
        Ok(rows.into_iter().map(hold).collect())
    }

    async fn reservation(
        &self,
        user_id: UserId,
        id: ReservationId,
    ) -> Result<Option<Reservation>, StorageError> {
        let statement = FindReservation { user_id: user_id.uuid(), reservation_id: id.uuid() };
        let rows = self.pool.load(statement).await?;
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
        let rows = self.pool.load(statement).await?;
        Ok(Page::from_surplus(self.settled(rows).await?, page.limit, |last| last.id))
    }
}
