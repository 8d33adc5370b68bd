//! The programme: concerts, performances and what is still free.

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use seatline_domain::concert::{NewPerformance, Performance, PerformanceError, PerformanceFilter};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::point::Amount;
use seatline_domain::seat::{SalesOfPerformance, SeatState};

use super::{Fixture, setup};
use crate::Setup;
use crate::setup::seat_key;

pub(super) async fn concerts_come_in_the_order_they_were_added_page_by_page(fixture: &dyn Fixture) {
    let (setup, programme) = (setup(fixture), &fixture.ports().programme);
    let mut added = Vec::new();
    for title in ["Zaide", "Aida", "Manon", "Lulu", "Norma"] {
        added.push(setup.sale().title(title).add_concert().await);
    }
    let limit = PageLimit::parse(2).unwrap();
    let (mut read, mut after) = (Vec::new(), None);
    for items in [2, 2, 1] {
        let page = programme.concerts(PageRequest { limit, after }).await.unwrap();
        assert_eq!(page.items.len(), items);
        read.extend(page.items);
        after = page.next;
        assert_eq!(after.is_none(), items == 1);
    }
    assert_eq!(read, added);
}

pub(super) async fn a_concert_is_shown_as_it_was_added(fixture: &dyn Fixture) {
    let (setup, programme) = (setup(fixture), &fixture.ports().programme);
    let described = setup.sale().title("Café 오페라").timezone(Tz::America__New_York).seats_per_user(7);
    let concert = described.add_concert().await;
    assert_eq!(programme.concert(concert.id).await, Ok(Some(concert)));
    assert_eq!(programme.concert(ConcertId::new(setup.id())).await, Ok(None));
}

pub(super) async fn a_performance_is_shown_as_it_was_added(fixture: &dyn Fixture) {
    let (setup, programme) = (setup(fixture), &fixture.ports().programme);
    let concert = setup.sale().add_concert().await;
    let plan = setup.sale().section("Floor", 1, 20, "120000").section("Gallery", 101, 105, "0.5");
    let performance = plan.sales_open_in(TimeDelta::days(2)).add_performance(&concert).await;
    assert_eq!(performance.total_seats, 25);
    assert_eq!(programme.performance(performance.id).await, Ok(Some(performance)));
    assert_eq!(programme.performance(PerformanceId::new(setup.id())).await, Ok(None));
}

pub(super) async fn a_performance_needs_its_concert(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let nowhere = setup.sale().new_concert().concert;
    let new = setup.sale().new_performance(&nowhere).await;
    let id = new.performance.id;
    let refused = fixture.ports().editor.add_performance(new, setup.stamp(), None).await;
    assert_eq!(refused, Err(PerformanceError::ConcertNotFound));
    assert_eq!(fixture.ports().programme.performance(id).await, Ok(None));
    assert!(fixture.ports().inventory.seat_map(id).await.unwrap().seats.is_empty());
}

pub(super) async fn a_start_in_the_past_is_refused_unless_it_is_meant(fixture: &dyn Fixture) {
    let (setup, editor) = (setup(fixture), &fixture.ports().editor);
    let concert = setup.sale().add_concert().await;
    let meant = setup.sale().starts_in(TimeDelta::hours(-1)).new_performance(&concert).await;
    let refused = NewPerformance { allow_past: false, ..meant.clone() };
    let added = editor.add_performance(refused, setup.stamp(), None).await;
    assert_eq!(added, Err(PerformanceError::StartsInPast));
    let performances = async || {
        let page = fixture
            .ports()
            .programme
            .performances(concert.id, PerformanceFilter::default(), PageRequest::first())
            .await;
        page.unwrap().items.len()
    };
    assert_eq!(performances().await, 0);
    editor.add_performance(meant, setup.stamp(), None).await.unwrap();
    let ahead = setup.sale().starts_in(TimeDelta::hours(1)).new_performance(&concert).await;
    let ahead = NewPerformance { allow_past: false, ..ahead };
    editor.add_performance(ahead, setup.stamp(), None).await.unwrap();
    assert_eq!(performances().await, 2);
}

pub(super) async fn seats_are_numbered_and_priced_by_section(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    let plan = setup.sale().section("Gallery", 101, 102, "0.25").section("Floor", 7, 9, "120000");
    let performance = plan.add_performance(&concert).await;
    let map = fixture.ports().inventory.seat_map(performance.id).await.unwrap();
    let seats: Vec<_> =
        map.seats.iter().map(|seat| (seat.key.number.get(), &*seat.section, seat.price)).collect();
    let (floor, gallery) = (Amount::whole(120_000), Amount::parse("0.25").unwrap());
    assert_eq!(
        seats,
        [
            (7, "Floor", floor),
            (8, "Floor", floor),
            (9, "Floor", floor),
            (101, "Gallery", gallery),
            (102, "Gallery", gallery),
        ]
    );
    assert!(map.states().all(|(_, state)| state == SeatState::Available));
    assert!(map.seats.iter().all(|seat| seat.key.performance_id == performance.id));
}

