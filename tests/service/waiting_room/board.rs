//! The announced board: the same for everybody, and positions that agree with polls.

use std::collections::BTreeMap;

use seatline_tests::contract::BOARD;
use seatline_tests::{Answer, Cluster, ClusterOptions, Sale, TestUser, eventually};
use serde_json::{Value, json};

async fn two_instances() -> Cluster {
    Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await
}

fn path(sale: &Sale) -> String {
    format!("/api/v1/concerts/{}/board", sale.concert_id)
}

async fn ask(cluster: &Cluster, instance: usize, sale: &Sale) -> Answer {
    cluster.client_of(instance).get(&path(sale)).send().await
}

async fn board(cluster: &Cluster, instance: usize, sale: &Sale) -> Value {
    ask(cluster, instance, sale).await.of_kind(200, BOARD)
}

/// How many are ahead of a number, as the interface says; `None` for one that was served.
fn ahead_of(board: &Value, number: u64) -> Option<u64> {
    let count = |value: &Value| value.as_u64().unwrap();
    let between = number.checked_sub(count(&board["served"]) + 1)?;
    let sums = board["departures"].as_array().unwrap();
    let left =
        sums.iter().rev().find(|sum| count(&sum["upTo"]) <= number).map_or(0, |sum| count(&sum["count"]));
    Some(between.saturating_sub(left))
}

fn number(token: &Value) -> u64 {
    token["number"].as_u64().unwrap()
}

