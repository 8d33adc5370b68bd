use std::collections::BTreeSet;

use futures::future::join_all;
use seatline_tests::contract::TOKEN;
use seatline_tests::{Cluster, ClusterOptions, Sale, TestUser, eventually};
use serde_json::{Value, json};

async fn in_line(cluster: &Cluster, sale: &Sale, count: usize) -> Vec<TestUser> {
    let mut people = cluster.users(count).await;
    for user in &mut people {
        user.join(sale).await;
    }
    people
}

async fn states(people: &[TestUser]) -> Vec<String> {
    let polls = people.iter().map(async |user| user.poll().await["state"].as_str().unwrap().to_owned());
    join_all(polls).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn capacity_can_be_changed_while_people_wait() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let operator = cluster.operator();
    let sale = Sale::builder().capacity(1).open(&operator).await;
    let people = in_line(&cluster, &sale, 5).await;
    let queue = operator.configure(&sale.concert_id, &json!({"capacity": 3})).await;
    assert_eq!((&queue["capacity"], &queue["state"]), (&json!(3), &json!("OPEN")));
    for user in &people[..3] {
        user.until("ACTIVE").await;
    }
    assert_eq!(states(&people[3..]).await, ["WAITING", "WAITING"]);
    operator.configure(&sale.concert_id, &json!({"capacity": 1})).await;
    assert_eq!(states(&people).await[..3], ["ACTIVE", "ACTIVE", "ACTIVE"], "nobody is thrown out");
    people[0].leave().await;
    people[1].leave().await;
    let mut late = cluster.user().await;
    assert_eq!(late.join(&sale).await["state"], "WAITING");
    assert_eq!(states(&people[2..]).await, ["ACTIVE", "WAITING", "WAITING"]);
    people[2].leave().await;
    people[3].until("ACTIVE").await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_room_takes_joins_and_admits_nobody_until_it_opens() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let operator = cluster.operator();
    let sale = Sale::builder().capacity(2).open(&operator).await;
    let ada = cluster.user().await.enter(&sale).await;
    assert_eq!(operator.set_state(&sale.concert_id, "PAUSED").await["state"], "PAUSED");
    let people = in_line(&cluster, &sale, 2).await;
    assert_eq!(states(&people).await, ["WAITING", "WAITING"]);
    // Those whose turn it is carry on.
    ada.charge(Sale::PRICE).await;
    ada.pay(&ada.hold(&sale, &[7]).await).await;
    let path = format!("/api/v1/concerts/{}/queue", sale.concert_id);
    eventually("the other instance tells it", async || {
        let queue = cluster.client_of(1).get(&path).send().await.json(200);
        let told = (&queue["state"], &queue["waiting"], &queue["active"]);
        (told == (&json!("PAUSED"), &json!(2), &json!(0))).then_some(())
    })
    .await;
    operator.set_state(&sale.concert_id, "OPEN").await;
    for user in &people {
        user.until("ACTIVE").await;
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_rate_the_turn_can_be_foreseen() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().admit_per_minute(1).open(&operator).await;
    let people = in_line(&cluster, &sale, 4).await;
    let last = people[3].poll().await;
    assert_eq!(last["state"], "WAITING");
    let eta = last["etaSeconds"].as_u64().unwrap();
    assert!((60..=240).contains(&eta), "at one a minute, for somebody with two ahead: {last}");
    let queue = operator.configure(&sale.concert_id, &json!({"admitPerMinute": null})).await;
    assert_eq!(queue["admitPerMinute"], Value::Null);
    people[3].until("ACTIVE").await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_changes_are_recorded() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().capacity(7).open(&operator).await;
    operator.configure(&sale.concert_id, &json!({"capacity": 8, "admitPerMinute": 60})).await;
    operator.set_state(&sale.concert_id, "PAUSED").await;
    let audit = operator.audit(&sale.concert_id).await;
    let actions: Vec<_> = audit.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        ["QUEUE_CHANGED", "QUEUE_CHANGED", "PERFORMANCE_ADDED", "CONCERT_ADDED"],
        "newest first"
    );
    let state = |capacity: u32, rate: Value, state: &str| json!({"capacity": capacity, "admitPerMinute": rate, "state": state});
    assert_eq!(audit[0]["before"], state(8, json!(60), "OPEN"));
    assert_eq!(audit[0]["after"], state(8, json!(60), "PAUSED"));
    assert_eq!(audit[1]["before"], state(7, Value::Null, "OPEN"));
    assert_eq!(audit[1]["after"], state(8, json!(60), "OPEN"));
    assert_eq!((&audit[2]["before"], &audit[3]["before"]), (&Value::Null, &Value::Null));
    assert_eq!(audit[3]["after"]["title"], "Winter Gala");
    let operators: BTreeSet<_> = audit.iter().map(|entry| entry["operator"].as_str().unwrap()).collect();
    assert_eq!(operators.len(), 1, "the key that was used, the same on every instance");
    assert!(!operators.contains("00000000"), "which stands for nobody's key");
    let path = format!("/api/v1/admin/concerts/{}/audit?limit=3", sale.concert_id);
    let page = operator.request("GET", &path).send().await.json(200);
    let path = format!("{path}&cursor={}", page["nextCursor"].as_str().unwrap());
    let rest = operator.request("GET", &path).send().await.json(200);
    assert_eq!((&rest["items"], &rest["nextCursor"]), (&json!([audit[3]]), &Value::Null));
    // What was refused is not recorded.
    let refused = operator.request("PATCH", &format!("/api/v1/admin/concerts/{}/queue", sale.concert_id));
    refused.json(&json!({"capacity": 0})).send().await.problem(422, "invalid_value");
    assert_eq!(operator.audit(&sale.concert_id).await, audit);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_see_how_a_sale_is_going() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().capacity(3).open(&operator).await;
    let block = format!(
        "UPDATE seats SET blocked = true WHERE performance_id = '{}' AND number > 47",
        sale.performance_id
    );
    cluster.database().execute(&block).await;
    let people = in_line(&cluster, &sale, 4).await;
    people[0].charge(Sale::PRICE).await;
    people[0].pay(&people[0].hold(&sale, &[1]).await).await;
    people[1].hold(&sale, &[2]).await;
    people[3].until("ACTIVE").await;
    let sales = operator.sales(&sale.concert_id).await;
    let expected = json!([{
        "performanceId": sale.performance_id, "startsAt": "2099-12-24T10:00:00Z",
        "state": "SCHEDULED", "available": 45, "held": 1, "sold": 1, "blocked": 3,
        "revenue": 1_000, "refunded": 0, "checkedIn": 0,
    }]);
    assert_eq!(sales["performances"], expected);
    let queue = &sales["queue"];
    assert_eq!(
        (&queue["active"], &queue["lastNumber"], &queue["nowServing"]),
        (&json!(3), &json!(4), &json!(4))
    );
    let token = people[2].try_join(&sale.concert_id).await.of_kind(200, TOKEN);
    assert_eq!(token["state"], "ACTIVE");
    cluster.end().await;
}
