use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::point::Amount;
use crate::seat::hall::{RowPlan, SectionPlan, SectionSeats};
use crate::text::Text;

fn name(name: &str) -> SectionName {
    Text::parse(name).unwrap()
}

fn row(label: usize, first_seat: u32, last_seat: u32, y: Option<f64>) -> RowPlan {
    let label = Text::parse(&format!("R{label}")).unwrap();
    RowPlan { label, first_seat, last_seat, x: None, y, dx: None, dy: None }
}

/// A hall of sections, each with rows of these lengths from the front, whose seats are numbered from 1.
fn hall(sections: &[&[u32]]) -> Hall {
    let mut next = 1;
    let mut plan = |(index, lengths): (usize, &&[u32])| {
        let rows = lengths.iter().enumerate().map(|(label, length)| {
            next += length;
            row(label, next - length, next - 1, None)
        });
        let seats = SectionSeats::Rows(rows.collect());
        SectionPlan { name: name(&format!("S{index}")), seats, price: Amount::whole(1) }
    };
    Hall::plan(sections.iter().enumerate().map(&mut plan).collect(), &[]).unwrap()
}

fn wish(count: i64) -> BestSeats {
    BestSeats::parse(count, true).unwrap()
}

fn anyhow(count: i64) -> BestSeats {
    BestSeats { together: false, ..wish(count) }
}

fn numbers(seats: &SeatSelection) -> Vec<u32> {
    seats.numbers().iter().map(|number| number.get()).collect()
}

/// What is chosen where these are taken.
fn best(hall: &Hall, wish: &BestSeats, taken: &[u32]) -> Result<Vec<u32>, BestSeatsError> {
    hall.best(wish, |number| !taken.contains(&number.get())).map(|seats| numbers(&seats))
}

#[test]
fn the_front_comes_first_and_then_the_middle_of_a_row() {
    let hall = hall(&[&[10, 10]]);
    assert_eq!(best(&hall, &wish(2), &[]), Ok(vec![5, 6]));
    assert_eq!(best(&hall, &wish(2), &[5, 6]), Ok(vec![3, 4]));
    assert_eq!(best(&hall, &wish(2), &[3, 4, 5, 6]), Ok(vec![7, 8]));
    assert_eq!(best(&hall, &wish(4), &[]), Ok(vec![4, 5, 6, 7]));
    assert_eq!(best(&hall, &wish(10), &[1]), Ok((11..=20).collect()));
    assert_eq!(best(&hall, &anyhow(3), &[5]), Ok(vec![4, 6, 7]));
}

#[test]
fn the_front_is_where_the_coordinates_say() {
    let back = row(1, 1, 4, Some(9.0));
    let sloping = RowPlan { dy: Some(2.0), ..row(2, 5, 8, Some(1.0)) };
    let front = row(3, 9, 12, Some(2.0));
    let plan = SectionPlan {
        name: name("Floor"),
        seats: SectionSeats::Rows(vec![back, sloping, front]),
        price: Amount::whole(1),
    };
    let hall = Hall::plan(vec![plan], &[]).unwrap();
    assert_eq!(best(&hall, &wish(4), &[]), Ok(vec![9, 10, 11, 12]));
    assert_eq!(best(&hall, &wish(4), &[9]), Ok(vec![5, 6, 7, 8]), "the middle of a row says where it is");
    assert_eq!(best(&hall, &wish(4), &[5, 9]), Ok(vec![1, 2, 3, 4]));
}

#[test]
fn of_rows_side_by_side_the_one_with_a_better_middle_is_chosen() {
    let side = |label: &str, first_seat, last_seat, x| SectionPlan {
        name: name(label),
        seats: SectionSeats::Rows(vec![RowPlan { x: Some(x), ..row(1, first_seat, last_seat, Some(0.0)) }]),
        price: Amount::whole(1),
    };
    let hall = Hall::plan(vec![side("Left", 1, 6, 0.0), side("Right", 7, 12, 10.0)], &[]).unwrap();
    assert_eq!(best(&hall, &wish(2), &[]), Ok(vec![3, 4]));
    assert_eq!(best(&hall, &wish(2), &[3, 4]), Ok(vec![9, 10]));
    let right = BestSeats { section: Some(name("Right")), ..wish(2) };
    assert_eq!(best(&hall, &right, &[]), Ok(vec![9, 10]));
}

