//! Many at once: whatever wins, nothing is sold or charged twice. After each test the invariants hold.

mod best_seats;
mod blocking;
mod expiry;
mod one_payment;
mod one_seat;
mod one_wallet;

use std::collections::BTreeMap;

use seatline_tests::Answer;

/// How often each status and code came back: `201`, `409 seat_held`.
pub(crate) fn tally(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let outcome = match answer.code() {
            Some(code) => format!("{} {code}", answer.status),
            None => answer.status.to_string(),
        };
        *tally.entry(outcome).or_default() += 1;
    }
    tally
}

/// What [`tally`] is expected to find.
pub(crate) fn outcomes<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected.into_iter().map(|(outcome, count)| (outcome.to_owned(), count)).collect()
}

/// One, and two of them on one database.
pub(crate) const INSTANCES: [usize; 2] = [1, 2];