/// Lets people join between two numbers who are nobody; every so many of them leave at once.
async fn crowd(cluster: &Cluster, sale: &Sale, up_to: u64, leaves: u64) {
    let concert_id = &sale.concert_id;
    let sql = format!(
        "BEGIN;
         SELECT FROM waiting_rooms WHERE concert_id = '{concert_id}' FOR UPDATE;
         INSERT INTO passes (concert_id, number, user_id, state, issued_at, ended_at, departure)
         SELECT concert_id, number, gen_random_uuid(), CASE WHEN leaves THEN 'LEFT' ELSE 'WAITING' END, clock_timestamp(),
                CASE WHEN leaves THEN clock_timestamp() END,
                CASE WHEN leaves THEN departures + count(*) FILTER (WHERE leaves) OVER (ORDER BY number) END
         FROM waiting_rooms, generate_series(last_number + 1, {up_to}) AS number, LATERAL (SELECT number % {leaves} = 0) AS l(leaves)
         WHERE concert_id = '{concert_id}';
         UPDATE waiting_rooms SET last_number = {up_to},
             waiting = (SELECT count(*) FROM passes WHERE concert_id = '{concert_id}' AND state = 'WAITING'),
             departures = (SELECT count(departure) FROM passes WHERE concert_id = '{concert_id}')
         WHERE concert_id = '{concert_id}';
         COMMIT"
    );
    cluster.database().execute(&sql).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_is_the_same_bytes_on_every_instance() {
    let cluster = two_instances().await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let mut people = cluster.users(6).await;
    for user in &mut people {
        user.join(&sale).await;
    }
    people[2].leave().await;
    eventually("the line is announced", async || {
        let board = board(&cluster, 0, &sale).await;
        (board["served"] == 1
            && board["lastNumber"] == 6
            && board["departures"] == json!([{"upTo": 3, "count": 1}]))
        .then_some(())
    })
    .await;
    // While people come and go, in whatever order the instances are asked.
    let mut told: BTreeMap<String, Answer> = BTreeMap::new();
    let mut compared = 0;
    while told.len() < 4 || compared < 4 {
        for instance in [0, 1] {
            let answer = ask(&cluster, instance, &sale).await;
            let announced_at = answer.of_kind(200, BOARD)["announcedAt"].to_string();
            let header = |answer: &Answer, name| answer.header(name).map(str::to_owned);
            assert_eq!(
                header(&answer, "cache-control").as_deref(),
                Some("public, max-age=1, stale-while-revalidate=5")
            );
            if let Some(before) = told.get(&announced_at) {
                assert_eq!(answer.bytes(), before.bytes(), "{announced_at}");
                assert_eq!(header(&answer, "etag"), header(before, "etag"));
                compared += 1;
            }
            told.insert(announced_at, answer);
        }
        if let Some(user) = people.pop() {
            user.leave().await;
        }
    }
    let known = ask(&cluster, 0, &sale).await.header("etag").unwrap().to_owned();
    let again = cluster.client_of(1).get(&path(&sale)).header("if-none-match", &known).send().await;
    assert!(again.status == 304 || again.header("etag") != Some(&known), "{again:?}");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_by_the_board_never_rise_and_agree_with_polls_while_people_leave() {
    let cluster = two_instances().await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let mut people = Vec::new();
    for user in cluster.users(24).await {
        let mut user = user;
        let token = user.join(&sale).await;
        people.push((number(&token), user, u64::MAX));
    }
    let (_, first, _) = people.remove(0);
    let mut newest = Value::Null;
    let mut instance = 0;
    // One in three leaves, from behind and from ahead; in the end whoever is active does too.
    for leaver in [3, 17, 9, 2, 11, 0, 5] {
        let (_, user, _) = people.remove(leaver);
        user.by(cluster.client_of(leaver % 2)).leave().await;
        instance = 1 - instance;
        let board = board(&cluster, instance, &sale).await;
        // A copy that is older than one seen before counts for nothing.
        if !newest.is_null() && board["announcedAt"].as_str() < newest["announcedAt"].as_str() {
            continue;
        }
        newest = board;
        for (number, user, told) in &mut people {
            let ahead = ahead_of(&newest, *number).unwrap();
            assert!(ahead <= *told, "number {number} rose from {told} to {ahead}");
            *told = ahead;
            let polled = user.by(cluster.client_of(1 - instance)).poll().await["ahead"].as_u64().unwrap();
            assert!(polled <= ahead, "number {number} has {polled} ahead and not {ahead}");
        }
    }
    first.leave().await;
    eventually("boards and polls agree to the last person", async || {
        let board = board(&cluster, 0, &sale).await;
        for (number, user, _) in &people {
            let token = user.poll().await;
            let by_poll = (token["state"] == "WAITING").then(|| token["ahead"].as_u64().unwrap());
            if ahead_of(&board, *number) != by_poll {
                return None;
            }
        }
        Some(())
    })
    .await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn far_back_a_board_errs_by_less_than_a_bucket_and_stays_short() {
    let cluster = two_instances().await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let _first = cluster.user().await.enter(&sale).await;
    let mut far: Vec<(u64, TestUser)> = Vec::new();
    for up_to in [3_000, 20_000, 60_000] {
        crowd(&cluster, &sale, up_to, 7).await;
        let mut user = cluster.user_of(far.len() % 2).await;
        let token = user.join(&sale).await;
        assert_eq!(number(&token), up_to + 1);
        far.push((up_to + 1, user));
    }
    eventually("all of them are announced, and nobody's position errs by more than a bucket", async || {
        let board = board(&cluster, 0, &sale).await;
        assert!(board["departures"].as_array().unwrap().len() <= 1_024);
        let mut agree = board["lastNumber"] == 60_001;
        for (number, user) in &far {
            let by_board = ahead_of(&board, *number).unwrap();
            let by_poll = user.poll().await["ahead"].as_u64().unwrap();
            assert!(by_poll <= by_board, "{number}: {by_board}, and {by_poll} by a poll after it");
            agree &= by_board < by_poll + number / 32;
        }
        agree.then_some(())
    })
    .await;
    let coded = cluster.client().get(&path(&sale)).header("accept-encoding", "gzip").send().await;
    assert_eq!(
        (coded.header("content-encoding"), coded.header("vary")),
        (Some("gzip"), Some("accept-encoding"))
    );
    assert!(coded.bytes().len() < 8_000, "{}", coded.bytes().len());
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_in_which_nobody_waits_has_a_board_too() {
    let cluster = two_instances().await;
    let sale = Sale::open(&cluster.operator()).await;
    let empty = board(&cluster, 0, &sale).await;
    assert_eq!(
        (&empty["served"], &empty["lastNumber"], &empty["departures"]),
        (&json!(0), &json!(0), &json!([]))
    );
    assert_eq!(empty["availableSeats"], 50);
    cluster.operator().set_state(&sale.concert_id, "PAUSED").await;
    let mut ada = cluster.user().await;
    ada.join(&sale).await;
    eventually("who waits is announced, and that the room is paused", async || {
        let board = board(&cluster, 1, &sale).await;
        (board["state"] == "PAUSED" && ahead_of(&board, 1) == Some(0) && board["lastNumber"] == 1)
            .then_some(())
    })
    .await;
    ada.leave().await;
    let nowhere = "/api/v1/concerts/01a1fc1c-874a-7689-b174-6ed1aebc6be5/board";
    cluster.client().get(nowhere).send().await.problem(404, "concert_not_found");
    cluster.end().await;
}
