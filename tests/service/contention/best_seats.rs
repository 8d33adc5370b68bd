use std::collections::BTreeMap;

use futures::future::join_all;
use seatline_tests::{Answer, Cluster, ClusterOptions, Sale, TestUser, together};
use serde_json::{Value, json};

use super::{INSTANCES, outcomes, tally};

const PEOPLE: usize = 200;

/// So many who are in their turn, taking turns at the instances.
async fn admitted(cluster: &Cluster, sale: &Sale, instances: usize, count: usize) -> Vec<TestUser> {
    let people = join_all(cluster.users(count).await.into_iter().map(|user| user.enter(sale))).await;
    let people = people.into_iter().enumerate();
    people.map(|(index, user)| user.by(cluster.client_of(index % instances))).collect()
}

async fn all_ask(people: &[TestUser], sale: &Sale, wish: &Value) -> Vec<Answer> {
    together(people.iter().map(|user| {
        let (user, sale, wish) = (user.clone(), sale.clone(), wish.clone());
        async move { user.try_hold_best(&sale, wish).await }
    }))
    .await
}

/// The seats of all who got some, each once.
fn seats_of(answers: &[Answer]) -> Vec<Vec<u64>> {
    let got = answers.iter().filter(|answer| answer.status == 201);
    let seats: Vec<Vec<u64>> = got
        .map(|answer| {
            let reservation = answer.json(201);
            let seats = reservation["seats"].as_array().unwrap().iter();
            seats.map(|seat| seat["number"].as_u64().unwrap()).collect()
        })
        .collect();
    let mut owners: BTreeMap<u64, usize> = BTreeMap::new();
    seats.iter().flatten().for_each(|seat| *owners.entry(*seat).or_default() += 1);
    assert!(owners.values().all(|owners| *owners == 1), "a seat is held twice: {owners:?}");
    seats
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_pairs_get_the_four_hundred_seats_that_there_are() {
    for instances in INSTANCES {
        let cluster = Cluster::start_with(ClusterOptions { instances, ..ClusterOptions::default() }).await;
        // Ten rows of forty seats.
        let sale =
            Sale::builder().seats_per_user(2).seats(400).capacity(1_000).open(&cluster.operator()).await;
        let people = admitted(&cluster, &sale, instances, PEOPLE).await;
        let answers = all_ask(&people, &sale, &json!({"count": 2})).await;
        assert_eq!(tally(&answers), outcomes([("201", PEOPLE)]));
        for pair in seats_of(&answers) {
            assert_eq!(pair[0] + 1, pair[1], "side by side");
            assert_eq!((pair[0] - 1) / 40, (pair[1] - 1) / 40, "in one row");
        }
        let late = cluster.user().await.enter(&sale).await;
        late.try_hold_best(&sale, json!({"count": 2})).await.problem(409, "sold_out");
        cluster.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_finds_nothing_is_told_so_and_nothing_is_left() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().seats_per_user(2).seats(40).capacity(1_000).open(&cluster.operator()).await;
    let people = admitted(&cluster, &sale, 2, 60).await;
    let answers = all_ask(&people, &sale, &json!({"count": 2})).await;
    assert_eq!(seats_of(&answers).len(), 20);
    assert_eq!(tally(&answers), outcomes([("201", 20), ("409 sold_out", 40)]));
    assert_eq!(people[0].seats(&sale).await["availableSeats"], 0);
    cluster.end().await;
}