#[test]
fn no_single_seat_is_left_alone_where_that_can_be_had() {
    let hall = hall(&[&[5, 5]]);
    assert_eq!(best(&hall, &wish(2), &[]), Ok(vec![1, 2]), "3 and 4 would leave 5");
    assert_eq!(best(&hall, &wish(2), &[1, 2]), Ok(vec![3, 4]), "the row in front comes first");
    assert_eq!(best(&hall, &wish(1), &[1, 2]), Ok(vec![3]), "4 would leave both others");
}

#[test]
fn pairs_fill_even_rows_to_the_last_seat() {
    for length in [2, 4, 6, 8, 12, 20, 40] {
        let hall = hall(&[&[length]]);
        let mut taken = BTreeSet::new();
        for _ in 0..length / 2 {
            let chosen = hall.best(&wish(2), |number| !taken.contains(&number)).unwrap();
            taken.extend(chosen.numbers().iter().copied());
        }
        assert_eq!(taken.len(), usize::try_from(length).unwrap());
        assert_eq!(hall.best(&wish(2), |number| !taken.contains(&number)), Err(BestSeatsError::SoldOut));
    }
}

#[test]
fn wishes_that_cannot_be_met_say_why() {
    let hall = hall(&[&[3, 3], &[2]]);
    assert_eq!(best(&hall, &wish(4), &[]), Err(BestSeatsError::NoAdjacentSeats));
    assert_eq!(best(&hall, &anyhow(4), &[]), Ok(vec![1, 2, 3, 5]));
    assert_eq!(best(&hall, &wish(9), &[]), Err(BestSeatsError::SoldOut));
    assert_eq!(best(&hall, &anyhow(8), &[8]), Err(BestSeatsError::SoldOut));
    let inside = |section: &str, count| BestSeats { section: Some(name(section)), ..wish(count) };
    assert_eq!(best(&hall, &inside("S1", 2), &[]), Ok(vec![7, 8]));
    assert_eq!(best(&hall, &inside("S1", 3), &[]), Err(BestSeatsError::SoldOut));
    assert_eq!(best(&hall, &inside("s1", 2), &[]), Err(BestSeatsError::SectionNotFound), "names are exact");
    for count in [0, -1, 101, i64::MAX, i64::MIN] {
        assert_eq!(BestSeats::parse(count, true), Err(CountError));
    }
}

#[test]
fn seats_are_side_by_side_in_one_row_only() {
    let hall = hall(&[&[3, 3]]);
    let together = |seats: &[u32]| {
        let seats: Vec<_> = seats.iter().map(|seat| SeatNumber::parse(*seat).unwrap()).collect();
        hall.are_side_by_side(&seats)
    };
    assert!(together(&[2]) && together(&[1, 2, 3]) && together(&[5, 6]));
    assert!(!together(&[1, 3]) && !together(&[3, 4]) && !together(&[6, 7]) && !together(&[]));
}

#[test]
fn a_hall_of_a_hundred_thousand_seats_is_looked_through() {
    let hall = hall(&[&[1_000; 100]]);
    let last = [99_999, 100_000];
    let chosen = hall.best(&wish(2), |number| last.contains(&number.get())).unwrap();
    assert_eq!(numbers(&chosen), last);
    assert_eq!(best(&hall, &wish(100), &[]).unwrap()[0], 451);
}

/// The free stretches of the row that a seat is in, as lengths.
fn stretches(hall: &Hall, seat: SeatNumber, is_free: impl Fn(SeatNumber) -> bool) -> Vec<usize> {
    let row = hall.place_of(seat).unwrap().row;
    let states: Vec<bool> = row.numbers().map(is_free).collect();
    let stretches = states.chunk_by(|left, right| left == right);
    stretches.filter(|stretch| stretch[0]).map(<[bool]>::len).collect()
}

fn alone(hall: &Hall, seat: SeatNumber, is_free: impl Fn(SeatNumber) -> bool) -> usize {
    stretches(hall, seat, is_free).into_iter().filter(|length| *length == 1).count()
}

