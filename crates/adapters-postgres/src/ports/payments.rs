use async_trait::async_trait;
use diesel::sql_types::{Array, BigInt, Integer, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::commands::{PayError, PayReservationCommand, TurnError};
use seatline_domain::id::{ConcertId, PaymentId, PerformanceId, ReservationId, UserId};
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::payment::{OwnedSeat, Payment};
use seatline_domain::ports::Payments;
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::Postgres;
use crate::lane::submit;
use crate::metrics::payment_outcome;
use crate::statement::statement;
use crate::tables::payments::{PaymentRow, PaymentsById, payment};
use crate::tables::{CorruptRow, seat_number_of};

statement! {
    /// One page of a user's payments, newest first.
    FindPaymentsBefore {
        user_id: Uuid => SqlUuid,
        before: Uuid => SqlUuid,
        limit: i64 => BigInt,
    } -> PaymentRow = (SqlUuid, SqlUuid, SqlUuid, Numeric, Numeric, Text, Timestamptz, Array<Integer>);
    "SELECT user_id, payment_id, reservation_id, amount, balance_after, state, paid_at, seat_numbers
     FROM payments WHERE user_id = ? AND payment_id < ? ORDER BY payment_id DESC LIMIT ?"
}

/// `reservation_id`, `concert_id`, `title`, `performance_id`, `starts_at`, `seat_number`, `section`, `paid_at`.
type OwnedRow = (Uuid, Uuid, String, Uuid, Timestamp, i32, String, Timestamp);

statement! {
    /// The seats that a user has bought, newest first.
    FindOwnedSeats {
        user_id: Uuid => SqlUuid,
        limit: i64 => BigInt,
    } -> OwnedRow = (SqlUuid, SqlUuid, Text, SqlUuid, Timestamptz, Integer, Text, Timestamptz);
    "SELECT paid.reservation_id, paid.concert_id, concert.title, paid.performance_id, performance.starts_at,
            reserved.seat_number, seat.section, paid.ended_at
     FROM reservations AS paid
     JOIN concerts AS concert ON concert.concert_id = paid.concert_id
     JOIN performances AS performance ON performance.performance_id = paid.performance_id
     JOIN reservation_seats AS reserved ON reserved.performance_id = paid.performance_id
          AND reserved.reservation_id = paid.reservation_id
     JOIN seats AS seat ON seat.performance_id = reserved.performance_id AND seat.number = reserved.seat_number
     WHERE paid.user_id = ? AND paid.state = 'PAID'
     ORDER BY paid.ended_at DESC, paid.reservation_id, reserved.seat_number LIMIT ?"
}

fn owned_seat(row: OwnedRow) -> Result<OwnedSeat, CorruptRow> {
    let (reservation_id, concert_id, title, performance_id, starts_at, number, section, paid_at) = row;
    Ok(OwnedSeat {
        reservation_id: ReservationId::new(reservation_id),
        concert_id: ConcertId::new(concert_id),
        title,
        performance_id: PerformanceId::new(performance_id),
        starts_at,
        seat_number: seat_number_of(number)?,
        section,
        paid_at,
    })
}

#[async_trait]
impl Payments for Postgres {
    async fn pay(&self, command: PayReservationCommand) -> Result<Answer<Payment>, TurnError<PayError>> {
        let result = submit(&self.wallet_lanes, command.user_id.uuid(), command).await;
        self.metrics.payments.count(payment_outcome(&result));
        result
    }

    async fn payment(&self, user_id: UserId, id: PaymentId) -> Result<Option<Payment>, StorageError> {
        let statement = PaymentsById { user_ids: vec![user_id.uuid()], payment_ids: vec![id.uuid()] };
        Ok(self.pool.load_one(statement).await?.map(payment).transpose()?)
    }

    async fn payments(
        &self,
        user_id: UserId,
        page: PageRequest<PaymentId>,
    ) -> Result<Page<Payment, PaymentId>, StorageError> {
        let statement = FindPaymentsBefore {
            user_id: user_id.uuid(),
            before: page.after.map_or(Uuid::max(), PaymentId::uuid),
            limit: i64::from(page.limit.get()) + 1,
        };
        let rows = self.pool.load(statement).await?;
        let payments = rows.into_iter().map(payment).collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(payments, page.limit, |last| last.id))
    }

    async fn owned_seats(&self, user_id: UserId, limit: u16) -> Result<Vec<OwnedSeat>, StorageError> {
        let rows = self.pool.load(FindOwnedSeats { user_id: user_id.uuid(), limit: limit.into() }).await?;
        Ok(rows.into_iter().map(owned_seat).collect::<Result<_, CorruptRow>>()?)
    }
}