pub(super) async fn performances_come_by_start_page_by_page(fixture: &dyn Fixture) {
    let (setup, programme) = (setup(fixture), &fixture.ports().programme);
    let (concert, other) = (setup.sale().add_concert().await, setup.sale().add_concert().await);
    setup.sale().add_performance(&other).await;
    let mut added: Vec<Performance> = Vec::new();
    for day in [5, 3, 9, 1, 7] {
        added.push(setup.sale().starts_in(TimeDelta::days(day)).add_performance(&concert).await);
    }
    added.sort_by_key(|performance| performance.starts_at);
    let limit = PageLimit::parse(2).unwrap();
    let (mut read, mut after) = (Vec::new(), None);
    for items in [2, 2, 1] {
        let page = programme
            .performances(concert.id, PerformanceFilter::default(), PageRequest { limit, after })
            .await
            .unwrap();
        assert_eq!(page.items.len(), items);
        read.extend(page.items.into_iter().map(|one| one.performance));
        after = page.next;
    }
    assert_eq!((read, after), (added, None));
}

pub(super) async fn performances_that_start_together_are_paged_without_a_gap(fixture: &dyn Fixture) {
    let (setup, programme) = (setup(fixture), &fixture.ports().programme);
    let concert = setup.sale().add_concert().await;
    let mut added = Vec::new();
    for _ in 0..3 {
        added.push(setup.sale().starts_at("2030-05-01T18:00:00Z").add_performance(&concert).await.id);
    }
    let limit = PageLimit::parse(1).unwrap();
    let (mut read, mut after) = (Vec::new(), None);
    for _ in 0..3 {
        let page = programme
            .performances(concert.id, PerformanceFilter::default(), PageRequest { limit, after })
            .await
            .unwrap();
        read.extend(page.items.into_iter().map(|one| one.performance.id));
        after = page.next;
    }
    assert_eq!((read, after), (added, None));
}

pub(super) async fn the_date_of_a_performance_is_the_venues(fixture: &dyn Fixture) {
    let (setup, programme) = (setup(fixture), &fixture.ports().programme);
    let seoul = setup.sale().timezone(Tz::Asia__Seoul).add_concert().await;
    let new_york = setup.sale().timezone(Tz::America__New_York).add_concert().await;
    let day = |day| NaiveDate::from_ymd_opt(2030, 5, day).unwrap();
    for (concert, date) in [(&seoul, day(2)), (&new_york, day(1))] {
        let late = setup.sale().starts_at("2030-05-01T23:30:00Z").add_performance(concert).await;
        let early = setup.sale().starts_at("2030-05-01T15:00:00Z").add_performance(concert).await;
        let other = setup.sale().starts_at("2030-05-03T15:00:00Z").add_performance(concert).await;
        assert_ne!(other.date, date);
        let on_date = programme.performances_on(concert.id, date).await.unwrap();
        assert_eq!(on_date, [early.clone(), late.clone()]);
        let filter = PerformanceFilter { date: Some(date), upcoming: false };
        let page = programme.performances(concert.id, filter, PageRequest::first()).await.unwrap();
        let paged: Vec<_> = page.items.into_iter().map(|one| one.performance).collect();
        assert_eq!(paged, [early, late]);
        assert_eq!(programme.performances_on(concert.id, day(20)).await, Ok(vec![]));
    }
}

pub(super) async fn an_unknown_concert_has_no_performances(fixture: &dyn Fixture) {
    let (setup, programme) = (setup(fixture), &fixture.ports().programme);
    let (_, performance) = setup.sale().open().await;
    let nowhere = ConcertId::new(setup.id());
    let page =
        programme.performances(nowhere, PerformanceFilter::default(), PageRequest::first()).await.unwrap();
    assert!(page.items.is_empty() && page.next.is_none());
    assert_eq!(programme.performances_on(nowhere, performance.date).await, Ok(vec![]));
    let sales = programme.sales(nowhere, PageRequest::first()).await.unwrap();
    assert!(sales.items.is_empty() && sales.next.is_none());
}

async fn available(setup: Setup<'_>, performance: &Performance) -> u32 {
    let programme = &setup.ports.programme;
    let page = programme
        .performances(performance.concert_id, PerformanceFilter::default(), PageRequest::first())
        .await
        .unwrap();
    page.items.into_iter().find(|one| one.performance.id == performance.id).unwrap().available_seats
}

