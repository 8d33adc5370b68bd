use std::time::Duration;

use futures::future::join_all;
use seatline_tests::{Answer, Cluster, ClusterOptions, Sale, TestUser, eventually, together};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::INSTANCES;

const HOLD_TTL: Duration = Duration::from_millis(300);

/// Asks for a seat until somebody has it for good or it is theirs.
async fn take_when_free(user: &TestUser, sale: &Sale, seat: u64) -> Answer {
    eventually("the seat is free or sold", async || {
        let answer = user.try_hold(sale, &[seat]).await;
        (answer.code().as_deref() != Some("seat_held")).then_some(answer)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_lapsed_is_the_next_persons_with_the_sweeper_off() {
    for instances in INSTANCES {
        let options = ClusterOptions { instances, hold_ttl: HOLD_TTL, ..ClusterOptions::default() };
        let cluster = Cluster::start_with(options).await;
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        let bob = cluster.user_of(instances - 1).await.enter(&sale).await;
        ada.charge(Sale::PRICE).await;
        let expired = ada.hold(&sale, &[7]).await;
        let held = take_when_free(&bob, &sale, 7).await.json(201);
        assert!(
            held["heldAt"].as_str() >= expired["expiresAt"].as_str(),
            "not before its time: {held} {expired}"
        );
        assert_eq!(ada.reservation(&expired).await["state"], "EXPIRED");
        ada.try_pay(&expired).await.problem(410, "hold_expired");
        assert_eq!(ada.balance().await, json!(Sale::PRICE));
        cluster.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lapsed_hold_is_in_nobodys_way() {
    let cluster =
        Cluster::start_with(ClusterOptions { hold_ttl: HOLD_TTL, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().seats(1).open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    let expired = ada.hold(&sale, &[1]).await;
    eventually("the seat is shown as free", async || {
        (bob.seat(&sale, 1).await.0 == "AVAILABLE").then_some(())
    })
    .await;
    let path = format!("/api/v1/concerts/{}/dates", sale.concert_id);
    // What the public is shown of free seats may be two seconds old.
    eventually("its date can be booked", async || {
        let dates = cluster.client().get(&path).send().await.json(200)["dates"].clone();
        (dates == json!([Sale::DATE])).then_some(())
    })
    .await;
    let sales = cluster.operator().sales(&sale.concert_id).await;
    assert_eq!(
        (&sales["performances"][0]["held"], &sales["performances"][0]["available"]),
        (&json!(0), &json!(1))
    );
    // Cancelling what has expired is fine, and it stays expired. The same user may hold again.
    ada.try_cancel(&expired).await.nothing(204);
    assert_eq!(ada.reservation(&expired).await["state"], "EXPIRED");
    let again = ada.hold(&sale, &[1]).await;
    assert_ne!(again["reservationId"], expired["reservationId"]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sweeper_writes_down_what_has_lapsed() {
    let options = ClusterOptions {
        hold_ttl: HOLD_TTL,
        sweep_every: Duration::from_millis(50),
        ..ClusterOptions::default()
    };
    let cluster = Cluster::start_with(options).await;
    let sale = Sale::open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    ada.hold(&sale, &[7]).await;
    eventually("written down", async || {
        let states = cluster.database().query("SELECT state FROM reservations").await;
        (states == ["EXPIRED"]).then_some(())
    })
    .await;
    assert_eq!(cluster.database().query("SELECT state FROM reservation_seats").await, ["RELEASED"]);
    cluster.end().await;
}

/// One seat: its holder pays about when the hold expires, and a rival wants it.
async fn race(
    ada: TestUser,
    bob: TestUser,
    sale: Sale,
    seat: u64,
    offset: Duration,
) -> (Value, Answer, Answer) {
    let started = Instant::now();
    let reservation = ada.hold(&sale, &[seat]).await;
    let paying = async {
        // Not to wait for anything: this is when the client happens to pay.
        sleep_until(started + offset).await;
        ada.try_pay(&reservation).await
    };
    let (paid, taken) = tokio::join!(paying, take_when_free(&bob, &sale, seat));
    (reservation, paid, taken)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expiry_and_payment_race_for_one_owner() {
    const ROUNDS: u32 = 40;
    for instances in INSTANCES {
        let options = ClusterOptions {
            instances,
            hold_ttl: HOLD_TTL,
            sweep_every: Duration::from_millis(50),
            ..ClusterOptions::default()
        };
        let cluster = Cluster::start_with(options).await;
        let sale = Sale::open(&cluster.operator()).await;
        let pairs = join_all((1..=ROUNDS).map(|_| async {
            let ada = cluster.user_of(0).await.enter(&sale).await;
            ada.charge(Sale::PRICE).await;
            (ada, cluster.user_of(instances - 1).await.enter(&sale).await)
        }))
        .await;
        let races = pairs.clone().into_iter().zip(1..=ROUNDS).map(|((ada, bob), round)| {
            // From well before the hold expires to well after it.
            let offset = HOLD_TTL * 2 * round / ROUNDS;
            race(ada, bob, sale.clone(), u64::from(round), offset)
        });
        let outcomes = together(races).await;
        let mut sold = 0;
        for ((ada, _), (reservation, paid, taken)) in pairs.iter().zip(outcomes) {
            if paid.status == 201 {
                sold += 1;
                taken.problem(409, "seat_sold");
                assert_eq!(ada.reservation(&reservation).await["state"], "PAID");
                assert_eq!(ada.balance().await, json!(0));
                assert!(paid.json(201)["paidAt"].as_str() < reservation["expiresAt"].as_str());
            } else {
                paid.problem(410, "hold_expired");
                let taken = taken.json(201);
                assert!(taken["heldAt"].as_str() >= reservation["expiresAt"].as_str());
                assert_eq!(ada.reservation(&reservation).await["state"], "EXPIRED");
                assert_eq!(ada.balance().await, json!(Sale::PRICE));
            }
        }
        let sales = cluster.operator().sales(&sale.concert_id).await;
        assert_eq!(sales["performances"][0]["sold"], json!(sold));
        assert_eq!(sales["performances"][0]["revenue"], json!(sold * Sale::PRICE));
        cluster.end().await;
    }
}
