//! Random operations on two implementations: the reference agrees with itself, and a broken one is found out.

#![expect(clippy::unwrap_used, reason = "an unexpected answer is to fail the test at once")]

mod sabotage;

use std::collections::BTreeMap;

use seatline_test_support::{Fixture, InMemoryFixture, model};

#[tokio::test]
async fn the_reference_agrees_with_itself_and_every_kind_of_answer_comes_up() {
    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..40 {
        let (reference, subject) = (InMemoryFixture::new(), InMemoryFixture::new());
        let run = model::run_both(&reference, &subject, seed, 500).await;
        for (kind, count) in run.unwrap_or_else(|divergence| panic!("{divergence}")).answers {
            *answers.entry(kind).or_default() += count;
        }
    }
    let expected = [
        "join Ok",
        "leave Ok",
        "leave Pass",
        "show up Ok",
        "show up Pass",
        "admit Ok",
        "configure Ok",
        "hold Ok",
        "hold again Ok",
        "hold Refused",
        "hold SalesNotOpen",
        "hold PerformanceStarted",
        "hold SeatNotFound",
        "hold SeatTaken",
        "hold ReservationActive",
        "hold SeatLimitExceeded",
        "hold KeyReused",
        "give up Ok",
        "give up NotFound",
        "give up NotCancellable",
        "sweep Ok",
        "forget Ok",
        "forget nothing Ok",
        "charge Ok",
        "charge again Ok",
        "charge NotPositive",
        "charge TooMuch",
        "charge KeyReused",
        "pay Ok",
        "pay again Ok",
        "pay Refused",
        "pay ReservationNotFound",
        "pay HoldExpired",
        "pay NotPayable",
        "pay InsufficientPoints",
        "pay KeyReused",
    ];
    let missing: Vec<_> = expected.into_iter().filter(|kind| !answers.contains_key(*kind)).collect();
    assert!(missing.is_empty(), "never came up: {missing:?} in {answers:#?}");
    for kind in ["pay Ok", "hold Ok", "pay again Ok", "charge again Ok"] {
        assert!(answers.get(kind).is_some_and(|times| *times > 100), "{kind} is rare: {answers:#?}");
    }
}

#[tokio::test]
async fn the_same_seed_plays_the_same_operations() {
    let (first, second) = (InMemoryFixture::new(), InMemoryFixture::new());
    let (third, fourth) = (InMemoryFixture::new(), InMemoryFixture::new());
    let once = model::run_both(&first, &second, 7, 300).await.unwrap();
    let again = model::run_both(&third, &fourth, 7, 300).await.unwrap();
    assert_eq!(once, again);
}

/// Plays seeds until the broken one is found out.
async fn is_found_out(broken: impl Fn() -> InMemoryFixture) -> bool {
    for seed in 0..20 {
        let (reference, subject) = (InMemoryFixture::new(), broken());
        let subject: &dyn Fixture = &subject;
        if model::run_both(&reference, subject, seed, 500).await.is_err() {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn holds_that_last_too_long_are_found_out() {
    assert!(is_found_out(sabotage::long_holds).await);
}

#[tokio::test]
async fn forgotten_keys_are_found_out() {
    assert!(is_found_out(sabotage::forgotten_keys).await);
}

#[tokio::test]
async fn departures_that_are_not_written_are_found_out() {
    assert!(is_found_out(sabotage::unwritten_departures).await);
}

#[tokio::test]
async fn a_sweep_that_looks_the_other_way_is_found_out() {
    assert!(is_found_out(sabotage::idle_sweeps).await);
}

#[tokio::test]
async fn pages_that_skip_an_entry_are_found_out_in_the_end() {
    assert!(is_found_out(sabotage::shortened_ledgers).await);
}
