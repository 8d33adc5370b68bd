//! Sets up concerts, performances, users and passes through the ports of any implementation.

mod commands;
mod sale;
mod user;
mod webhooks;

use chrono::TimeDelta;
use seatline_application::Ports;
use seatline_domain::Timestamp;
use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::RegisterUserCommand;
use seatline_domain::concert::Concert;
use seatline_domain::id::{AuditEntryId, PerformanceId, UserId};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::point::Amount;
use seatline_domain::user::{AccessTokenHash, User};
use uuid::Uuid;

pub(crate) use commands::{leave_command, seat_key, seat_number, show_up_command};
pub use sale::SaleBuilder;
pub use user::TestUser;
pub(crate) use webhooks::webhook_command;

/// One implementation of the ports, and short ways to fill it and to use it.
#[derive(Clone, Copy)]
pub struct Setup<'p> {
    /// The ports.
    pub ports: &'p Ports,
}

impl<'p> Setup<'p> {
    /// The time that holds last, unless a test says otherwise.
    pub const HOLD_TTL: TimeDelta = TimeDelta::minutes(5);

    /// Sets up through these ports.
    pub const fn new(ports: &'p Ports) -> Self {
        Self { ports }
    }

    /// A new id.
    pub fn id(&self) -> Uuid {
        self.ports.ids.next()
    }

    /// The stamp of an operator's change in the audit record.
    pub fn stamp(&self) -> AuditStamp {
        AuditStamp { entry_id: AuditEntryId::new(self.id()), operator: OperatorId::from_digest([1, 2, 3, 4]) }
    }

    /// The time where things are stored.
    pub async fn now(&self) -> Timestamp {
        let nowhere = PerformanceId::new(Uuid::nil());
        self.ports.inventory.seat_map(nowhere).await.unwrap().as_of
    }

    /// Describes a sale.
    pub fn sale(&self) -> SaleBuilder<'p> {
        SaleBuilder::new(*self)
    }

    /// A new user without points.
    pub async fn user(&self) -> UserId {
        let id = UserId::new(self.id());
        let command =
            RegisterUserCommand { user: User { id, name: None }, token_hash: token_hash(id), key: None };
        self.ports.accounts.register(command).await.unwrap().value.user.id
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
    pub async fn user_in_turn(&self, concert: &Concert) -> TestUser<'p> {
        self.user_in_turn_with(concert, 1_000).await
    }

    /// A new user whose turn it is and who has shown up for it, with so many points.
    pub async fn user_in_turn_with(&self, concert: &Concert, points: u32) -> TestUser<'p> {
        let user = self.user_in_line(concert, points).await;
        assert!(user.pass.require_active(user.pass.issued_at).is_ok(), "it is not their turn");
        let pass = user.show_up().await.unwrap();
        TestUser { pass, ..user }
    }

    /// A new user with so many points who has joined the line, wherever that led.
    pub async fn user_in_line(&self, concert: &Concert, points: u32) -> TestUser<'p> {
        let id = self.user_with(points).await;
        TestUser { setup: *self, id, pass: self.join(concert, id).await.pass }
    }
}

/// The hash by which a test user is known.
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
