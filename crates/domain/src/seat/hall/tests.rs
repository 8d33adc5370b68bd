use proptest::prelude::*;

use super::*;

fn section(name: &str, seats: SectionSeats) -> SectionPlan {
    SectionPlan { name: Text::parse(name).unwrap(), seats, price: Amount::whole(10) }
}

fn range(name: &str, first_seat: u32, last_seat: u32) -> SectionPlan {
    section(name, SectionSeats::Range { first_seat, last_seat })
}

fn row(label: &str, first_seat: u32, last_seat: u32) -> RowPlan {
    let label = Text::parse(label).unwrap();
    RowPlan { label, first_seat, last_seat, x: None, y: None, dx: None, dy: None }
}

fn number(number: u32) -> SeatNumber {
    SeatNumber::parse(number).unwrap()
}

fn refused(sections: Vec<SectionPlan>) -> HallError {
    Hall::plan(sections, &[]).unwrap_err()
}

#[test]
fn a_range_becomes_rows_of_at_most_forty_centred_seats() {
    let hall = Hall::plan(vec![range("Floor", 1, 41)], &[41, 3]).unwrap();
    let floor = &hall.sections()[0];
    let told: Vec<_> =
        floor.rows.iter().map(|row| (row.label.as_str(), row.seats(), row.position(0))).collect();
    assert_eq!(told, [("A", 20, (1.0, 0.5)), ("B", 21, (0.5, 1.5))]);
    assert_eq!((hall.width(), hall.height(), hall.total_seats()), (21.0, 2.0, 41));
    assert_eq!(hall.accessible_seats(), [number(3), number(41)]);
}

#[test]
fn sections_lie_one_behind_the_other_in_the_order_of_their_seats() {
    let hall = Hall::plan(vec![range("Balcony", 41, 60), range("Floor", 1, 40)], &[]).unwrap();
    let told: Vec<_> =
        hall.rows().map(|(section, row)| (section.name.as_str(), row.label.as_str(), row.y.get())).collect();
    assert_eq!(told, [("Floor", "A", 0.5), ("Balcony", "A", 2.5)]);
    assert_eq!(Some(hall.sections()[1].rows[0].x), Coordinate::parse(10.5), "centred behind the floor");
}

#[test]
fn coordinates_that_were_given_are_kept_and_others_are_chosen() {
    let given = RowPlan { x: Some(10.0), y: Some(20.25), dx: Some(0.5), dy: Some(-0.1), ..row("A", 1, 3) };
    let vertical = RowPlan { dx: Some(0.0), dy: Some(1.0), ..row("B", 4, 6) };
    let hall = Hall::plan(vec![section("Floor", SectionSeats::Rows(vec![given, vertical]))], &[]).unwrap();
    let rows = &hall.sections()[0].rows;
    assert_eq!((rows[0].position(0), rows[0].position(2)), ((10.0, 20.25), (11.0, 20.05)));
    assert_eq!((rows[1].position(0), rows[1].position(2)), ((0.5, 21.25), (0.5, 23.25)));
    assert_eq!((hall.width(), hall.height()), (11.5, 23.75));
}

#[test]
fn a_hall_around_the_origin_is_moved_to_the_right_and_down() {
    let left = RowPlan { x: Some(-10.0), y: Some(-2.0), ..row("A", 1, 21) };
    let hall = Hall::plan(vec![section("Floor", SectionSeats::Rows(vec![left]))], &[]).unwrap();
    let row = &hall.sections()[0].rows[0];
    assert_eq!((row.position(0), row.position(20)), ((0.0, 0.0), (20.0, 0.0)));
}

#[test]
fn a_seat_has_a_section_a_row_and_a_place() {
    let rows = SectionSeats::Rows(vec![row("Front", 101, 110), row("Back", 1, 10)]);
    let hall = Hall::plan(vec![section("Floor", rows), range("Box", 50, 50)], &[]).unwrap();
    let place = |seat| {
        let place = hall.place_of(number(seat))?;
        Some((place.section.name.as_str().to_owned(), place.row.label.as_str().to_owned(), place.place))
    };
    let told = |section: &str, row: &str, place| Some((section.to_owned(), row.to_owned(), place));
    assert_eq!(place(1), told("Floor", "Back", 1));
    assert_eq!(place(110), told("Floor", "Front", 10));
    assert_eq!(place(50), told("Box", "A", 1));
    assert_eq!([11, 49, 51, 100, 111].map(place), [const { None }; 5]);
}

#[test]
fn sections_that_cannot_be_are_refused() {
    assert_eq!(refused(vec![]), HallError::NoSection);
    assert_eq!(refused(vec![range("A", 1, 10), range("B", 10, 20)]), HallError::Overlap);
    for (one, other) in [("A", "A"), ("Café", "Cafe\u{301}"), ("가", "\u{1100}\u{1161}"), ("VIP", "ｖｉｐ")]
    {
        assert_eq!(refused(vec![range(one, 1, 10), range(other, 11, 20)]), HallError::RepeatedName);
    }
    assert_eq!(refused(vec![range("A", 0, 10)]), HallError::SeatRange { section: 0 });
    assert_eq!(refused(vec![range("B", 1, 2), range("A", 9, 8)]), HallError::SeatRange { section: 1 });
    assert_eq!(refused(vec![range("A", 1, 2_000_000)]), HallError::SeatRange { section: 0 });
    assert_eq!(refused(vec![range("A", 1, 100_001)]), HallError::TooManySeats);
    assert_eq!(refused(vec![range("A", 1, 60_000), range("B", 60_001, 100_001)]), HallError::TooManySeats);
    let many = (0..201).map(|n| range(&format!("S{n}"), n + 1, n + 1)).collect();
    assert_eq!(refused(many), HallError::TooManySections);
}

