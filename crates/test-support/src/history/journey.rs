use std::collections::BTreeMap;

use seatline_domain::commands::{CheckInTicketCommand, HoldSeatsCommand, PayReservationCommand};
use seatline_domain::concert::{Concert, Performance, PerformanceFilter};
use seatline_domain::id::{CheckInId, UserId};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::point::Amount;
use seatline_domain::queue::BoardWatermark;
use seatline_domain::reservation::Reservation;
use seatline_domain::ticket::{TicketCursor, TicketId};

use crate::setup::{key, token_hash};
use crate::{Setup, TestUser};

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
    pub async fn prepare(setup: Setup<'_>) -> Self {
        let (concert, performance) = setup.sale().seats_per_user(10).seats(Self::SEATS).open().await;
        let mut users = Vec::with_capacity(Self::PEOPLE);
        for _ in 0..Self::PEOPLE {
            users.push(setup.user_with(1_000).await);
        }
        Self { concert, performance, users }
    }

    /// All of them go, one after the other. Nobody is in line afterwards, and the seats that were not bought are free.
    ///
    /// * `round` – 0, 1, 2, …: each has seats of its own.
    pub async fn play(&self, setup: Setup<'_>, round: i64) {
        let mut seen = BTreeMap::new();
        let people = self.users.iter().zip(round * 8 + 1..);
        for (id, seat) in people {
            let pass = setup.join(&self.concert, *id).await.pass;
            let user = TestUser { setup, id: *id, pass };
            assert!(!setup.join(&self.concert, *id).await.created);
            user.show_up().await.unwrap();
            setup.admit(&self.concert).await;
            self.poll(&user, &mut seen).await;
            let held = self.hold(&user, seat).await;
            self.look_around(&user, &held).await;
            match seat % 4 {
                0 => self.pay(&user, &held).await,
                1 => drop(user.try_cancel(&held).await.unwrap()),
                _ => {}
            }
            user.leave().await.unwrap();
        }
        setup.ports.keys.delete_expired(500).await.unwrap();
    }

    /// What instances do a few times a second, and what a poll may ask.
    async fn poll(
        &self,
        user: &TestUser<'_>,
        seen: &mut BTreeMap<seatline_domain::id::ConcertId, BoardWatermark>,
    ) {
        let queue = &user.setup.ports.queue;
        let news = queue.news(seen.clone()).await.unwrap();
        for update in news.rooms {
            let (departures, now_serving) = (update.departures_seen, update.figures.now_serving);
            seen.insert(update.figures.concert_id, BoardWatermark { departures, now_serving });
        }
        queue.figures(self.concert.id).await.unwrap();
        queue.pass(self.concert.id, user.pass.number).await.unwrap();
    }

    /// Holds a seat, and asks again, with the same key and without.
    async fn hold(&self, user: &TestUser<'_>, seat: i64) -> Reservation {
        let inventory = &user.setup.ports.inventory;
        let command = user.setup.hold_command(&user.pass, &self.performance, &[seat]);
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
    async fn pay(&self, user: &TestUser<'_>, held: &Reservation) {
        let (setup, ports) = (user.setup, user.setup.ports);
        let name = format!("pay {}", held.id);
        let charge = setup.charge_command(user.id, Amount::whole(5), key(&format!("charge for {}", held.id)));
        for replayed in [false, true] {
            assert_eq!(ports.wallets.charge(charge.clone()).await.unwrap().replayed, replayed);
            let pay = PayReservationCommand { key: Some(key(&name)), ..setup.pay_command(&user.pass, held) };
            let paid = ports.payments.pay(pay).await.unwrap();
            assert_eq!(paid.replayed, replayed);
            ports.payments.payment(user.id, paid.value.id).await.unwrap();
        }
        self.enter(user, held).await;
    }

    /// Shows the ticket at the gate.
    async fn enter(&self, user: &TestUser<'_>, held: &Reservation) {
        let (setup, tickets) = (user.setup, &user.setup.ports.tickets);
        let ticket_id =
            TicketId { reservation_id: held.id, seat_number: held.seat_numbers().next().unwrap() };
        tickets.ticket(user.id, ticket_id).await.unwrap().unwrap();
        let holder = tickets.holder(self.performance.id, ticket_id).await.unwrap().unwrap();
        let command = CheckInTicketCommand {
            check_in_id: CheckInId::new(setup.id()),
            concert_id: holder.concert_id,
            performance_id: self.performance.id,
            user_id: holder.user_id,
            ticket_id,
            gate: None,
            stamp: setup.stamp(),
            key: Some(key(&format!("check in {ticket_id}"))),
        };
        for replayed in [false, true] {
            assert_eq!(tickets.check_in(command.clone()).await.unwrap().replayed, replayed);
        }
        let after = tickets.tickets(user.id, PageRequest::first()).await.unwrap();
        let limit = PageLimit::parse(1).unwrap();
        let after = after.items.first().map(TicketCursor::of);
        tickets.tickets(user.id, PageRequest { limit, after }).await.unwrap();
        let list =
            tickets.tickets_of_performance(self.performance.id, PageRequest { limit, after: None }).await;
        assert_eq!(list.unwrap().items.len(), 1);
    }

    /// Everything that can be looked at.
    async fn look_around(&self, user: &TestUser<'_>, held: &Reservation) {
        let (ports, id) = (user.setup.ports, user.id);
        ports.accounts.user(id).await.unwrap();
        ports.accounts.user_with_token(token_hash(id)).await.unwrap();
        ports.inventory.seat_map(self.performance.id).await.unwrap();
        ports.reservations.reservation(id, held.id).await.unwrap();
        ports.reservations.reservations(id, PageRequest::first()).await.unwrap();
        ports.reservations.expired_holds(10).await.unwrap();
        ports.wallets.balance(id).await.unwrap();
        ports.wallets.entries(id, PageRequest::first()).await.unwrap();
        ports.payments.payments(id, PageRequest::first()).await.unwrap();
        ports.payments.owned_seats(id, 10).await.unwrap();
        ports.programme.concerts(PageRequest::first()).await.unwrap();
        ports
            .programme
            .performances(self.concert.id, PerformanceFilter::default(), PageRequest::first())
            .await
            .unwrap();
        ports.programme.performances_on(self.concert.id, self.performance.date).await.unwrap();
        ports.programme.sales(self.concert.id, PageRequest::first()).await.unwrap();
        ports.audit.entries(self.concert.id, PageRequest::first()).await.unwrap();
    }
}
