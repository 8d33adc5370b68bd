//! Lists: in the order of the database, whatever the clock of the instance that made the ids.

use chrono::TimeDelta;
use seatline_domain::commands::{HoldSeatsCommand, PayReservationCommand};
use seatline_domain::concert::{Concert, Performance, PerformanceCursor, PerformanceFilter};
use seatline_domain::id::{ConcertId, PaymentId, PerformanceId, ReservationId};
use seatline_domain::page::{PageLimit, PageRequest};
use uuid::Uuid;

use super::{Fixture, setup};
use crate::{Setup, TestUser};

/// Ids as of instances whose clocks are slower and slower.
fn descending_ids(setup: Setup<'_>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = (0..3).map(|_| setup.id()).collect();
    ids.reverse();
    ids
}

fn one() -> PageLimit {
    PageLimit::parse(1).unwrap()
}

async fn add_concert(setup: Setup<'_>, id: Uuid) -> Concert {
    let mut new = setup.sale().new_concert();
    new.concert.id = ConcertId::new(id);
    let concert = new.concert.clone();
    setup.ports.editor.add_concert(new, setup.stamp(), None).await.unwrap();
    concert
}

pub(super) async fn concerts_are_listed_as_they_were_added_whatever_their_ids(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let mut ids = descending_ids(setup).into_iter();
    let mut added = Vec::new();
    for id in ids.by_ref().take(2) {
        added.push(add_concert(setup, id).await);
    }
    let programme = &setup.ports.programme;
    let first = programme.concerts(PageRequest { limit: one(), after: None }).await.unwrap();
    // Added while somebody pages, with the lowest id of all.
    added.push(add_concert(setup, ids.next().unwrap()).await);
    let rest = programme.concerts(PageRequest { after: first.next, ..PageRequest::first() }).await.unwrap();
    let read: Vec<_> = first.items.into_iter().chain(rest.items).collect();
    assert_eq!((read, rest.next), (added, None));
}

pub(super) async fn performances_that_start_together_are_listed_as_they_were_added(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    let mut added = Vec::new();
    for id in descending_ids(setup) {
        let mut new = setup.sale().starts_at("2030-05-01T18:00:00Z").new_performance(&concert).await;
        new.performance.id = PerformanceId::new(id);
        added.push(new.performance.clone());
        setup.ports.editor.add_performance(new, setup.stamp(), None).await.unwrap();
    }
    let (programme, date) = (&setup.ports.programme, added.first().unwrap().date);
    let (mut read, mut after) = (Vec::new(), None);
    for _ in &added {
        let page = PageRequest { limit: one(), after };
        let page = programme.performances(concert.id, PerformanceFilter::default(), page).await.unwrap();
        read.extend(page.items.into_iter().map(|one| one.performance));
        after = page.next;
    }
    assert_eq!((&read, after), (&added, None));
    assert_eq!(programme.performances_on(concert.id, date).await, Ok(added));
}

pub(super) async fn what_has_started_is_passed_over_on_demand(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    let mut added: Vec<Performance> = Vec::new();
    for days in [-2, -1, 1, 2, 3] {
        added.push(setup.sale().starts_in(TimeDelta::days(days)).add_performance(&concert).await);
    }
    let programme = &setup.ports.programme;
    let read = async |filter: PerformanceFilter, after| {
        let page = PageRequest { after, ..PageRequest::first() };
        let page = programme.performances(concert.id, filter, page).await.unwrap();
        page.items.into_iter().map(|one| one.performance).collect::<Vec<_>>()
    };
    let upcoming = PerformanceFilter { date: None, upcoming: true };
    assert_eq!(read(upcoming, None).await, added.get(2..).unwrap());
    let [started, second, .., last] = added.as_slice() else { panic!("there are five") };
    let cursor = |of| Some(PerformanceCursor::of(of));
    assert_eq!(read(upcoming, cursor(started)).await, added.get(2..).unwrap());
    assert_eq!(read(upcoming, cursor(added.get(2).unwrap())).await, added.get(3..).unwrap());
    let on = |performance: &Performance| PerformanceFilter { date: Some(performance.date), upcoming: true };
    assert_eq!(read(on(last), None).await, std::slice::from_ref(last));
    assert_eq!(read(on(second), None).await, []);
}

pub(super) async fn sales_come_page_by_page(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    let mut added = Vec::new();
    for days in [1, 2, 3] {
        added.push(setup.sale().starts_in(TimeDelta::days(days)).add_performance(&concert).await.id);
    }
    let (mut read, mut after) = (Vec::new(), None);
    for limit in [2, 2] {
        let page = PageRequest { limit: PageLimit::parse(limit).unwrap(), after };
        let page = setup.ports.programme.sales(concert.id, page).await.unwrap();
        read.extend(page.items.into_iter().map(|one| one.performance_id));
        after = page.next;
    }
    assert_eq!((read, after), (added, None));
}

pub(super) async fn reservations_are_listed_by_the_clock_and_not_by_id(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let mut held = Vec::new();
    for id in descending_ids(setup) {
        let command = setup.hold_command(&ada.pass, &performance, &[1]);
        let command = HoldSeatsCommand { reservation_id: ReservationId::new(id), ..command };
        let reservation = setup.ports.inventory.hold(command).await.unwrap().value;
        ada.try_cancel(&reservation).await.unwrap();
        held.insert(0, reservation.id);
        fixture.pass_time(TimeDelta::seconds(1)).await;
    }
    let (mut read, mut after) = (Vec::new(), None);
    for _ in &held {
        let page = PageRequest { limit: one(), after };
        let page = setup.ports.reservations.reservations(ada.id, page).await.unwrap();
        read.extend(page.items.into_iter().map(|one| one.id));
        after = page.next;
    }
    assert_eq!((read, after), (held, None));
}

pub(super) async fn payments_are_listed_by_the_clock_and_not_by_id(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(3).open().await;
    let mut ada = setup.user_in_turn(&concert).await;
    let (mut paid, mut seats) = (Vec::new(), Vec::new());
    for (id, seat) in descending_ids(setup).into_iter().zip(1..) {
        let held = ada.hold(&performance, &[seat]).await;
        let command =
            PayReservationCommand { payment_id: PaymentId::new(id), ..setup.pay_command(&ada.pass, &held) };
        paid.insert(0, setup.ports.payments.pay(command).await.unwrap().value.id);
        seats.insert(0, u32::try_from(seat).unwrap());
        fixture.pass_time(TimeDelta::seconds(1)).await;
        ada = TestUser { pass: setup.join(&concert, ada.id).await.pass, ..ada };
    }
    let (mut read, mut after) = (Vec::new(), None);
    for _ in &paid {
        let page = PageRequest { limit: one(), after };
        let page = setup.ports.payments.payments(ada.id, page).await.unwrap();
        read.extend(page.items.into_iter().map(|one| one.id));
        after = page.next;
    }
    assert_eq!((read, after), (paid, None));
    let newest = setup.ports.payments.owned_seats(ada.id, 2).await.unwrap().newest;
    let numbers: Vec<_> = newest.iter().map(|seat| seat.seat_number.get()).collect();
    assert_eq!(numbers.as_slice(), seats.get(..2).unwrap());
}
