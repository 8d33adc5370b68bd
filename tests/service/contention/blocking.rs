use std::collections::BTreeSet;

use futures::future::join_all;
use seatline_tests::{Cluster, ClusterOptions, Operator, Sale, together};
use serde_json::{Value, json};

/// The numbers of a list of seats.
fn numbers(seats: &Value) -> BTreeSet<u64> {
    seats.as_array().unwrap().iter().map(|seat| seat.as_u64().unwrap()).collect()
}

/// Blocks a pair of seats; tells whether it did.
async fn block(operator: Operator, performance_id: String, first_seat: u64) -> bool {
    let body = json!({"block": [{"firstSeat": first_seat, "lastSeat": first_seat + 1}]});
    let mut answer = operator.try_change_seats(&performance_id, &body).await;
    // Where so many want the same rows at once, somebody is asked to come again.
    while answer.status == 503 {
        answer = operator.try_change_seats(&performance_id, &body).await;
    }
    if answer.status == 200 {
        return true;
    }
    let held = answer.problem(409, "seat_held");
    assert!(numbers(&held["seats"]).is_subset(&[first_seat, first_seat + 1].into()), "{held}");
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_seat_is_blocked_or_held_and_no_pair_is_taken_apart() {
    const PEOPLE: usize = 300;
    const PAIRS: u64 = 100;
    let options = ClusterOptions { instances: 2, ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).seats(200).open(&operator).await;
    let people = cluster.users(PEOPLE).await.into_iter().map(|user| user.enter(&sale));
    let people = join_all(people).await;
    let holds = people.into_iter().zip(0_u64..).map(|(user, place)| {
        let sale = sale.clone();
        // Pairs that overlap with those that are blocked, by a seat or by both.
        let first = 1 + place % (2 * PAIRS - 1);
        async move {
            let mut answer = user.try_hold(&sale, &[first, first + 1]).await;
            while answer.status == 503 {
                answer = user.try_hold(&sale, &[first, first + 1]).await;
            }
            (first, answer)
        }
    });
    let blocks = (0..PAIRS).map(|pair| {
        let (operator, performance_id) = (operator.clone(), sale.performance_id.clone());
        async move { (2 * pair + 1, block(operator, performance_id, 2 * pair + 1).await) }
    });
    let (holds, blocks) = tokio::join!(together(holds), together(blocks));
    let (mut held, mut refused) = (BTreeSet::new(), 0);
    for (first, answer) in holds {
        if matches!(answer.status, 200 | 201) {
            assert!(held.insert(first) && held.insert(first + 1), "{first} is held twice");
        } else {
            let code = answer.code().unwrap();
            assert!(["seat_held", "seat_blocked"].contains(&code.as_str()), "{code}");
            refused += 1;
        }
    }
    let blocked: BTreeSet<u64> =
        blocks.iter().filter(|(_, blocked)| *blocked).flat_map(|(first, _)| [*first, first + 1]).collect();
    assert!(held.is_disjoint(&blocked), "{:?}", held.intersection(&blocked));
    // Which of them are first is chance.
    assert!(held.len() + blocked.len() > 0 && refused > 0);
    let sales = &operator.sales(&sale.concert_id).await["performances"][0];
    assert_eq!((&sales["held"], &sales["blocked"]), (&json!(held.len()), &json!(blocked.len())));
    assert_eq!(sales["available"], json!(200 - held.len() - blocked.len()));
    cluster.end().await;
}
