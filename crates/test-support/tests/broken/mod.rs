//! Implementations that are broken on purpose, each in one way.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_domain::commands::{
    AdmitWaitingCommand, Admitted, CancelError, CancelReservationCommand, ChangeSeatsCommand,
    ChangeSeatsError, ChargeError, ChargePointsCommand, ConfigureError, ConfigureQueueCommand, CreditError,
    CreditPointsCommand, EndLineCommand, ExpireHoldCommand, HoldError, HoldSeatsCommand, JoinError,
    JoinQueueCommand, Joined, LeaveError, LeaveQueueCommand, RemovePassesCommand, ShowUpCommand, TurnError,
};
use seatline_domain::id::{PerformanceId, ReservationId, UserId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::ports::{Reservations, SeatInventory, WaitingRooms, Wallets};
use seatline_domain::queue::{LineEnd, Pass, PassError, Room};
use seatline_domain::reservation::Reservation;
use seatline_domain::seat::SeatMap;
use seatline_domain::storage::StorageError;
use seatline_test_support::{InMemory, InMemoryFixture};

type Memory = Arc<InMemory>;

/// Holds live twice as long as asked.
pub(crate) fn long_holds() -> InMemoryFixture {
    let mut fixture = InMemoryFixture::new();
    fixture.ports_mut().inventory = Arc::new(LongHolds(fixture.memory().clone()));
    fixture
}

/// Every charge is taken for a new one.
pub(crate) fn forgotten_keys() -> InMemoryFixture {
    let mut fixture = InMemoryFixture::new();
    fixture.ports_mut().wallets = Arc::new(ForgottenKeys(fixture.memory().clone()));
    fixture
}

/// Somebody who leaves is told so, and stays.
pub(crate) fn unwritten_departures() -> InMemoryFixture {
    let mut fixture = InMemoryFixture::new();
    fixture.ports_mut().rooms = Arc::new(UnwrittenDepartures(fixture.memory().clone()));
    fixture
}

/// Nothing ever expires.
pub(crate) fn idle_sweeps() -> InMemoryFixture {
    let mut fixture = InMemoryFixture::new();
    fixture.ports_mut().reservations = Arc::new(IdleSweeps(fixture.memory().clone()));
    fixture
}

/// The newest entry is never shown.
pub(crate) fn shortened_ledgers() -> InMemoryFixture {
    let mut fixture = InMemoryFixture::new();
    fixture.ports_mut().wallets = Arc::new(ShortenedLedgers(fixture.memory().clone()));
    fixture
}

struct LongHolds(Memory);

#[async_trait]
impl SeatInventory for LongHolds {
    async fn hold(&self, command: HoldSeatsCommand) -> Result<Answer<Reservation>, TurnError<HoldError>> {
        self.0.hold(HoldSeatsCommand { ttl: command.ttl + TimeDelta::minutes(5), ..command }).await
    }

    async fn change_seats(
        &self,
        command: ChangeSeatsCommand,
    ) -> Result<Answer<PerformanceId>, ChangeSeatsError> {
        self.0.change_seats(command).await
    }

    async fn seat_map(&self, performance_id: PerformanceId) -> Result<Arc<SeatMap>, StorageError> {
        self.0.seat_map(performance_id).await
    }
}

struct ForgottenKeys(Memory);

#[async_trait]
impl Wallets for ForgottenKeys {
    async fn charge(&self, command: ChargePointsCommand) -> Result<Answer<LedgerEntry>, ChargeError> {
        let key = IdempotencyKey::parse(&command.entry_id.to_string()).unwrap();
        self.0.charge(ChargePointsCommand { key, ..command }).await
    }

    async fn credit(&self, command: CreditPointsCommand) -> Result<Answer<LedgerEntry>, CreditError> {
        self.0.credit(command).await
    }

    async fn balance(&self, user_id: UserId) -> Result<Amount, StorageError> {
        self.0.balance(user_id).await
    }

    async fn entries(
        &self,
        user_id: UserId,
        page: PageRequest<u64>,
    ) -> Result<Page<LedgerEntry, u64>, StorageError> {
        Wallets::entries(&*self.0, user_id, page).await
    }
}

struct ShortenedLedgers(Memory);

#[async_trait]
impl Wallets for ShortenedLedgers {
    async fn charge(&self, command: ChargePointsCommand) -> Result<Answer<LedgerEntry>, ChargeError> {
        self.0.charge(command).await
    }

    async fn credit(&self, command: CreditPointsCommand) -> Result<Answer<LedgerEntry>, CreditError> {
        self.0.credit(command).await
    }

    async fn balance(&self, user_id: UserId) -> Result<Amount, StorageError> {
        self.0.balance(user_id).await
    }

    async fn entries(
        &self,
        user_id: UserId,
        page: PageRequest<u64>,
    ) -> Result<Page<LedgerEntry, u64>, StorageError> {
        let mut read = Wallets::entries(&*self.0, user_id, page).await?;
        read.items = read.items.split_off(read.items.len().min(1));
        Ok(read)
    }
}

struct UnwrittenDepartures(Memory);

#[async_trait]
impl WaitingRooms for UnwrittenDepartures {
    async fn join(&self, command: JoinQueueCommand) -> Result<Joined, JoinError> {
        self.0.join(command).await
    }

    async fn leave(&self, command: LeaveQueueCommand) -> Result<Pass, LeaveError> {
        let mut forgotten = None;
        self.0.tamper(|set| forgotten = set.passes.get(command.concert_id, command.number).cloned());
        forgotten.ok_or(LeaveError::Pass(PassError::Unknown))
    }

    async fn show_up(&self, command: ShowUpCommand) -> Result<Pass, LeaveError> {
        self.0.show_up(command).await
    }

    async fn admit(&self, command: AdmitWaitingCommand) -> Result<Admitted, StorageError> {
        self.0.admit(command).await
    }

    async fn end_line(&self, command: EndLineCommand) -> Result<Option<LineEnd>, StorageError> {
        self.0.end_line(command).await
    }

    async fn remove_passes(&self, command: RemovePassesCommand) -> Result<u64, StorageError> {
        self.0.remove_passes(command).await
    }

    async fn configure(&self, command: ConfigureQueueCommand) -> Result<Answer<Room>, ConfigureError> {
        self.0.configure(command).await
    }
}

struct IdleSweeps(Memory);

#[async_trait]
impl Reservations for IdleSweeps {
    async fn cancel(&self, command: CancelReservationCommand) -> Result<Reservation, CancelError> {
        self.0.cancel(command).await
    }

    async fn expire(&self, command: ExpireHoldCommand) -> Result<bool, StorageError> {
        self.0.expire(command).await
    }

    async fn expired_holds(&self, _limit: u16) -> Result<Vec<ExpireHoldCommand>, StorageError> {
        Ok(Vec::new())
    }

    async fn reservation(
        &self,
        user_id: UserId,
        id: ReservationId,
    ) -> Result<Option<Reservation>, StorageError> {
        self.0.reservation(user_id, id).await
    }

    async fn reservations(
        &self,
        user_id: UserId,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<Reservation, ReservationId>, StorageError> {
        self.0.reservations(user_id, page).await
    }
}
