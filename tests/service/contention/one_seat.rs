use futures::future::join_all;
use seatline_tests::{Cluster, ClusterOptions, Sale, TestUser, together};
use serde_json::json;

use super::{INSTANCES, outcomes, tally};

async fn admitted(cluster: &Cluster, sale: &Sale, count: usize) -> Vec<TestUser> {
    join_all(cluster.users(count).await.into_iter().map(|user| user.enter(sale))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_one_gets_the_seat() {
    for instances in INSTANCES {
        let cluster = Cluster::start_with(ClusterOptions { instances, ..ClusterOptions::default() }).await;
        let sale = Sale::open(&cluster.operator()).await;
        let people = admitted(&cluster, &sale, 200).await;
        let (at, for_all) = (sale.clone(), people.clone());
        let answers = together(for_all.into_iter().map(|user| {
            let sale = at.clone();
            async move { user.try_hold(&sale, &[7]).await }
        }))
        .await;
        assert_eq!(tally(&answers), outcomes([("201", 1), ("409 seat_held", 199)]));
        let winner = answers.iter().position(|answer| answer.status == 201).unwrap();
        assert_eq!(people[winner].seat(&sale, 7).await, ("HELD".into(), true));
        let loser = &people[(winner + 1) % people.len()];
        assert_eq!(loser.seat(&sale, 7).await, ("HELD".into(), false));
        assert_eq!(loser.seats(&sale).await["availableSeats"], 49, "nothing else was held");
        cluster.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overlapping_wishes_are_granted_whole_or_not_at_all() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().seats_per_user(4).open(&cluster.operator()).await;
    let people = admitted(&cluster, &sale, 60).await;
    // Every wish overlaps with its neighbours', in different orders.
    let wish = |index: u64| {
        let first = 1 + index % 20;
        if index.is_multiple_of(2) {
            vec![first, first + 1, first + 2]
        } else {
            vec![first + 2, first + 1, first]
        }
    };
    let wishes = people.into_iter().zip(0..).map(|(user, index)| {
        let sale = sale.clone();
        async move { user.try_hold(&sale, &wish(index)).await }
    });
    let answers = together(wishes).await;
    let granted: Vec<_> =
        answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.json(201)).collect();
    let mut seats: Vec<_> = granted
        .iter()
        .flat_map(|reservation| reservation["seats"].as_array().unwrap())
        .map(|seat| seat["number"].as_u64().unwrap())
        .collect();
    assert_eq!(seats.len(), granted.len() * 3);
    seats.sort_unstable();
    assert!(seats.windows(2).all(|pair| pair[0] < pair[1]), "a seat is held twice: {seats:?}");
    assert_eq!(tally(&answers), outcomes([("201", granted.len()), ("409 seat_held", 60 - granted.len())]));
    let sales = cluster.operator().sales(&sale.concert_id).await;
    assert_eq!(sales["performances"][0]["held"], json!(seats.len()), "no counter drifts");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_user_on_two_instances_stays_within_the_limit() {
    for (seats_per_user, refusal) in [(1, "409 reservation_active"), (2, "409 reservation_active")] {
        let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
        let sale = Sale::builder().seats_per_user(seats_per_user).open(&cluster.operator()).await;
        let people = admitted(&cluster, &sale, 20).await;
        let tries = people.iter().zip(0_u64..).flat_map(|(user, index)| {
            let twice = [(cluster.client_of(0), 2 * index + 1), (cluster.client_of(1), 2 * index + 2)];
            twice.map(|(client, seat)| {
                let (user, sale) = (user.by(client), sale.clone());
                async move { user.try_hold(&sale, &[seat]).await }
            })
        });
        let answers = together(tries).await;
        assert_eq!(tally(&answers), outcomes([("201", 20), (refusal, 20)]), "one unpaid reservation each");
        assert_eq!(people[0].seats(&sale).await["availableSeats"], 30);
        cluster.end().await;
    }
}