pub(super) async fn a_lapsed_hold_counts_as_free_without_a_sweep(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(3).open().await;
    let ada = setup.user_in_turn(&concert).await;
    assert_eq!(available(setup, &performance).await, 10);
    ada.hold(&performance, &[1, 2, 3]).await;
    assert_eq!(available(setup, &performance).await, 7);
    fixture.pass_time(TimeDelta::minutes(6)).await;
    assert_eq!(available(setup, &performance).await, 10);
}

pub(super) async fn blocked_and_sold_seats_are_not_free(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    ada.pay(&ada.hold(&performance, &[1]).await).await;
    fixture.block_seat(seat_key(&performance, 2)).await;
    assert_eq!(available(setup, &performance).await, 8);
}

pub(super) async fn availability_is_told_as_it_is_now_and_in_the_order_asked_for(fixture: &dyn Fixture) {
    let (setup, programme) = (setup(fixture), &fixture.ports().programme);
    let (concert, first) = setup.sale().open().await;
    let second = setup.sale().starts_in(TimeDelta::days(1)).seats(3).add_performance(&concert).await;
    let asked = vec![second.clone(), first.clone()];
    let counted = async || {
        let counted = programme.availability(asked.clone()).await.unwrap().into_iter();
        counted.map(|one| (one.performance, one.available_seats)).collect::<Vec<_>>()
    };
    assert_eq!(counted().await, [(second.clone(), 3), (first.clone(), 10)]);
    setup.user_in_turn(&concert).await.hold(&first, &[4]).await;
    fixture.block_seat(seat_key(&second, 1)).await;
    assert_eq!(counted().await, [(second.clone(), 2), (first.clone(), 9)]);
    fixture.pass_time(TimeDelta::minutes(6)).await;
    assert_eq!(counted().await, [(second, 2), (first, 10)]);
    assert_eq!(programme.availability(Vec::new()).await, Ok(vec![]));
}

pub(super) async fn what_one_has_just_changed_is_told_at_once(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let concerts = async || ports.programme.concerts(PageRequest::first()).await.unwrap().items.len();
    for added in 1..4 {
        let (concert, performance) = setup.sale().capacity(1).open().await;
        assert_eq!((concerts().await, available(setup, &performance).await), (added, 10));
        let ada = setup.user_in_turn(&concert).await;
        let figures = setup.figures(&concert).await;
        assert_eq!((figures.active, figures.waiting), (1, 0));
        setup.user_in_line(&concert, 0).await;
        assert_eq!(setup.figures(&concert).await.waiting, 1);
        let held = ada.hold(&performance, &[2]).await;
        assert_eq!(available(setup, &performance).await, 9);
        ada.try_cancel(&held).await.unwrap();
        assert_eq!(available(setup, &performance).await, 10);
        let held = ada.hold(&performance, &[2]).await;
        assert_eq!(available(setup, &performance).await, 9);
        ada.pay(&held).await;
        assert_eq!((available(setup, &performance).await, setup.figures(&concert).await.active), (9, 0));
    }
}

pub(super) async fn sales_count_seats_by_state_and_add_up_revenue(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().seats_per_user(2).add_concert().await;
    let plan = setup.sale().section("Floor", 1, 6, "100.5").section("Gallery", 7, 10, "20");
    let performance = plan.add_performance(&concert).await;
    let empty = setup.sale().starts_in(TimeDelta::days(1)).seats(3).add_performance(&concert).await;
    let (buyer, holder, late) = (
        setup.user_in_turn(&concert).await,
        setup.user_in_turn(&concert).await,
        setup.user_in_turn(&concert).await,
    );
    late.hold(&performance, &[3]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    buyer.pay(&buyer.hold(&performance, &[1, 7]).await).await;
    holder.hold(&performance, &[2]).await;
    fixture.block_seat(seat_key(&performance, 10)).await;
    let mut sales = fixture.ports().programme.sales(concert.id, PageRequest::first()).await.unwrap().items;
    let figures = |sales: &SalesOfPerformance| {
        (sales.performance_id, [sales.available, sales.held, sales.sold, sales.blocked], sales.revenue)
    };
    assert_eq!(sales.len(), 2);
    let revenue = Amount::parse("120.5").unwrap();
    assert_eq!(figures(&sales.remove(1)), (performance.id, [6, 1, 2, 1], revenue));
    assert_eq!(figures(&sales.remove(0)), (empty.id, [3, 0, 0, 0], Amount::ZERO));
}
