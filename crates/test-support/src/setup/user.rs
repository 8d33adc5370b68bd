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

use super::Setup;
use super::commands::{leave_command, show_up_command};

/// A user with a place in one waiting room, and what they do there.
#[derive(Clone)]
pub struct TestUser<'p> {
    pub(crate) setup: Setup<'p>,
    /// The id of their account.
    pub id: UserId,
    /// Their place in line.
    pub pass: Pass,
}

impl TestUser<'_> {
    /// Tries to hold seats.
    pub async fn try_hold(
        &self,
        performance: &Performance,
        seats: &[i64],
    ) -> Result<Answer<Reservation>, TurnError<HoldError>> {
        let command = self.setup.hold_command(&self.pass, performance, seats);
        self.setup.ports.inventory.hold(command).await
    }

    /// Holds seats.
    pub async fn hold(&self, performance: &Performance, seats: &[i64]) -> Reservation {
        self.try_hold(performance, seats).await.unwrap().value
    }

    /// Tries to pay.
    pub async fn try_pay(&self, reservation: &Reservation) -> Result<Answer<Payment>, TurnError<PayError>> {
        self.setup.ports.payments.pay(self.setup.pay_command(&self.pass, reservation)).await
    }

    /// Pays.
    pub async fn pay(&self, reservation: &Reservation) -> Payment {
        self.try_pay(reservation).await.unwrap().value
    }

    /// Tries to cancel a reservation.
    pub async fn try_cancel(&self, reservation: &Reservation) -> Result<Reservation, CancelError> {
        let command = CancelReservationCommand { user_id: self.id, reservation_id: reservation.id };
        self.setup.ports.reservations.cancel(command).await
    }

    /// Leaves.
    pub async fn leave(&self) -> Result<Pass, LeaveError> {
        self.setup.ports.rooms.leave(leave_command(&self.pass)).await
    }

    /// Shows up.
    pub async fn show_up(&self) -> Result<Pass, LeaveError> {
        self.setup.ports.rooms.show_up(show_up_command(&self.pass)).await
    }

    /// The state of their pass now.
    pub async fn state(&self) -> PassState {
        self.setup.pass_state(self.pass.concert_id, self.pass.number).await
    }

    /// Whether it is their turn now.
    pub async fn is_active(&self) -> bool {
        matches!(self.state().await, PassState::Active { .. })
    }

    /// Their balance.
    pub async fn balance(&self) -> Amount {
        self.setup.ports.wallets.balance(self.id).await.unwrap()
    }

    /// The newest entries of their ledger.
    pub async fn entries(&self) -> Vec<LedgerEntry> {
        self.setup.ports.wallets.entries(self.id, PageRequest::first()).await.unwrap().items
    }

    /// One of their reservations as it stands now.
    pub async fn reservation(&self, reservation: &Reservation) -> Reservation {
        self.setup.ports.reservations.reservation(self.id, reservation.id).await.unwrap().unwrap()
    }
}
