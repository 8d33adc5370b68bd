use futures::future::join_all;
use seatline_tests::contract::REFUND;
use seatline_tests::{Binary, Cluster, ClusterOptions, Database, Sale, together};

/// Runs `seatline check`: its exit code, and what it said.
fn check(database: &Database) -> (Option<i32>, String) {
    let checked = Binary::run("check", [("DATABASE_URL", database.url())]);
    let said =
        format!("{}{}", String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr));
    (checked.status.code(), said)
}

/// Bookings, payments and changes of mind by many people at once, on two instances.
async fn storm() -> Cluster {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().seats_per_user(2).open(&cluster.operator()).await;
    let people = join_all(cluster.users(60).await.into_iter().map(|user| user.enter(&sale))).await;
    let visits = people.into_iter().zip(0_u64..).map(|(user, index)| {
        let sale = sale.clone();
        async move {
            user.charge(2 * Sale::PRICE).await;
            let first = 1 + index % 40;
            let answer = user.try_hold(&sale, &[first, first + 1]).await;
            if answer.status != 201 {
                return user.leave().await;
            }
            let reservation = answer.json(201);
            match index % 3 {
                0 => drop(user.try_cancel(&reservation).await),
                1 => drop(tokio::join!(user.try_pay(&reservation), user.try_pay(&reservation))),
                _ => drop(tokio::join!(user.try_pay(&reservation), user.try_cancel(&reservation))),
            }
        }
    });
    together(visits).await;
    cluster
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_breaks_nothing_and_a_changed_balance_is_found() {
    let cluster = storm().await;
    let (code, said) = check(cluster.database());
    assert!(code == Some(0) && said.contains("holds"), "{said}");
    for invariant in 1..=19 {
        assert!(said.contains(&format!("I{invariant} ")), "I{invariant} is not looked at: {said}");
    }
    cluster.database().execute("UPDATE wallets SET balance = balance + 1").await;
    let (code, said) = check(cluster.database());
    assert!(code == Some(1) && said.contains("BROKEN I2"), "{said}");
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_corruption_is_found() {
    let corruptions = [
        (
            "I1",
            "DROP INDEX one_live_owner_per_seat;
             INSERT INTO reservation_seats
             SELECT performance_id, gen_random_uuid(), seat_number, user_id, price, state, held_until
             FROM reservation_seats",
        ),
        ("I2", "UPDATE wallets SET balance = 0"),
        ("I3", "DELETE FROM payments"),
        ("I3", "UPDATE payments SET amount = amount + 1"),
        ("I4", "UPDATE payments SET paid_at = paid_at + interval '1 hour'"),
        (
            "I7",
            "INSERT INTO idempotency_keys SELECT user_id, 'forged', 'charge 1', 'CHARGE', gen_random_uuid(), true, now() FROM users",
        ),
        ("I9", "DELETE FROM passes"),
        ("I9", "UPDATE waiting_rooms SET removed_up_to = now_serving"),
        ("I10", "UPDATE passes SET state = 'ACTIVE', ended_at = NULL WHERE state = 'COMPLETED'"),
        (
            "I17",
            "UPDATE seats SET blocked = true WHERE number IN (SELECT seat_number FROM reservation_seats WHERE state = 'SOLD')",
        ),
        (
            "I19",
            "INSERT INTO deliveries (webhook_id, position, subject, state)
             VALUES (gen_random_uuid(), 1, gen_random_uuid(), 'PENDING')",
        ),
        (
            "I19",
            "INSERT INTO events VALUES (1, gen_random_uuid(), 'charge.completed', gen_random_uuid(), now(), now(), '{}')",
        ),
        ("I11", "UPDATE concerts SET max_seats_per_user = 1"),
        ("I13", "DELETE FROM ledger_entries WHERE sequence = 1"),
        ("I13", "UPDATE ledger_entries SET kind = 'CREDIT' WHERE kind = 'CHARGE'"),
        ("I1", "UPDATE reservation_seats SET state = 'RELEASED' WHERE seat_number = 8"),
        ("I14", "UPDATE refunds SET amount = amount + 1, balance_after = balance_after + 1"),
        ("I1", "UPDATE refunds SET seat_numbers = '{8}'"),
        ("I14", "UPDATE refunds SET seat_numbers = '{70}'"),
        ("I14", "UPDATE refunds SET seat_numbers = '{7, 7}'"),
        ("I14", "UPDATE refunds SET entry_id = gen_random_uuid()"),
        ("I14", "UPDATE payments SET state = 'COMPLETED'"),
        ("I14", "DELETE FROM refunds"),
        (
            "I15",
            "UPDATE performances SET cancelled_at = (SELECT min(paid_at) - interval '1 second' FROM payments),
             cancel_reason = 'Ill'",
        ),
        ("I15", "UPDATE performances SET cancelled_at = now(), refunded_at = now(), cancel_reason = 'Ill'"),
        (
            "I16",
            "INSERT INTO check_ins
             SELECT performance_id, reservation_id, seat_number + 1, gen_random_uuid(), NULL, '00000000', now()
             FROM reservation_seats",
        ),
        (
            "I16",
            "INSERT INTO check_ins
             SELECT performance_id, reservation_id, seat_number, gen_random_uuid(), NULL, '00000000',
                    held_until - interval '1 hour'
             FROM reservation_seats",
        ),
        (
            "I16",
            "UPDATE reservation_seats SET state = 'RELEASED';
             UPDATE reservations SET state = 'REFUNDED';
             INSERT INTO check_ins
             SELECT performance_id, reservation_id, seat_number, gen_random_uuid(), NULL, '00000000', now()
             FROM reservation_seats",
        ),
    ];
    let cluster = Cluster::start().await;
    let plan = Sale::builder().seats_per_user(3).refundable_until("2099-12-01T00:00:00Z");
    let sale = plan.open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    ada.charge(3 * Sale::PRICE).await;
    ada.charge(1).await;
    let payment = ada.pay(&ada.hold(&sale, &[7, 8, 9]).await).await;
    // One of the seats is given back.
    ada.try_refund(&payment, Some(&[7])).await.of_kind(201, REFUND);
    cluster.database().assert_invariants().await;
    let sound = cluster.stop().await;
    for (invariant, corruption) in corruptions {
        let database = sound.copy().await;
        database.execute(corruption).await;
        let found = database.violations().await;
        let named: Vec<_> = found.iter().map(|violation| violation.invariant.to_string()).collect();
        assert!(named.iter().any(|name| name == invariant), "{corruption}: {found:?}");
    }
    sound.assert_invariants().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_without_the_schema_is_not_called_sound() {
    let empty = seatline_test_support::TestDatabase::empty().await;
    let checked = Binary::run("check", [("DATABASE_URL", empty.url())]);
    assert_eq!(checked.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&checked.stderr).contains("migrate"));
}

#[test]
fn a_check_that_cannot_look_is_no_finding_and_makes_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let nothing = scratch.path().join("nothing");
    for variable in [
        ("DATABASE_URL", "postgres://nobody:secret@127.0.0.1:1/nothing"),
        ("SEATLINE_DATA_DIR", nothing.to_str().unwrap()),
        ("SEATLINE_HOLD_TTL", "soon"),
    ] {
        let checked = Binary::run("check", [variable]);
        assert_eq!(checked.status.code(), Some(2), "{variable:?}: {checked:?}");
        assert!(!String::from_utf8_lossy(&checked.stderr).contains("secret"), "{checked:?}");
    }
    assert!(!nothing.exists());
}
