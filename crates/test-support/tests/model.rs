//! Random operations on two implementations: the reference agrees with itself, and a broken one is found out.

#![expect(clippy::unwrap_used, reason = "an unexpected answer is to fail the test at once")]

mod broken;

use seatline_test_support::InMemoryFixture;
use seatline_test_support::model::Comparison;

#[test]
fn the_reference_agrees_with_itself_and_every_kind_of_answer_comes_up() {
    let comparison = Comparison { seed: 0, sequences: 40, length: 500 };
    let answers = comparison.run(async || InMemoryFixture::new()).unwrap_or_else(|found| panic!("{found}"));
    let expected = [
        "join Ok",
        "leave Ok",
        "leave Pass",
        "show up Ok",
        "show up Pass",
        "admit Ok",
        "remove passes Ok",
        "remove no passes Ok",
        "configure Ok",
        "change concert Ok",
        "close sales Ok",
        "close sales SalesCloseTooEarly",
        "change price Ok",
        "change seats Ok",
        "change seats SeatNotFound",
        "change seats SeatTaken",
        "hold Ok",
        "hold again Ok",
        "hold Refused",
        "hold SalesNotOpen",
        "hold SalesClosed",
        "hold PerformanceStarted",
        "hold SeatNotFound",
        "hold SeatTaken",
        "hold ReservationActive",
        "hold SeatLimitExceeded",
        "hold KeyReused",
        "hold best Ok",
        "hold best again Ok",
        "hold best NotChosen",
        "hold best Refused",
        "hold best ReservationActive",
        "hold best SeatLimitExceeded",
        "hold best KeyReused",
        "cancel Ok",
        "cancel NotFound",
        "cancel NotCancellable",
        "expire Ok",
        "create operator key Ok",
        "create operator key again Ok",
        "create operator key KeyReused",
        "delete operator key Ok",
        "delete operator key NotFound",
        "create webhook Ok",
        "create webhook again Ok",
        "change webhook Ok",
        "change webhook NotFound",
        "delete webhook Ok",
        "publish Ok",
        "publish nothing Ok",
        "forget Ok",
        "forget nothing Ok",
        "charge Ok",
        "charge again Ok",
        "charge NotPositive",
        "charge TooMuch",
        "charge KeyReused",
        "create charge Ok",
        "create charge again Ok",
        "create charge NotPositive",
        "create charge TooMuch",
        "create charge KeyReused",
        "record Ok",
        "record money Ok",
        "record NotFound",
        "pay Ok",
        "pay again Ok",
        "pay Refused",
        "pay ReservationNotFound",
        "pay HoldExpired",
        "pay NotPayable",
        "pay InsufficientPoints",
        "pay KeyReused",
        "check in Ok",
        "check in again Ok",
        "check in Used",
        "check in Invalid",
        "check in KeyReused",
    ];
    let missing: Vec<_> = expected.into_iter().filter(|kind| !answers.contains_key(*kind)).collect();
    assert!(missing.is_empty(), "never came up: {missing:?} in {answers:#?}");
    for (kind, least) in [("pay Ok", 100), ("hold Ok", 100), ("pay again Ok", 5), ("charge again Ok", 100)] {
        assert!(answers.get(kind).is_some_and(|times| *times > least), "{kind} is rare: {answers:#?}");
    }
}

#[test]
fn the_same_seed_plays_the_same_operations() {
    let play = || Comparison { seed: 7, sequences: 1, length: 300 }.run(async || InMemoryFixture::new());
    assert_eq!(play().unwrap(), play().unwrap());
}

/// Plays until the broken one is found out. Each seed finds it; how far its sequence can be shrunk is a matter of luck, so
/// the first that comes to so many operations will do.
#[track_caller]
fn assert_found_out(broken: impl Fn() -> InMemoryFixture, operations_max: usize) {
    let found = |seed| {
        let found = Comparison { seed, sequences: 20, length: 500 }.run(async || broken()).unwrap_err();
        println!("{found}");
        found.operations.len()
    };
    let lengths: Vec<_> = (1..=5).map(found).take_while(|length| *length > operations_max).collect();
    assert!(lengths.len() < 5, "shrunk to {lengths:?} operations, never to {operations_max}");
}

#[test]
fn holds_that_last_too_long_are_found_out() {
    assert_found_out(broken::long_holds, 14);
}

#[test]
fn forgotten_keys_are_found_out() {
    assert_found_out(broken::forgotten_keys, 4);
}

#[test]
fn departures_that_are_not_written_are_found_out() {
    // Each number is given out by a join of its own, none of which can be left out.
    assert_found_out(broken::unwritten_departures, 24);
}

#[test]
fn a_sweep_that_looks_the_other_way_is_found_out() {
    assert_found_out(broken::idle_sweeps, 14);
}

#[test]
fn pages_that_skip_an_entry_are_found_out_in_the_end() {
    assert_found_out(broken::shortened_ledgers, 4);
}
