use seatline_domain::commands::{
    AdmitWaitingCommand, ChargePointsCommand, HoldSeatsCommand, HoldTarget, JoinQueueCommand, Joined,
    LeaveQueueCommand, PayReservationCommand, ShowUpCommand,
};
use seatline_domain::concert::{Concert, Performance};
use seatline_domain::id::{ConcertId, LedgerEntryId, PaymentId, ReservationId, UserId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::queue::{Number, Pass, PassState, RoomFigures};
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::{Seat, SeatKey, SeatNumber, SeatSelection, SeatState};

use super::Setup;

impl Setup<'_> {
    /// Joins the line of a concert.
    pub async fn join(&self, concert: &Concert, user_id: UserId) -> Joined {
        self.ports
            .rooms
            .join(JoinQueueCommand { concert_id: concert.id, user_id, seats_left: None, key: None })
            .await
            .unwrap()
    }

    /// One step of admission: the numbers admitted.
    pub async fn admit(&self, concert: &Concert) -> Vec<u64> {
        let admitted = self.ports.rooms.admit(AdmitWaitingCommand { concert_id: concert.id }).await.unwrap();
        admitted.numbers.into_iter().map(Number::get).collect()
    }

    /// A room's figures.
    pub async fn figures(&self, concert: &Concert) -> RoomFigures {
        self.ports.queue.figures(concert.id).await.unwrap().unwrap()
    }

    /// The state of a pass now.
    pub async fn pass_state(&self, concert_id: ConcertId, number: Number) -> PassState {
        let read = self.ports.queue.pass(concert_id, number).await.unwrap().unwrap();
        read.pass.state_at(read.as_of)
    }

    /// A seat as it stands now.
    pub async fn seat(&self, performance: &Performance, number: u32) -> Seat {
        let map = self.ports.inventory.seat_map(performance.id).await.unwrap();
        let (seat, state) = map.states().find(|(seat, _)| seat.key.number.get() == number).unwrap();
        Seat { state, ..seat.clone() }
    }

    /// Whether a seat is free now.
    pub async fn is_free(&self, performance: &Performance, number: u32) -> bool {
        self.seat(performance, number).await.state == SeatState::Available
    }

    /// A charge.
    pub fn charge_command(
        &self,
        user_id: UserId,
        amount: Amount,
        key: IdempotencyKey,
    ) -> ChargePointsCommand {
        ChargePointsCommand { entry_id: LedgerEntryId::new(self.id()), user_id, amount, key }
    }

    /// Charges points.
    pub async fn charge(&self, user: UserId, amount: &str, key: &str) -> Answer<LedgerEntry> {
        let amount = Amount::parse(amount).unwrap();
        self.ports.wallets.charge(self.charge_command(user, amount, super::key(key))).await.unwrap()
    }

    /// A hold of seats with a pass.
    pub fn hold_command(&self, pass: &Pass, performance: &Performance, seats: &[i64]) -> HoldSeatsCommand {
        HoldSeatsCommand {
            reservation_id: ReservationId::new(self.id()),
            user_id: pass.user_id,
            concert_id: pass.concert_id,
            number: pass.number,
            performance: HoldTarget::Performance(performance.clone()),
            seats: SeatSelection::parse(seats).unwrap().into(),
            ttl: Self::HOLD_TTL,
            key: None,
        }
    }

    /// A payment with a pass.
    pub fn pay_command(&self, pass: &Pass, reservation: &Reservation) -> PayReservationCommand {
        PayReservationCommand {
            payment_id: PaymentId::new(self.id()),
            entry_id: LedgerEntryId::new(self.id()),
            user_id: pass.user_id,
            concert_id: pass.concert_id,
            number: pass.number,
            reservation_id: reservation.id,
            key: None,
        }
    }
}

/// Leaves this place in line.
pub(crate) fn leave_command(pass: &Pass) -> LeaveQueueCommand {
    LeaveQueueCommand { concert_id: pass.concert_id, number: pass.number, user_id: pass.user_id }
}

/// Shows up for this turn.
pub(crate) fn show_up_command(pass: &Pass) -> ShowUpCommand {
    ShowUpCommand { concert_id: pass.concert_id, number: pass.number, user_id: pass.user_id }
}

/// A seat of a performance.
pub(crate) fn seat_key(performance: &Performance, number: u32) -> SeatKey {
    SeatKey { performance_id: performance.id, number: seat_number(number) }
}

/// A seat's number.
pub(crate) fn seat_number(number: u32) -> SeatNumber {
    SeatNumber::parse(number).unwrap()
}
