use std::collections::BTreeMap;

use seatline_domain::commands::{HoldSeatsCommand, PayReservationCommand};
use seatline_domain::concert::{Concert, Performance};
use seatline_domain::id::UserId;
use seatline_domain::page::PageRequest;
use seatline_domain::point::Amount;
use seatline_domain::queue::BoardWatermark;
use seatline_domain::reservation::Reservation;

use crate::stage::{key, token_hash};
use crate::{Customer, Stage};

/// People on their way through one sale: each does what a request can ask for at least once.
pub struct Journey {
    /// The concert.
    pub concert: Concert,
    /// Its performance.
    pub performance: Performance,
    /// Those who go.
    pub users: Vec<UserId>,
}

impl Journey {
    const PEOPLE: usize = 8;
    /// Enough for a few rounds.
    const SEATS: u32 = 50;

    /// A concert, and people with accounts and points.
    pub async fn prepare(stage: Stage<'_>) -> Self {
        let concert = stage.concert().seats_per_user(10).add().await;
        let performance = stage.performance(&concert).seats(Self::SEATS).add().await;
        let mut users = Vec::with_capacity(Self::PEOPLE);
        for _ in 0..Self::PEOPLE {
            users.push(stage.user_with(1_000).await);
        }
        Self { concert, performance, users }
    }

    /// All of them go, one after the other. Nobody is in line afterwards, and the seats that were not bought are free.
    ///
    /// * `round` – 0, 1, 2, …: each has seats of its own.
    pub async fn play(&self, stage: Stage<'_>, round: i64) {
        let mut seen = BTreeMap::new();
        let people = self.users.iter().zip(round * 8 + 1..);
        for (user, seat) in people {
            let pass = stage.join(&self.concert, *user).await.pass;
            let customer = Customer { stage, user: *user, pass };
            assert!(!stage.join(&self.concert, *user).await.created);
            customer.show_up().await.unwrap();
            stage.admit(&self.concert).await;
            self.poll(&customer, &mut seen).await;
            let held = self.hold(&customer, seat).await;
            self.look_around(&customer, &held).await;
            match seat % 4 {
                0 => self.pay(&customer, &held).await,
                1 => drop(customer.try_give_up(&held).await.unwrap()),
                _ => {}
            }
            customer.leave().await.unwrap();
        }
        stage.ports.keys.delete_expired(500).await.unwrap();
    }

    /// What instances do a few times a second, and what a poll may ask.
    async fn poll(
        &self,
        customer: &Customer<'_>,
        seen: &mut BTreeMap<seatline_domain::id::ConcertId, BoardWatermark>,
    ) {
        let queue = &customer.stage.ports.queue;
        let news = queue.news(seen.clone()).await.unwrap();
        for update in news.rooms {
            let (departures, now_serving) = (update.departures_seen, update.figures.now_serving);
            seen.insert(update.figures.concert_id, BoardWatermark { departures, now_serving });
        }
        queue.figures(self.concert.id).await.unwrap();
        queue.pass(self.concert.id, customer.pass.number).await.unwrap();
    }

    /// Holds a seat, and asks again, with the same key and without.
    async fn hold(&self, customer: &Customer<'_>, seat: i64) -> Reservation {
        let inventory = &customer.stage.ports.inventory;
        let command = customer.stage.hold_command(&customer.pass, &self.performance, &[seat]).await;
        let keyed = HoldSeatsCommand {
            key: Some(key(&format!("hold {}", command.reservation_id))),
            ..command.clone()
        };
        let held = inventory.hold(keyed.clone()).await.unwrap();
        assert!(held.created);
        assert!(inventory.hold(keyed).await.unwrap().replayed);
        assert!(!inventory.hold(command).await.unwrap().created);
        held.value
    }

    /// Charges and pays, each twice with the same key.
    async fn pay(&self, customer: &Customer<'_>, held: &Reservation) {
        let (stage, ports) = (customer.stage, customer.stage.ports);
        let name = format!("pay {}", held.id);
        let charge =
            stage.charge_command(customer.user, Amount::whole(5), key(&format!("charge for {}", held.id)));
        for replayed in [false, true] {
            assert_eq!(ports.wallets.charge(charge.clone()).await.unwrap().replayed, replayed);
            let pay =
                PayReservationCommand { key: Some(key(&name)), ..stage.pay_command(&customer.pass, held) };
            let paid = ports.payments.pay(pay).await.unwrap();
            assert_eq!(paid.replayed, replayed);
            ports.payments.payment(customer.user, paid.value.id).await.unwrap();
        }
    }

    /// Everything that can be looked at.
    async fn look_around(&self, customer: &Customer<'_>, held: &Reservation) {
        let (ports, user) = (customer.stage.ports, customer.user);
        ports.accounts.user(user).await.unwrap();
        ports.accounts.user_with_token(token_hash(user)).await.unwrap();
        ports.inventory.seat_map(self.performance.id).await.unwrap();
        ports.reservations.reservation(user, held.id).await.unwrap();
        ports.reservations.reservations(user, PageRequest::first()).await.unwrap();
        ports.reservations.expired_holds(10).await.unwrap();
        ports.wallets.balance(user).await.unwrap();
        ports.wallets.entries(user, PageRequest::first()).await.unwrap();
        ports.payments.payments(user, PageRequest::first()).await.unwrap();
        ports.payments.owned_seats(user, 10).await.unwrap();
        ports.programme.concerts(PageRequest::first()).await.unwrap();
        ports.programme.performances(self.concert.id, None, PageRequest::first()).await.unwrap();
        ports.programme.performances_on(self.concert.id, self.performance.date).await.unwrap();
        ports.programme.sales(self.concert.id).await.unwrap();
        ports.audit.entries(self.concert.id, PageRequest::first()).await.unwrap();
    }
}
