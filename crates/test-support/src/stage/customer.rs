use seatline_domain::commands::{
    CancelError, CancelReservationCommand, HoldError, LeaveError, PayError, TurnError,
};
use seatline_domain::concert::Performance;
use seatline_domain::id::UserId;
use seatline_domain::idempotency::Answer;
use seatline_domain::page::PageRequest;
use seatline_domain::payment::Payment;
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::queue::{Pass, PassState};
use seatline_domain::reservation::Reservation;

use super::Stage;
use super::commands::{leave_command, show_up_command};

/// A user with a place in one line, and what they do there.
#[derive(Clone)]
pub struct Customer<'p> {
    pub(crate) stage: Stage<'p>,
    /// Who.
    pub user: UserId,
    /// Their place.
    pub pass: Pass,
}

impl Customer<'_> {
    /// Tries to hold seats.
    pub async fn try_hold(
        &self,
        performance: &Performance,
        seats: &[i64],
    ) -> Result<Answer<Reservation>, TurnError<HoldError>> {
        let command = self.stage.hold_command(&self.pass, performance, seats).await;
        self.stage.ports.inventory.hold(command).await
    }

    /// Holds seats.
    pub async fn hold(&self, performance: &Performance, seats: &[i64]) -> Reservation {
        self.try_hold(performance, seats).await.unwrap().value
    }

    /// Tries to pay.
    pub async fn try_pay(&self, reservation: &Reservation) -> Result<Answer<Payment>, TurnError<PayError>> {
        self.stage.ports.payments.pay(self.stage.pay_command(&self.pass, reservation)).await
    }

    /// Pays.
    pub async fn pay(&self, reservation: &Reservation) -> Payment {
        self.try_pay(reservation).await.unwrap().value
    }

    /// Tries to give up a reservation.
    pub async fn try_give_up(&self, reservation: &Reservation) -> Result<Reservation, CancelError> {
        let command = CancelReservationCommand { user_id: self.user, reservation_id: reservation.id };
        self.stage.ports.reservations.cancel(command).await
    }

    /// Leaves.
    pub async fn leave(&self) -> Result<Pass, LeaveError> {
        self.stage.ports.rooms.leave(leave_command(&self.pass)).await
    }

    /// Shows up.
    pub async fn show_up(&self) -> Result<Pass, LeaveError> {
        self.stage.ports.rooms.show_up(show_up_command(&self.pass)).await
    }

    /// Where their pass stands now.
    pub async fn state(&self) -> PassState {
        self.stage.pass_state(self.pass.concert_id, self.pass.number).await
    }

    /// Whether it is their turn now.
    pub async fn is_active(&self) -> bool {
        matches!(self.state().await, PassState::Active { .. })
    }

    /// Their balance.
    pub async fn balance(&self) -> Amount {
        self.stage.ports.wallets.balance(self.user).await.unwrap()
    }

    /// The newest entries of their ledger.
    pub async fn entries(&self) -> Vec<LedgerEntry> {
        self.stage.ports.wallets.entries(self.user, PageRequest::first()).await.unwrap().items
    }

    /// One of their reservations as it stands now.
    pub async fn reservation(&self, reservation: &Reservation) -> Reservation {
        self.stage.ports.reservations.reservation(self.user, reservation.id).await.unwrap().unwrap()
    }
}
