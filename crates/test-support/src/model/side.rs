use std::sync::Arc;

use chrono::TimeDelta;
use seatline_application::Ports;
use seatline_domain::concert::{Concert, Performance};
use seatline_domain::event::EventKinds;
use seatline_domain::id::UserId;
use seatline_domain::queue::Pass;
use uuid::Uuid;

use super::operation::Place;
use crate::{Fixture, SequentialIds, Setup};

/// How many concerts there are.
pub(super) const CONCERTS: usize = 2;
/// How many performances each has; the first is on sale.
pub(super) const PERFORMANCES: usize = 3;
/// How many seats each performance has.
pub(super) const SEATS: usize = 6;
/// How many people take part.
pub(super) const USERS: usize = 6;

/// One implementation with the same programme and people as the other.
pub(super) struct Side {
    pub(super) fixture: Box<dyn Fixture>,
    pub(super) ports: Ports,
    pub(super) concerts: Vec<Concert>,
    pub(super) performances: Vec<Performance>,
    pub(super) users: Vec<UserId>,
}

impl Side {
    /// The one unit of time: longer than the minute of a rate, and no multiple of it is near a duration below.
    pub(super) const UNIT: TimeDelta = TimeDelta::seconds(61);

    pub(super) async fn set_up(fixture: Box<dyn Fixture>) -> Self {
        let ports = Ports { ids: Arc::new(SequentialIds::default()), ..fixture.ports().clone() };
        let setup = Setup::new(&ports);
        let (mut concerts, mut performances, mut users) = (Vec::new(), Vec::new(), Vec::new());
        for (capacity, seats_per_user) in [(2, 2), (3, 1)] {
            let described = setup.sale().capacity(capacity).seats_per_user(seats_per_user);
            let timed = described.pass_ttl(TimeDelta::minutes(10)).show_up_within(TimeDelta::minutes(3));
            let concert = timed.add_concert().await;
            performances.extend(add_performances(setup, &concert).await);
            concerts.push(concert);
        }
        for points in [0, 50, 100, 200, 400, 800] {
            users.push(setup.user_with(points).await);
        }
        assert_eq!(
            (concerts.len(), performances.len(), users.len()),
            (CONCERTS, CONCERTS * PERFORMANCES, USERS)
        );
        setup.webhook(EventKinds::ALL).await;
        Self { fixture, ports, concerts, performances, users }
    }

    pub(super) fn setup(&self) -> Setup<'_> {
        Setup::new(&self.ports)
    }

    pub(super) fn concert(&self, place: usize) -> &Concert {
        self.concerts.get(place).unwrap()
    }

    pub(super) fn performance(&self, place: usize) -> &Performance {
        self.performances.get(place).unwrap()
    }

    pub(super) fn user(&self, place: usize) -> UserId {
        *self.users.get(place).unwrap()
    }

    /// As much of a pass as a command names.
    pub(super) fn pass(&self, place: Place) -> Pass {
        let Place { concert, number, user } = place;
        Pass::waiting(self.concert(concert).id, number, self.user(user), chrono::DateTime::default())
    }
}

/// The id with this place among those of the operations, far from those of the set-up.
pub(super) fn operation_id(place: u64) -> Uuid {
    SequentialIds::nth(1_000_000 + place)
}

async fn add_performances(setup: Setup<'_>, concert: &Concert) -> [Performance; PERFORMANCES] {
    let sale = setup.sale().seats(u32::try_from(SEATS).unwrap()).price("45.5");
    let later = sale.clone().starts_in(TimeDelta::days(60)).sales_open_in(TimeDelta::days(50));
    let started = sale.clone().starts_in(TimeDelta::days(-1));
    [
        sale.add_performance(concert).await,
        later.add_performance(concert).await,
        started.add_performance(concert).await,
    ]
}
