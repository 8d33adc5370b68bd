use std::sync::Arc;

use async_trait::async_trait;
use seatline_domain::commands::{
    PayError, PayReservationCommand, RefundError, RefundPaymentCommand, TurnError,
};
use seatline_domain::id::{PaymentId, UserId};
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::payment::{OwnedSeat, OwnedSeats, Payment, Refund};
use seatline_domain::ports::Payments;
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::lane::submit;
use crate::metrics::payment_outcome;
use crate::postgres::Postgres;
use crate::tables::owned_seats::{CountOwnedSeats, FindOwnedSeats};
use crate::tables::payments::{FindPayments, FindPaymentsBefore, PaymentRow, assemble, refunds_of};
use crate::tables::{CorruptRow, count};

impl Postgres {
    /// Reads the refunds of payments, if any has one, and puts them together.
    async fn with_refunds(&self, rows: Vec<PaymentRow>) -> Result<Vec<Payment>, StorageError> {
        let refunds = match refunds_of(&rows) {
            Some(find) => self.shares.browsing.load(find).await?,
            None => Vec::new(),
        };
        Ok(assemble(rows, refunds)?)
    }

    /// Pays in the cell of the pass's concert. A reservation of another concert is refused, or found to be paid, where it is.
    async fn pay_where_it_is(
        &self,
        command: PayReservationCommand,
    ) -> Result<Answer<Payment>, TurnError<PayError>> {
        let cell = self.cells.of(command.concert_id).await?;
        let result = submit(&cell.wallet_lanes, command.user_id.uuid(), command.clone()).await;
        if result != Err(TurnError::Failed(PayError::ReservationNotFound)) {
            return result;
        }
        match self.cells.of_reservation(command.user_id, command.reservation_id).await? {
            Some(other) if !Arc::ptr_eq(&other, &cell) => {
                submit(&other.wallet_lanes, command.user_id.uuid(), command).await
            }
            _ => result,
        }
    }
}

#[async_trait]
impl Payments for Postgres {
    async fn pay(&self, command: PayReservationCommand) -> Result<Answer<Payment>, TurnError<PayError>> {
        let result = self.pay_where_it_is(command).await;
        self.metrics.payments.count(payment_outcome(&result));
        result
    }

    async fn refund(&self, command: RefundPaymentCommand) -> Result<Answer<Refund>, RefundError> {
        submit(
            &self.cells.of(command.paid.concert_id).await?.wallet_lanes,
            command.paid.user_id.uuid(),
            command,
        )
        .await
    }

    async fn payment(&self, user_id: UserId, id: PaymentId) -> Result<Option<Payment>, StorageError> {
        let statement = FindPayments { user_id: vec![user_id.uuid()], payment_id: vec![id.uuid()] };
        let rows = self.shares.browsing.load(statement).await?;
        Ok(self.with_refunds(rows).await?.pop())
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
        let rows = self.shares.browsing.load(statement).await?;
        Ok(Page::from_surplus(self.with_refunds(rows).await?, page.limit, |last| last.id))
    }

    async fn owned_seats(&self, user_id: UserId, limit: u16) -> Result<OwnedSeats, StorageError> {
        let (user_id, limit) = (user_id.uuid(), i64::from(limit));
        let rows =
            self.shares.browsing.load(FindOwnedSeats { user_id, payments_limit: limit, limit }).await?;
        let newest = rows.into_iter().map(OwnedSeat::try_from).collect::<Result<Vec<_>, CorruptRow>>()?;
        let total = self.shares.browsing.load_one(CountOwnedSeats { user_id }).await?.unwrap_or_default();
        Ok(OwnedSeats { newest, total: count("number of seats bought", total)? })
    }
}
