//! Changes of the programme while seats are sold.

use futures::future::join_all;
use seatline_tests::contract::{CONCERT, PERFORMANCE, RESERVATION};
use seatline_tests::{Cluster, ClusterOptions, Sale, TestUser, eventually};
use serde_json::{Value, json};

async fn shown(user: &TestUser, sale: &Sale) -> Value {
    user.get(&format!("/api/v1/performances/{}", sale.performance_id)).send().await.of_kind(200, PERFORMANCE)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_operator_changes_is_shown_everywhere_and_decides_at_once() {
    let mut cluster = Cluster::start().await;
    let other = cluster.add(ClusterOptions::default()).await;
    let operator = cluster.operator();
    let sale = Sale::open(&operator).await;
    let here = cluster.user().await.enter(&sale).await;
    let there = here.by(cluster.client_of(other));
    let concert = async |user: &TestUser| {
        let path = format!("/api/v1/concerts/{}", sale.concert_id);
        user.get(&path).send().await.of_kind(200, CONCERT)
    };
    // Both remember how it was.
    assert_eq!(
        (concert(&here).await, shown(&here, &sale).await),
        (concert(&there).await, shown(&there, &sale).await)
    );
    there.try_hold(&sale, &[1, 2]).await.problem(409, "seat_limit_exceeded");
    let change = json!({"title": "Spring Gala", "venue": "Small Hall", "maxSeatsPerUser": 2});
    let changed = operator.change_concert(&sale.concert_id, &change).await;
    let held = there.try_hold(&sale, &[1, 2]).await.of_kind(201, RESERVATION);
    assert_eq!(concert(&here).await, changed);
    eventually("the other instance shows it", async || (concert(&there).await == changed).then_some(()))
        .await;
    let closed =
        json!({"salesCloseAt": "2020-01-01T00:00:00Z", "refundableUntil": "2099-12-01T00:00:00+09:00"});
    let changed = operator.change_performance(&sale.performance_id, &closed).await;
    assert_eq!(changed["refundableUntil"], "2099-11-30T15:00:00Z");
    there.try_cancel(&held).await.nothing(204);
    there.try_hold(&sale, &[1]).await.problem(409, "sales_closed");
    assert_eq!(shown(&here, &sale).await["salesCloseAt"], "2020-01-01T00:00:00Z");
    let shows =
        async || (shown(&there, &sale).await["salesCloseAt"] == changed["salesCloseAt"]).then_some(());
    eventually("the other instance shows it", shows).await;
    operator
        .change_performance(
            &sale.performance_id,
            &json!({"salesCloseAt": null, "startsAt": "2099-12-31T23:00:00+09:00"}),
        )
        .await;
    assert_eq!(shown(&here, &sale).await["date"], "2099-12-31");
    there.try_hold(&sale, &[1]).await.of_kind(201, RESERVATION);
    let actions: Vec<_> = operator.audit(&sale.concert_id).await;
    let actions: Vec<_> = actions.iter().map(|entry| entry["action"].as_str().unwrap()).take(3).collect();
    assert_eq!(actions, ["PERFORMANCE_CHANGED", "PERFORMANCE_CHANGED", "CONCERT_CHANGED"]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_and_a_limit_change_while_many_hold_on_another_instance() {
    const PEOPLE: usize = 100;
    let mut cluster = Cluster::start().await;
    let other = cluster.add(ClusterOptions::default()).await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).seats(400).open(&operator).await;
    let enter = async |user: TestUser| user.enter(&sale).await.by(cluster.client_of(other));
    let people = join_all(cluster.users(PEOPLE).await.into_iter().map(enter)).await;
    // Each takes two seats, and gives them back, until sales have closed.
    let buy = async |(place, user): (usize, &TestUser)| {
        let first = u64::try_from(2 * place).unwrap() + 1;
        loop {
            let answer = user.try_hold(&sale, &[first, first + 1]).await;
            match answer.code().as_deref() {
                None => user.try_cancel(&answer.of_kind(201, RESERVATION)).await.nothing(204),
                Some("seat_limit_exceeded") => {}
                Some(_) => return answer.problem(409, "sales_closed"),
            }
        }
    };
    let change = async {
        for round in 0..5 {
            operator.change_concert(&sale.concert_id, &json!({"maxSeatsPerUser": 1 + round % 2})).await;
            let starts_at = format!("2099-12-{}T19:00:00+09:00", 10 + round);
            operator.change_performance(&sale.performance_id, &json!({"startsAt": starts_at})).await;
        }
        operator
            .change_performance(&sale.performance_id, &json!({"salesCloseAt": "2020-01-01T00:00:00Z"}))
            .await;
        // Whoever asks from here on is refused, on every instance.
        people[0].try_hold(&sale, &[399]).await.problem(409, "sales_closed");
    };
    let (refusals, ()) = tokio::join!(join_all(people.iter().enumerate().map(buy)), change);
    assert_eq!(refusals.len(), PEOPLE);
    let sales = operator.sales(&sale.concert_id).await;
    assert_eq!(sales["performances"][0]["held"], 0);
    assert_eq!(sales["performances"][0]["available"], 400);
    cluster.end().await;
}

/// The sum of what people's reservations cost, looked up one by one.
async fn spent(people: &[TestUser]) -> u64 {
    let balances = join_all(people.iter().map(TestUser::balance)).await;
    balances.iter().map(|balance| 1_000 - balance.as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price_changes_while_hundreds_hold_on_another_instance_and_the_money_adds_up() {
    const PEOPLE: usize = 200;
    let mut cluster = Cluster::start().await;
    let other = cluster.add(ClusterOptions::default()).await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).price(10).seats(400).open(&operator).await;
    let enter = async |user: TestUser| {
        let user = user.enter(&sale).await.by(cluster.client_of(other));
        user.charge(1_000).await;
        user
    };
    let people = join_all(cluster.users(PEOPLE).await.into_iter().map(enter)).await;
    // Each takes two seats and gives them back a few times, and then buys them.
    let buy = async |(place, user): (usize, &TestUser)| {
        let first = u64::try_from(2 * place).unwrap() + 1;
        let mut amounts = Vec::new();
        for round in 0..4 {
            let held = user.hold(&sale, &[first, first + 1]).await;
            let prices: Vec<_> =
                held["seats"].as_array().unwrap().iter().map(|seat| &seat["price"]).collect();
            assert_eq!(prices[0], prices[1], "a change is not half seen: {held}");
            amounts.push(prices[0].as_u64().unwrap());
            if round < 3 {
                user.try_cancel(&held).await.nothing(204);
            } else {
                assert_eq!(user.pay(&held).await["amount"], held["amount"], "a hold keeps its price");
            }
        }
        amounts
    };
    let change = async {
        for price in (11..=40).chain([7]) {
            operator.change_section(&sale.performance_id, "Floor", &json!({"price": price})).await;
        }
    };
    let (amounts, ()) = tokio::join!(join_all(people.iter().enumerate().map(buy)), change);
    let prices: std::collections::BTreeSet<u64> = amounts.iter().flatten().copied().collect();
    assert!(prices.len() > 2, "it changed meanwhile: {prices:?}");
    let paid: u64 = amounts.iter().map(|amounts| 2 * amounts[3]).sum();
    let sales = operator.sales(&sale.concert_id).await;
    assert_eq!(
        (&sales["performances"][0]["sold"], &sales["performances"][0]["revenue"]),
        (&json!(400), &json!(paid))
    );
    assert_eq!(spent(&people).await, paid);
    let shows = async || (shown(&people[0], &sale).await["priceTo"] == 7).then_some(());
    eventually("the other instance shows it", shows).await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_price_is_on_every_map_and_names_are_compared_as_they_are_composed() {
    let mut cluster = Cluster::start().await;
    let other = cluster.add(ClusterOptions::default()).await;
    let operator = cluster.operator();
    let concert = operator.add_concert(&json!({"title": "Gala", "venue": "Hall"})).await;
    let concert_id = concert["concertId"].as_str().unwrap();
    let section =
        |name: &str, seat: u64| json!({"name": name, "firstSeat": seat, "lastSeat": seat, "price": 5});
    let names = ["Floor", "Caf\u{e9}", "가 1", "50% / a+b?#&"];
    let sections: Vec<_> = names.iter().zip(1..).map(|(name, seat)| section(name, seat)).collect();
    let body = json!({"startsAt": Sale::STARTS_AT, "sections": sections});
    let added = operator.add_performance(concert_id, &body).await;
    let sale = Sale {
        concert_id: concert_id.to_owned(),
        performance_id: added["performanceId"].as_str().unwrap().to_owned(),
        date: Sale::DATE.to_owned(),
    };
    let here = cluster.user().await.enter(&sale).await;
    let there = here.by(cluster.client_of(other));
    let prices = async |user: &TestUser| {
        let map = user.seats(&sale).await;
        let seats = map["seats"].as_array().unwrap();
        seats.iter().map(|seat| seat["price"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((prices(&here).await, prices(&there).await), (vec![5; 4], vec![5; 4]));
    for (name, price) in
        [("Floor", 1), ("Cafe%CC%81", 2), ("%E1%84%80%E1%85%A1%201", 3), ("50%25%20%2F%20a%2Bb%3F%23%26", 4)]
    {
        operator.change_section(&sale.performance_id, name, &json!({"price": price})).await;
    }
    assert_eq!(prices(&here).await, [1, 2, 3, 4]);
    eventually("the other instance shows them", async || {
        (prices(&there).await == [1, 2, 3, 4]).then_some(())
    })
    .await;
    assert_eq!(shown(&here, &sale).await["priceFrom"], 1);
    assert_eq!(there.hold(&sale, &[4]).await["amount"], 4);
    for name in ["floor", "Nowhere", "%C3", "%00", &"x".repeat(300)] {
        let answer = operator.try_change_section(&sale.performance_id, name, &json!({"price": 1})).await;
        assert!([400, 404].contains(&answer.status), "{name}: {}", answer.text());
    }
    let change = async |body: Value| operator.try_change_section(&sale.performance_id, "Floor", &body).await;
    assert_eq!(change(json!({"price": -1})).await.problem(422, "invalid_value")["field"], "price");
    assert_eq!(change(json!({"price": 10_000_001})).await.problem(422, "invalid_value")["field"], "price");
    change(json!({})).await.problem(400, "malformed_request");
    operator
        .try_change_section(&sale.concert_id, "Floor", &json!({"price": 1}))
        .await
        .problem(404, "performance_not_found");
    let audit = operator.audit(&sale.concert_id).await;
    assert_eq!(
        (&audit[3]["action"], &audit[3]["before"]["price"], &audit[3]["after"]["price"]),
        (&json!("SECTION_CHANGED"), &json!(5), &json!(1))
    );
    assert_eq!(audit[4]["after"]["startsAt"], added["startsAt"]);
    cluster.end().await;
}
