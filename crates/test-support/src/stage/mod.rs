//! Sets up concerts, performances, people and passes through the ports of any implementation.

mod commands;
mod concert;
mod customer;
mod performance;

use chrono::TimeDelta;
use seatline_application::Ports;
use seatline_domain::Timestamp;
use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::RegisterUserCommand;
use seatline_domain::concert::{Concert, Performance};
use seatline_domain::id::{AuditEntryId, PerformanceId, UserId};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::point::Amount;
use seatline_domain::user::{AccessTokenHash, User};
use uuid::Uuid;

pub(crate) use commands::{leave_command, seat_key, seat_number, show_up_command};
pub use concert::ConcertBuilder;
pub use customer::Customer;
pub use performance::PerformanceBuilder;

/// Where a test plays: one implementation of the ports, and short ways to fill it.
#[derive(Clone, Copy)]
pub struct Stage<'p> {
    /// The ports.
    pub ports: &'p Ports,
}

impl<'p> Stage<'p> {
    /// How long holds last, unless a test says otherwise.
    pub const HOLD_TTL: TimeDelta = TimeDelta::minutes(5);

    /// Over these ports.
    pub const fn new(ports: &'p Ports) -> Self {
        Self { ports }
    }

    /// A new id.
    pub fn id(&self) -> Uuid {
        self.ports.ids.next()
    }

    /// What a change of an operator is recorded under.
    pub fn stamp(&self) -> AuditStamp {
        AuditStamp { entry_id: AuditEntryId::new(self.id()), operator: OperatorId::from_digest([1, 2, 3, 4]) }
    }

    /// What time it is where things are stored.
    pub async fn now(&self) -> Timestamp {
        let nowhere = PerformanceId::new(Uuid::nil());
        self.ports.inventory.seat_map(nowhere).await.unwrap().as_of
    }

    /// A concert to be described and added: capacity 100 and 1 seat per user unless said otherwise.
    pub fn concert(&self) -> ConcertBuilder<'p> {
        ConcertBuilder::new(*self)
    }

    /// A performance to be described and added: 10 seats at 100 points in a month, unless said otherwise.
    pub fn performance<'c>(&self, concert: &'c Concert) -> PerformanceBuilder<'p, 'c> {
        PerformanceBuilder::new(*self, concert)
    }

    /// A concert with one performance of ten seats.
    pub async fn show(&self) -> (Concert, Performance) {
        let concert = self.concert().add().await;
        let performance = self.performance(&concert).add().await;
        (concert, performance)
    }

    /// A new user without points.
    pub async fn user(&self) -> UserId {
        let id = UserId::new(self.id());
        let command = RegisterUserCommand { user: User { id, name: None }, token_hash: token_hash(id) };
        self.ports.accounts.register(command).await.unwrap().id
    }

    /// A new user with so many points.
    pub async fn user_with(&self, points: u32) -> UserId {
        let user = self.user().await;
        if points > 0 {
            let charge = self.charge_command(user, Amount::whole(points), key("first points"));
            self.ports.wallets.charge(charge).await.unwrap();
        }
        user
    }

    /// So many new users without points.
    pub async fn users(&self, people: usize) -> Vec<UserId> {
        let mut users = Vec::with_capacity(people);
        for _ in 0..people {
            users.push(self.user().await);
        }
        users
    }

    /// A new user whose turn it is, with points enough for many seats.
    pub async fn customer(&self, concert: &Concert) -> Customer<'p> {
        self.customer_with(concert, 1_000).await
    }

    /// A new user whose turn it is, with so many points.
    pub async fn customer_with(&self, concert: &Concert, points: u32) -> Customer<'p> {
        let customer = self.visitor(concert, points).await;
        assert!(customer.pass.require_active(customer.pass.issued_at).is_ok(), "it is not their turn");
        customer
    }

    /// A new user with so many points who has joined the line, wherever that led.
    pub async fn visitor(&self, concert: &Concert, points: u32) -> Customer<'p> {
        let user = self.user_with(points).await;
        Customer { stage: *self, user, pass: self.join(concert, user).await.pass }
    }
}

/// The hash by which a staged user is known.
pub(crate) fn token_hash(user: UserId) -> AccessTokenHash {
    let mut hash = [7; 32];
    let (id, _) = hash.split_at_mut(16);
    id.copy_from_slice(user.uuid().as_bytes());
    AccessTokenHash::new(hash)
}

/// An idempotency key.
pub fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}
