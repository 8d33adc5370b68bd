//! The checker itself: it finds what was lost, changed or made up.

use std::time::Duration;

use seatline_tests::crowd::{Crowd, Endpoints};
use seatline_tests::history::{Entry, History, Operation, Outcome, contradictions};
use seatline_tests::{Cluster, Sale};
use serde_json::Value;
use tokio::time::sleep;

/// What is done to the database, and what has to be said of it.
const TAMPERINGS: [(&str, &str); 8] = [
    (
        "DELETE FROM users WHERE user_id = (SELECT min(user_id::text)::uuid FROM users)",
        "an acknowledged account is lost",
    ),
    (
        "DELETE FROM idempotency_keys
         WHERE operation = 'CHARGE' AND key = (SELECT min(key) FROM idempotency_keys WHERE operation = 'CHARGE')",
        "an acknowledged charge is lost",
    ),
    (
        "UPDATE ledger_entries SET amount = amount + 1
         WHERE entry_id = (SELECT max(entry_id::text)::uuid FROM ledger_entries WHERE kind = 'CHARGE')",
        "a charge differs from what was said",
    ),
    (
        "UPDATE reservation_seats SET seat_number = seat_number + 5000
         WHERE reservation_id = (SELECT min(reservation_id::text)::uuid FROM reservations WHERE state = 'PAID')",
        "an acknowledged hold is not there as it was said",
    ),
    (
        "INSERT INTO reservations
         SELECT concert_id, gen_random_uuid(), performance_id, gen_random_uuid(), 0, 'EXPIRED', held_at, expires_at,
                NULL, now()
         FROM reservations LIMIT 1",
        "a hold that nobody asked for",
    ),
    (
        "UPDATE payments SET amount = amount + 1",
        "an acknowledged payment is not there as it was said",
    ),
    (
        "INSERT INTO payments
         SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 0, 0, state, paid_at, seat_numbers
         FROM payments LIMIT 1",
        "a payment that nobody asked for",
    ),
    ("DELETE FROM passes WHERE number = 3", "an acknowledged place is lost"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_lost_changed_or_made_up_goes_unnoticed() {
    let cluster = Cluster::start().await;
    let plan = Sale::builder().seats(Sale::CROWD_SEATS).seats_per_user(100);
    let (sale, history, endpoints) =
        (plan.open(&cluster.operator()).await, History::default(), Endpoints::default());
    endpoints.put(0, cluster.client());
    let crowd = Crowd::start(10, &endpoints, &[sale], &history, 7);
    while !(history.tally().0 > 200 && paid(&history).is_some()) {
        sleep(Duration::from_millis(20)).await;
    }
    crowd.finish().await;
    assert_eq!(contradictions(&history, cluster.database()).await, Vec::<String>::new());

    let (user_id, reservation_id) = paid(&history).unwrap();
    let lie = History::default();
    history.entries().into_iter().for_each(|entry| lie.record(entry));
    let outcome = Outcome::Acknowledged(Value::Null);
    lie.record(Entry { user_id, operation: Operation::Cancel { reservation_id }, outcome });
    assert_found(&contradictions(&lie, cluster.database()).await, "cancelled, and yet PAID");

    for (tampering, expected) in TAMPERINGS {
        cluster.database().execute(tampering).await;
        assert_found(&contradictions(&history, cluster.database()).await, expected);
    }
    cluster.stop().await;
}

/// Somebody who has paid, and what for.
fn paid(history: &History) -> Option<(String, String)> {
    history.entries().into_iter().find_map(|entry| match (entry.operation, entry.outcome) {
        (Operation::Pay { reservation_id, .. }, Outcome::Acknowledged(_)) => {
            Some((entry.user_id, reservation_id))
        }
        _ => None,
    })
}

#[track_caller]
fn assert_found(found: &[String], expected: &str) {
    assert!(found.iter().any(|finding| finding.starts_with(expected)), "not found: {expected} in {found:#?}");
}