#[test]
fn rows_that_cannot_be_are_refused() {
    let of = |rows| refused(vec![section("Floor", SectionSeats::Rows(rows))]);
    assert_eq!(of(vec![]), HallError::NoRow { section: 0 });
    assert_eq!(of(vec![row("A", 1, 2), row("B", 4, 3)]), HallError::RowRange { section: 0, row: 1 });
    assert_eq!(of(vec![row("A", 0, 3)]), HallError::RowRange { section: 0, row: 0 });
    assert_eq!(of(vec![row("A", 1, 2), row("B", 2, 3)]), HallError::Overlap);
    let repeated = vec![row("A", 1, 1), row("B", 2, 2), row("a", 3, 3)];
    assert_eq!(of(repeated), HallError::RepeatedLabel { section: 0, row: 2 });
    let single = |n: u32| row(&n.to_string(), n, n);
    assert_eq!(of((1..=5_001).map(single).collect()), HallError::TooManyRows);
    assert!(
        Hall::plan(vec![section("Floor", SectionSeats::Rows((1..=5_000).map(single).collect()))], &[])
            .is_ok()
    );
}

#[test]
fn coordinates_are_finite_and_near() {
    let of = |plan| refused(vec![section("Floor", SectionSeats::Rows(vec![plan]))]);
    let wrong = |name| HallError::Coordinate { section: 0, row: 0, name };
    for bad in [f64::NAN, f64::INFINITY, -100_000.5, 1e300] {
        assert_eq!(of(RowPlan { x: Some(bad), ..row("A", 1, 2) }), wrong("x"));
        assert_eq!(of(RowPlan { y: Some(bad), ..row("A", 1, 2) }), wrong("y"));
        assert_eq!(of(RowPlan { dx: Some(bad), ..row("A", 1, 2) }), wrong("dx"));
        assert_eq!(of(RowPlan { dy: Some(bad), ..row("A", 1, 2) }), wrong("dy"));
    }
    let far = RowPlan { x: Some(99_999.0), ..row("A", 1, 3) };
    assert_eq!(of(far), wrong("dx"), "the last seat counts");
    assert_eq!(of(RowPlan { dx: Some(0.0), ..row("A", 1, 2) }), HallError::NoStep { section: 0, row: 0 });
    let alone = RowPlan { dx: Some(0.0), ..row("A", 1, 1) };
    assert!(Hall::plan(vec![section("Floor", SectionSeats::Rows(vec![alone]))], &[]).is_ok());
}

#[test]
fn accessible_seats_exist_and_are_listed_once() {
    let of = |seats: &[i64]| Hall::plan(vec![range("Floor", 5, 9)], seats).map(|_| ());
    assert_eq!(of(&[9, 5]), Ok(()));
    for unknown in [4, 10, 0, -1, i64::MAX] {
        assert_eq!(of(&[5, unknown]), Err(HallError::AccessibleUnknown { seat: unknown }));
    }
    assert_eq!(of(&[6, 5, 6]), Err(HallError::AccessibleRepeated { seat: 6 }));
    assert_eq!(of(&vec![5; policy::MAX_ACCESSIBLE_SEATS + 1]), Err(HallError::TooManyAccessible));
}

proptest! {
    #[test]
    fn every_seat_has_one_place_inside_the_hall(sizes in proptest::collection::vec(1_u32..300, 1..8)) {
        let mut next = 1;
        let plan = |(index, size): (usize, &u32)| {
            let first = next;
            next += size + 3;
            range(&format!("S{index}"), first, first + size - 1)
        };
        let hall = Hall::plan(sizes.iter().enumerate().map(plan).collect(), &[]).unwrap();
        prop_assert_eq!(hall.total_seats(), sizes.iter().sum::<u32>());
        let mut positions = Vec::new();
        for seat in hall.free_seats(PerformanceId::new(uuid::Uuid::nil())) {
            let place = hall.place_of(seat.key.number).unwrap();
            prop_assert_eq!(place.row.first_seat.get() + place.place - 1, seat.key.number.get());
            prop_assert_eq!(place.section.name.as_str(), &*seat.section);
            let (x, y) = place.row.position(place.place - 1);
            prop_assert!(x >= 0.5 && x <= hall.width() && y >= 0.5 && y <= hall.height());
            positions.push((x.to_bits(), y.to_bits()));
        }
        positions.sort_unstable();
        positions.dedup();
        prop_assert_eq!(positions.len(), usize::try_from(hall.total_seats()).unwrap(), "no two on one point");
    }
}
