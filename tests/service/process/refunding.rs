use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use seatline_tests::{ADMIN_KEY, Binary, Database, Operator, QUEUE_KEY, Running, Sale, eventually};
use serde_json::{Value, json};

/// As many as a large hall has. Each is bought by somebody else.
const SOLD: u32 = 20_000;
/// The promise for them, on two cores.
const REFUNDED_WITHIN: Duration = Duration::from_mins(1);

fn start(database: &Database) -> Running {
    Binary::serve([
        ("DATABASE_URL", database.url()),
        ("SEATLINE_LISTEN", "127.0.0.1:0"),
        ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
        ("SEATLINE_PAYMENTS", "play"),
        ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
    ])
}

/// Sells every seat, as so many people would have bought them one by one.
async fn sell(database: &Database, sale: &Sale) {
    let id = |kind: u8| format!("(lpad(to_hex(n), 8, '0') || '-0000-7000-800{kind}-000000000000')::uuid");
    let (user, charge, debit, payment, reservation) = (id(1), id(2), id(3), id(4), id(5));
    let (concert, performance, price) = (&sale.concert_id, &sale.performance_id, Sale::PRICE);
    let everybody =
        format!("FROM generate_series(1, {SOLD}) AS n, (SELECT clock_timestamp() AS now) AS once");
    database
        .execute(&format!(
            "INSERT INTO users (user_id, token_hash) SELECT {user}, sha256(n::text::bytea) {everybody};
             INSERT INTO wallets (user_id, balance, entries) SELECT {user}, 0, 2 {everybody};
             INSERT INTO ledger_entries (user_id, sequence, entry_id, kind, amount, balance_after, created_at)
             SELECT {user}, 1, {charge}, 'CHARGE', {price}, {price}, now {everybody};
             INSERT INTO ledger_entries
                 (user_id, sequence, entry_id, kind, amount, balance_after, reference_id, created_at)
             SELECT {user}, 2, {debit}, 'PAYMENT', -{price}, 0, {payment}, now {everybody};
             INSERT INTO reservations (concert_id, reservation_id, performance_id, user_id, amount, state, held_at,
                                       expires_at, payment_id, ended_at)
             SELECT '{concert}', {reservation}, '{performance}', {user}, {price}, 'PAID', now,
                    timestamptz '2099-01-01', {payment}, now {everybody};
             INSERT INTO reservation_seats
                 (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
             SELECT '{performance}', {reservation}, n, {user}, {price}, 'SOLD', timestamptz '2099-01-01' {everybody};
             INSERT INTO payments
                 (user_id, payment_id, reservation_id, amount, balance_after, state, paid_at, seat_numbers)
             SELECT {user}, {payment}, {reservation}, {price}, 0, 'COMPLETED', now, ARRAY[n] {everybody};
             ANALYZE"
        ))
        .await;
}

fn done(status: &Value) -> u64 {
    status["refunds"]["done"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_refunds_of_a_full_hall_go_on_when_an_instance_is_killed_and_are_done_in_time() {
    let database = Database::create().await;
    let first = start(&database);
    let operator = Operator::new(first.client(), ADMIN_KEY);
    let sale = Sale::builder().seats(SOLD).open(&operator).await;
    sell(&database, &sale).await;
    let begin = Instant::now();
    let status = operator.cancel(&sale.performance_id).await;
    assert_eq!(status["refunds"]["total"], SOLD);
    let before = eventually("some are refunded", async || {
        let status = operator.cancellation(&sale.performance_id).await;
        (done(&status) > 0).then_some(status)
    })
    .await;
    drop(tokio::task::spawn_blocking(move || first.end_with(Signal::SIGKILL)).await.unwrap());
    assert!(done(&before) < SOLD.into(), "in the middle");
    let said = Binary::run("check", [("DATABASE_URL", database.url())]);
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.code() == Some(0) && text.contains("note "), "no violation, but a note: {text}");

    let (second, third) = (start(&database), start(&database));
    let (operator, other) =
        (Operator::new(second.client(), ADMIN_KEY), Operator::new(third.client(), ADMIN_KEY));
    // Counting costs: it is asked for now and then, as a person would.
    let mut refunded = 0;
    while refunded < u64::from(SOLD) {
        refunded = eventually("more are refunded", async || {
            let counted = database.query("SELECT count(*) FROM refunds").await[0].parse::<u64>().unwrap();
            (counted >= (refunded + 1_000).min(SOLD.into())).then_some(counted)
        })
        .await;
        assert!(begin.elapsed() < REFUNDED_WITHIN, "{refunded} after {:?}", begin.elapsed());
    }
    let status = operator.cancellation(&sale.performance_id).await;
    println!("{SOLD} payments refunded within {:?}", begin.elapsed());
    let all = json!({"total": SOLD, "done": SOLD, "amount": SOLD * Sale::PRICE});
    assert_eq!(status["refunds"], all);
    assert_eq!(other.cancellation(&sale.performance_id).await["refunds"], all);
    let refunds = "SELECT count(*) || ' ' || sum(amount)::bigint FROM refunds";
    assert_eq!(database.query(refunds).await, [format!("{SOLD} {}", SOLD * Sale::PRICE)]);
    eventually("that nothing is owed is written down", async || {
        let complete = "SELECT count(*) FROM performances WHERE refunded_at IS NOT NULL";
        (database.query(complete).await == ["1"]).then_some(())
    })
    .await;
    database.assert_invariants().await;
}
