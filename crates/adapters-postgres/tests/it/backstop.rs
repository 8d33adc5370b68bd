//! The schema backs the rules up: what a bug might store against them, it refuses.

use seatline_test_support::history::Journey;
use seatline_test_support::{Fixture, Setup};
use tokio_postgres::NoTls;

use crate::fixture::PostgresFixture;

/// Changes that must be refused, and the constraints that refuse them. One seat was bought, and one is held.
const REFUSED: [(&str, &str); 12] = [
    (
        "INSERT INTO reservation_seats
         SELECT performance_id, gen_random_uuid(), seat_number, user_id, price, 'HELD', held_until FROM reservation_seats
         WHERE state = 'SOLD'",
        "one_live_owner_per_seat",
    ),
    ("UPDATE reservation_seats SET state = 'HELD' WHERE state = 'RELEASED'", "one_live_owner_per_seat"),
    (
        "INSERT INTO passes (concert_id, number, user_id, state, issued_at)
         SELECT concert_id, number + 1000, user_id, 'WAITING', issued_at FROM passes WHERE state = 'ACTIVE'",
        "one_live_pass_per_user",
    ),
    ("INSERT INTO passes SELECT * FROM passes LIMIT 1", "passes_pkey"),
    (
        "INSERT INTO reservations SELECT concert_id, gen_random_uuid(), performance_id, user_id, amount, state, held_at,
                                         expires_at, payment_id, ended_at FROM reservations WHERE state = 'HELD'",
        "one_hold_per_user",
    ),
    (
        "INSERT INTO payments SELECT user_id, gen_random_uuid(), reservation_id, amount, balance_after, state, paid_at,
                                     seat_numbers FROM payments",
        "one_payment_per_reservation",
    ),
    (
        "INSERT INTO ledger_entries SELECT user_id, sequence + 1000, gen_random_uuid(), kind, amount, balance_after,
                                           reference_id, created_at FROM ledger_entries WHERE kind = 'PAYMENT'",
        "one_debit_per_payment",
    ),
    (
        "INSERT INTO ledger_entries SELECT user_id, sequence + 1000, entry_id, kind, amount, balance_after, reference_id,
                                           created_at FROM ledger_entries WHERE kind = 'CHARGE'",
        "charges_by_id",
    ),
    ("UPDATE ledger_entries SET sequence = 1", "ledger_entries_pkey"),
    ("UPDATE wallets SET balance = -0.01", "wallets_balance_check"),
    ("UPDATE passes SET departure = 1", "departures_in_order"),
    ("INSERT INTO idempotency_keys SELECT * FROM idempotency_keys LIMIT 1", "idempotency_keys_pkey"),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_stored_is_refused() {
    let fixture = PostgresFixture::new().await;
    let setup = Setup::new(fixture.ports());
    let journey = Journey::prepare(setup).await;
    journey.play(setup, 0).await;
    let holder = setup.user_in_turn(&journey.concert).await;
    holder.hold(&journey.performance, &[50]).await;
    // Somebody held the seat that was bought before, and cancelled.
    fixture
        .database
        .execute(
            "INSERT INTO reservation_seats
             SELECT performance_id, gen_random_uuid(), seat_number, user_id, price, 'RELEASED', held_until
             FROM reservation_seats WHERE state = 'SOLD'",
        )
        .await;
    let (client, connection) = tokio_postgres::connect(fixture.database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    for (sql, constraint) in REFUSED {
        let refusal = client.batch_execute(sql).await.expect_err(constraint);
        let refused_by = refusal.as_db_error().and_then(|error| error.constraint());
        assert_eq!(refused_by, Some(constraint), "{refusal:?}");
    }
}
