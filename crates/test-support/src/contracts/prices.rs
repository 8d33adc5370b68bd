//! Prices of sections that change while seats are sold.

use seatline_domain::audit::{AuditAction, Fact, Facts};
use seatline_domain::commands::ChangeSectionCommand;
use seatline_domain::concert::{Performance, PerformanceError};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::PageRequest;
use seatline_domain::point::Amount;
use seatline_domain::text::Text;

use super::{Fixture, setup};
use crate::Setup;
use crate::setup::key;

async fn change(
    setup: Setup<'_>,
    performance: &Performance,
    section: &str,
    price: &str,
) -> ChangeSectionCommand {
    let hall = setup.ports.programme.hall(performance.id).await.unwrap().unwrap();
    ChangeSectionCommand {
        concert_id: performance.concert_id,
        performance_id: performance.id,
        hall,
        section: Text::parse(section).unwrap(),
        price: Amount::parse(price).unwrap(),
        stamp: setup.stamp(),
        key: None,
    }
}

pub(super) async fn a_changed_price_is_shown_and_held_at_once_and_the_change_is_recorded(
    fixture: &dyn Fixture,
) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let sale = setup.sale().seats_per_user(2).section("Floor", 1, 5, "100").section("가", 6, 9, "40.5");
    let (concert, performance) = sale.open().await;
    ports.programme.listed(performance.id).await.unwrap();
    let command = change(setup, &performance, "\u{1100}\u{1161}", "120.25").await;
    let changed = ports.editor.change_section(command.clone()).await.unwrap();
    assert!(!changed.created && !changed.replayed);
    let shown = ports.programme.performance(performance.id).await.unwrap().unwrap();
    assert_eq!(shown, changed.value);
    assert_eq!((shown.price_from, shown.price_to), (Amount::whole(100), Amount::parse("120.25").unwrap()));
    assert_eq!(ports.programme.listed(performance.id).await.unwrap().unwrap().performance, shown);
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[5, 6]).await;
    let prices: Vec<_> = held.seats.iter().map(|seat| seat.price.to_string()).collect();
    assert_eq!(
        (prices, held.amount),
        (vec!["100".to_owned(), "120.25".to_owned()], Amount::parse("220.25").unwrap())
    );
    let entry = ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items.remove(0);
    assert_eq!((entry.stamp, entry.action), (command.stamp, AuditAction::SectionChanged));
    let price = |facts: &Facts| facts.get("price").cloned();
    let told = (price(&entry.before.unwrap()), price(&entry.after));
    let points = |text: &str| Some(Fact::Points(text.parse().unwrap()));
    assert_eq!(told, (points("40.5"), points("120.25")));
}

pub(super) async fn what_is_held_or_sold_keeps_its_price(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().price("100").open().await;
    let ada = setup.user_in_line(&concert, 500).await;
    let bob = setup.user_in_line(&concert, 500).await;
    let (first, second) = (ada.hold(&performance, &[1]).await, bob.hold(&performance, &[2]).await);
    ada.pay(&first).await;
    ports.editor.change_section(change(setup, &performance, "General", "300").await).await.unwrap();
    assert_eq!(bob.reservation(&second).await.amount, Amount::whole(100));
    assert_eq!(bob.pay(&second).await.amount, Amount::whole(100));
    let sales = ports.programme.sales_of(performance.id).await.unwrap().unwrap();
    assert_eq!((sales.sold, sales.revenue), (2, Amount::whole(200)));
}

pub(super) async fn a_price_that_cannot_be_changes_nothing(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().open().await;
    let refused = async |section, price| {
        ports.editor.change_section(change(setup, &performance, section, price).await).await.unwrap_err()
    };
    assert_eq!(refused("Balcony", "1").await, PerformanceError::SectionNotFound);
    assert_eq!(refused("general", "1").await, PerformanceError::SectionNotFound, "names are exact");
    assert_eq!(refused("General", "10000000.01").await, PerformanceError::Price);
    assert_eq!(ports.programme.performance(performance.id).await.unwrap(), Some(performance));
    let entries = ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items;
    assert!(entries.iter().all(|entry| entry.action != AuditAction::SectionChanged));
}

pub(super) async fn a_price_is_changed_once_a_key(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (_, performance) = setup.sale().open().await;
    let command =
        ChangeSectionCommand { key: Some(key("k")), ..change(setup, &performance, "General", "5").await };
    ports.editor.change_section(command.clone()).await.unwrap();
    let since = ports.editor.change_section(change(setup, &performance, "General", "6").await).await.unwrap();
    let again = ports.editor.change_section(command.clone()).await.unwrap();
    assert_eq!(again, Answer::replayed(since.value, false), "as it stands now");
    let other = ChangeSectionCommand { price: Amount::whole(7), ..command };
    assert_eq!(ports.editor.change_section(other).await, Err(PerformanceError::KeyReused(KeyReused)));
}
