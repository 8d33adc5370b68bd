//! Halls, as they are kept.

use std::sync::Arc;

use seatline_domain::concert::{NewPerformance, PerformancePlan};
use seatline_domain::id::PerformanceId;
use seatline_domain::point::Amount;
use seatline_domain::seat::hall::{Hall, RowPlan, SectionPlan, SectionSeats};
use seatline_domain::text::Text;

use super::{Fixture, setup};
use crate::Setup;
use crate::setup::seat_number;

fn row(label: &str, first_seat: u32, last_seat: u32) -> RowPlan {
    let label = Text::parse(label).unwrap();
    RowPlan { label, first_seat, last_seat, x: Some(0.1), y: None, dx: Some(-1.5), dy: None }
}

fn section(name: &str, seats: SectionSeats) -> SectionPlan {
    SectionPlan { name: Text::parse(name).unwrap(), seats, price: Amount::parse("45.5").unwrap() }
}

async fn planned(setup: Setup<'_>, sections: Vec<SectionPlan>, accessible_seats: Vec<i64>) -> NewPerformance {
    let concert = setup.sale().add_concert().await;
    let plan = PerformancePlan {
        starts_at: setup.now().await,
        sales_open_at: None,
        sales_close_at: None,
        refundable_until: None,
        sections,
        accessible_seats,
        allow_past: true,
    };
    NewPerformance::plan(PerformanceId::new(setup.id()), concert.id, concert.timezone, plan).unwrap()
}

pub(super) async fn a_hall_is_shown_as_it_was_planned(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let rows = SectionSeats::Rows(vec![row("Front", 101, 110), row("가", 1, 4)]);
    let balcony = SectionSeats::Range { first_seat: 200, last_seat: 299 };
    let sections = vec![section("Café", rows), section("Balcony", balcony)];
    let new = planned(setup, sections, vec![299, 2]).await;
    let (id, hall) = (new.performance.id, Arc::new(new.hall.clone()));
    ports.editor.add_performance(new, setup.stamp(), None).await.unwrap();
    assert_eq!(ports.programme.hall(id).await.unwrap(), Some(hall.clone()));
    assert_eq!(ports.programme.hall(id).await.unwrap(), Some(hall), "and once more");
}

pub(super) async fn rows_with_gaps_between_them_are_seats_of_one_section(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let floor = SectionSeats::Rows(vec![row("A", 5, 6), row("B", 1, 2)]);
    let sides = SectionSeats::Rows(vec![row("A", 3, 4), row("B", 7, 7)]);
    let new = planned(setup, vec![section("Floor", floor), section("Sides", sides)], vec![]).await;
    let (id, hall) = (new.performance.id, new.hall.clone());
    ports.editor.add_performance(new, setup.stamp(), None).await.unwrap();
    let map = ports.inventory.seat_map(id).await.unwrap();
    let told: Vec<_> =
        map.states().map(|(seat, _)| (seat.key.number.get(), seat.section.to_string())).collect();
    let expected =
        [(1, "Floor"), (2, "Floor"), (3, "Sides"), (4, "Sides"), (5, "Floor"), (6, "Floor"), (7, "Sides")];
    assert_eq!(told, expected.map(|(number, section)| (number, section.to_owned())));
    let place = hall.place_of(seat_number(6)).unwrap();
    assert_eq!((place.section.name.as_str(), place.row.label.as_str(), place.place), ("Floor", "A", 2));
}

pub(super) async fn an_unknown_performance_has_no_hall(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    assert_eq!(ports.programme.hall(PerformanceId::new(setup.id())).await.unwrap(), None::<Arc<Hall>>);
}