proptest! {
    #[test]
    fn what_is_chosen_keeps_the_rules(
        sections in proptest::collection::vec(proptest::collection::vec(1_u32..14, 1..5), 1..4),
        free in proptest::collection::vec(proptest::bool::weighted(0.7), 200),
        count in 1_i64..8,
        together: bool,
        section in proptest::option::of(0_usize..4),
    ) {
        let hall = hall(&sections.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let section_name = section.map(|index| name(&format!("S{index}")));
        let wish = BestSeats { section: section_name, ..BestSeats::parse(count, together).unwrap() };
        let is_free = |number: SeatNumber| free[usize::try_from(number.get()).unwrap()];
        let allowed = |number: &SeatNumber| {
            let place = hall.place_of(*number).unwrap();
            is_free(*number) && wish.section().is_none_or(|name| *name == place.section.name)
        };
        let all: Vec<SeatNumber> = hall.rows().flat_map(|(_, row)| row.numbers()).filter(allowed).collect();
        let blocks: Vec<&[SeatNumber]> =
            all.windows(wish.count()).filter(|seats| hall.are_side_by_side(seats)).collect();
        let chosen = hall.best(&wish, is_free);
        prop_assert_eq!(&chosen, &hall.best(&wish, is_free), "the same map, the same choice");
        let seats = match chosen {
            Err(BestSeatsError::SectionNotFound) => {
                prop_assert!(section.is_some_and(|index| index >= sections.len()));
                return Ok(());
            }
            Err(BestSeatsError::SoldOut) => {
                prop_assert!(all.len() < wish.count());
                return Ok(());
            }
            Err(BestSeatsError::NoAdjacentSeats) => {
                prop_assert!(together && all.len() >= wish.count() && blocks.is_empty());
                return Ok(());
            }
            Ok(seats) => seats,
        };
        let seats = seats.numbers();
        prop_assert_eq!(seats.len(), wish.count());
        prop_assert!(seats.iter().all(allowed));
        prop_assert!(seats.windows(2).all(|pair| pair[0] < pair[1]));
        let front = |seat: &SeatNumber| hall.place_of(*seat).unwrap().row.middle();
        if together {
            prop_assert!(hall.are_side_by_side(seats));
            let left_alone = |block: &[SeatNumber]| {
                alone(&hall, block[0], |number| is_free(number) && !block.contains(&number))
            };
            for block in &blocks {
                prop_assert!(front(&seats[0]) <= front(&block[0]), "{block:?} is nearer the front");
                if front(&seats[0]) == front(&block[0]) && wish.count() > 1 {
                    let same_row = hall.place_of(seats[0]).unwrap().row == hall.place_of(block[0]).unwrap().row;
                    prop_assert!(!same_row || left_alone(seats) <= left_alone(block), "{block:?} leaves fewer alone");
                }
            }
        } else {
            let last = seats.iter().map(front).reduce(|one, other| if one < other { other } else { one }).unwrap();
            prop_assert!(all.iter().all(|seat| front(seat) >= last || seats.contains(seat)));
        }
    }

    #[test]
    fn pairs_leave_nothing_of_even_rows_whatever_the_order(
        rows in proptest::collection::vec(1_u32..11, 1..5),
        turns in proptest::collection::vec(0_usize..4, 60),
    ) {
        let lengths: Vec<u32> = rows.iter().map(|half| 2 * half).collect();
        let hall = hall(&[&lengths]);
        let total: u32 = lengths.iter().sum();
        let mut taken = BTreeSet::new();
        // Some get what is best once others are passed over, as when many ask at the same time.
        for skip in turns.into_iter().cycle().take(usize::try_from(total / 2).unwrap()) {
            let mut passed = taken.clone();
            let mut chosen = hall.best(&wish(2), |number| !passed.contains(&number)).unwrap();
            for _ in 0..skip {
                passed.extend(chosen.numbers().iter().copied());
                match hall.best(&wish(2), |number| !passed.contains(&number)) {
                    Ok(next) => chosen = next,
                    Err(_) => break,
                }
            }
            taken.extend(chosen.numbers().iter().copied());
        }
        prop_assert_eq!(taken.len(), usize::try_from(total).unwrap());
    }
}
