//! Cells: concerts whose rooms and seats are in schemas of their own, and nobody who looks can tell.

use seatline_tests::{ADMIN_KEY, Binary, Cluster, ClusterOptions, Database, Sale, rehearse};
use serde_json::{Value, json};

/// Makes another cell, as an operator does while everything runs; says what the command printed.
fn add_cell(database: &Database) -> String {
    let made = Binary::run("add-cell", Binary::variables(database.url()));
    assert!(made.status.success(), "{made:?}");
    String::from_utf8(made.stdout).unwrap()
}

async fn two_instances() -> Cluster {
    Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await
}

/// How many rows of each cell's table there are, cell 0's first.
async fn rows(database: &Database, table: &str) -> [String; 2] {
    let count = |schema: &str| format!("SELECT count(*) FROM {schema}.{table}");
    [
        database.query(&count("public")).await.remove(0),
        database.query(&count(&format!("cell_{}", seatline_test_support::cells()))).await.remove(0),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cell_is_added_under_way_and_one_buys_in_both_as_if_there_were_one() {
    let cluster = two_instances().await;
    let operator = cluster.operator();
    let first = Sale::open(&operator).await;
    let mut ada = cluster.user().await;
    ada.buy(&first, &[1]).await;

    let made = seatline_test_support::cells();
    assert!(add_cell(cluster.database()).starts_with(&format!("cell {made} is there")));
    // It goes where the fewest concerts are.
    let second = Sale::builder()
        .seats(5)
        .seats_per_user(2)
        .refundable_until("2099-12-01T00:00:00Z")
        .open(&operator)
        .await;
    let mut elsewhere = ada.by(cluster.client_of(1));
    elsewhere.buy(&second, &[2, 3]).await;
    for table in ["waiting_rooms", "passes", "seats", "reservations", "reservation_seats"] {
        let [_, of_second] = rows(cluster.database(), table).await;
        assert_ne!(of_second, "0", "{table}");
    }

    // What is read together is in one list, and each is found.
    let ids = |items: &Value, name: &str| -> Vec<String> {
        items["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap().into()).collect()
    };
    for client in [cluster.client(), cluster.client_of(1)] {
        let ada = ada.by(client.clone());
        let reservations = ada.get("/api/v1/reservations").send().await.json(200);
        assert_eq!(ids(&reservations, "concertId"), [&*second.concert_id, &*first.concert_id]);
        let tickets = ada.get("/api/v1/tickets").send().await.json(200);
        assert_eq!(tickets["items"].as_array().unwrap().len(), 3);
        for reservation in reservations["items"].as_array().unwrap() {
            assert_eq!(ada.reservation(reservation).await["state"], "PAID");
        }
        let path = format!("/api/v1/concerts/{}/performances", second.concert_id);
        let performances = client.get(&path).send().await.json(200);
        assert_eq!(performances["items"][0]["availableSeats"], 3);
    }
    let payments = ada.get("/api/v1/payments").send().await.json(200);
    let payment = &payments["items"][0];
    assert_eq!(payment["amount"], json!(2 * Sale::PRICE));
    ada.try_refund(payment, Some(&[2])).await.json(201);
    assert_eq!(ada.balance().await, json!(Sale::PRICE));

    // Giving a hold back names no concert.
    let bob = cluster.user().await.enter(&second).await;
    let held = bob.hold(&second, &[2]).await;
    assert_eq!(bob.try_cancel(&held).await.status, 204);
    let stranger = cluster.user().await;
    stranger.try_cancel(&held).await.problem(404, "reservation_not_found");
    let checked = Binary::run("check", Binary::variables(cluster.database().url()));
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_in_another_cell_is_served_as_any_other() {
    let cluster = two_instances().await;
    add_cell(cluster.database());
    let crowd = "--people 200 --seats 60 --capacity 40 --seed 11 --tolerance 20s --hesitate 20ms --give-up 10% --lapse 0% \
                 --retry 30% --refund 20% --check-in 30%";
    let urls = format!("http://{},http://{}", cluster.address(0), cluster.address(1));
    let rehearsed = rehearse(&urls, ADMIN_KEY, crowd).await;
    assert_eq!(rehearsed.code, Some(0), "{rehearsed:#?}");
    let [home, other] = rows(cluster.database(), "reservations").await;
    assert!(home == "0" && other != "0", "{home} and {other}");
    cluster.end().await;
}
