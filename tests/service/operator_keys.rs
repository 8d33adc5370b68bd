//! Operators' keys that the owner makes, and what a support desk looks up.

use std::time::{Duration, Instant};

use futures::future::join_all;
use seatline_tests::contract::{CREATED_KEY, ENTRIES, OPERATOR_KEYS, PAYMENTS, RESERVATIONS, SUPPORTED_USER};
use seatline_tests::{ADMIN_KEY, Client, Cluster, ClusterOptions, Operator, Sale, eventually};
use serde_json::{Value, json};

const KEYS: &str = "/api/v1/admin/keys";

async fn listed(owner: &Operator) -> Vec<Value> {
    let page = owner.request("GET", KEYS).send().await.of_kind(200, OPERATOR_KEYS);
    page["items"].as_array().unwrap().clone()
}

fn operator(client: Client, made: &Value) -> Operator {
    Operator::new(client, made["key"].as_str().unwrap())
}

fn path_of(made: &Value) -> String {
    format!("{KEYS}/{}", made["keyId"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_works_at_once_and_is_dead_on_every_instance_within_two_seconds() {
    const BOUND: Duration = Duration::from_secs(2);
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let owner = cluster.operator();
    let sale = Sale::open(&owner).await;
    let made = owner.create_key("Box office", "OPERATOR").await;
    let [here, there] = [0, 1].map(|instance| operator(cluster.client_of(instance), &made));
    for holder in [&here, &there] {
        holder.sales(&sale.concert_id).await;
    }
    let path = format!("/api/v1/admin/concerts/{}/sales", sale.concert_id);
    // Used all the time, so that it is remembered when it is deleted.
    let uses = async || there.request("GET", &path).send().await;
    let deletion = async {
        owner.request("DELETE", &path_of(&made)).send().await.nothing(204);
        Instant::now()
    };
    let last_use = async {
        loop {
            let sent_at = Instant::now();
            if uses().await.code().as_deref() == Some("unauthenticated") {
                return sent_at;
            }
        }
    };
    let (deleted_at, refused_at) = tokio::join!(deletion, last_use);
    assert!(refused_at.saturating_duration_since(deleted_at) <= BOUND);
    here.request("GET", &path).send().await.problem(401, "unauthenticated");
    for _ in 0..3 {
        uses().await.problem(401, "unauthenticated");
    }
    owner.request("DELETE", &path_of(&made)).send().await.nothing(204);
    let never = format!("{KEYS}/{}", sale.concert_id);
    owner.request("DELETE", &never).send().await.problem(404, "key_not_found");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_names_keys_that_were_made_and_deleted_and_whose_holders_credited() {
    let cluster = Cluster::start().await;
    let (owner, ada) = (cluster.operator(), cluster.user().await);
    let made = owner.create_key("Box office", "SUPPORT").await;
    let credit = json!({"amount": 5, "reason": "Sorry for the wait"});
    operator(cluster.client(), &made).try_credit(&ada.user_id, "one", &credit).await.json(201);
    for _ in 0..2 {
        owner.request("DELETE", &path_of(&made)).send().await.nothing(204);
    }
    let audit = owner.audit("00000000-0000-0000-0000-000000000000").await;
    let [deleted, credited, added] = audit.as_slice() else { panic!("{audit:?}") };
    assert_eq!(
        (&added["action"], &deleted["action"]),
        (&json!("OPERATOR_KEY_ADDED"), &json!("OPERATOR_KEY_DELETED"))
    );
    assert!([added, deleted].iter().all(|entry| entry["keyId"] == Value::Null), "the owner has no such key");
    let key = |deleted_at: &Value| json!({"keyId": made["keyId"], "name": "Box office", "role": "SUPPORT", "deletedAt": deleted_at});
    assert_eq!((&added["before"], &added["after"]), (&Value::Null, &key(&Value::Null)));
    assert_eq!((&deleted["before"], &deleted["after"]), (&key(&Value::Null), &key(&deleted["at"])));
    assert_eq!(credited["action"], "POINTS_CREDITED");
    assert_eq!((&credited["operator"], &credited["keyId"]), (&json!("Box office"), &made["keyId"]));
    assert!(!format!("{audit:?}").contains(made["key"].as_str().unwrap()), "the secret is nowhere");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_shown_once_and_to_a_retry() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let owners = [0, 1].map(|instance| Operator::new(cluster.client_of(instance), ADMIN_KEY));
    let ask = async |owner: &Operator| {
        let body = json!({"name": "North gate", "role": "GATE"});
        owner.request("POST", KEYS).key("1").json(&body).send().await
    };
    let answers = join_all([0, 1, 0, 1, 0, 1].map(|instance| ask(&owners[instance]))).await;
    let made: Vec<_> = answers.iter().map(|answer| answer.of_kind(201, CREATED_KEY)).collect();
    assert!(made.iter().all(|one| one == &made[0]), "{made:?}");
    let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_some());
    assert_eq!(replayed.count(), answers.len() - 1);
    let key = made[0]["key"].as_str().unwrap();
    assert!(key.starts_with("slk_") && key.len() == 47);
    let all = listed(&owners[0]).await;
    assert_eq!(all.len(), 1);
    assert!(!all[0].to_string().contains(key));
    let stored = cluster.database().query("SELECT row_to_json(operator_keys)::text FROM operator_keys").await;
    assert!(!stored.concat().contains(&key[4..]), "only its hash is stored");
    let other = json!({"name": "South gate", "role": "GATE"});
    let reused = owners[0].request("POST", KEYS).key("1").json(&other).send().await;
    reused.problem(422, "idempotency_key_reused");
    owners[1].request("DELETE", &path_of(&made[0])).send().await.nothing(204);
    let after = ask(&owners[0]).await.of_kind(201, CREATED_KEY);
    assert_eq!((&after["keyId"], &after["key"]), (&made[0]["keyId"], &Value::Null));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_listed_newest_first_and_name_what_their_holders_change() {
    let cluster = Cluster::start().await;
    let owner = cluster.operator();
    let sale = Sale::open(&owner).await;
    let mut made = Vec::new();
    for (name, role) in [("Box office", "OPERATOR"), ("Box office", "OPERATOR"), ("Desk", "SUPPORT")] {
        let mut key = owner.create_key(name, role).await;
        let holder = operator(cluster.client(), &key);
        if role == "OPERATOR" {
            holder.set_state(&sale.concert_id, "PAUSED").await;
            holder.set_state(&sale.concert_id, "OPEN").await;
        }
        key.as_object_mut().unwrap().remove("key");
        made.insert(0, key);
    }
    assert_eq!(listed(&owner).await, made);
    owner.request("DELETE", &path_of(&made[1])).send().await.nothing(204);
    let first = owner.request("GET", &format!("{KEYS}?limit=1")).send().await.of_kind(200, OPERATOR_KEYS);
    let next = format!("{KEYS}?limit=1&cursor={}", first["nextCursor"].as_str().unwrap());
    let second = owner.request("GET", &next).send().await.of_kind(200, OPERATOR_KEYS);
    assert_eq!((&first["items"], &second["items"]), (&json!([made[0]]), &json!([made[2]])));
    let audit = owner.audit(&sale.concert_id).await;
    let named: Vec<_> = audit.iter().map(|entry| (&entry["operator"], &entry["keyId"])).take(5).collect();
    let (office, fingerprint) = (json!("Box office"), audit[4]["operator"].clone());
    let of = |key: &Value| (office.clone(), key["keyId"].clone());
    let expected =
        [of(&made[1]), of(&made[1]), of(&made[2]), of(&made[2]), (fingerprint.clone(), Value::Null)];
    assert_eq!(named, expected.iter().map(|(name, key)| (name, key)).collect::<Vec<_>>());
    let fingerprint = fingerprint.as_str().unwrap();
    assert!(fingerprint.len() == 8 && fingerprint.bytes().all(|digit| digit.is_ascii_hexdigit()));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idempotency_keys_of_two_operators_are_two() {
    let cluster = Cluster::start().await;
    let owner = cluster.operator();
    let one = operator(cluster.client(), &owner.create_key("One", "OPERATOR").await);
    let other = operator(cluster.client(), &owner.create_key("Other", "OPERATOR").await);
    let add = async |by: &Operator| {
        let body = json!({"title": "Gala", "venue": "Hall"});
        let answer = by.request("POST", "/api/v1/admin/concerts").key("1").json(&body).send().await;
        answer.json(201)["concertId"].clone()
    };
    let (first, second) = (add(&one).await, add(&other).await);
    assert_ne!(first, second);
    assert_eq!((add(&one).await, add(&other).await), (first, second));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_support_desk_sees_what_a_user_sees() {
    let cluster = Cluster::start().await;
    let owner = cluster.operator();
    let desk = operator(cluster.client(), &owner.create_key("Desk", "SUPPORT").await);
    let sale = Sale::open(&owner).await;
    let ada = cluster.user().await.enter(&sale).await;
    ada.charge(Sale::PRICE).await;
    ada.charge(Sale::PRICE).await;
    ada.pay(&ada.hold(&sale, &[7]).await).await;
    let path = format!("/api/v1/admin/users/{}", ada.user_id);
    let shown = desk.request("GET", &path).send().await.of_kind(200, SUPPORTED_USER);
    let mut own = ada.get("/api/v1/users/me").send().await.json(200);
    own["createdAt"] = shown["createdAt"].clone();
    assert_eq!(shown, own);
    for (list, own, kind) in [
        ("payments", "/api/v1/payments", PAYMENTS),
        ("reservations", "/api/v1/reservations", RESERVATIONS),
        ("points/entries", "/api/v1/points/entries", ENTRIES),
    ] {
        let path = format!("{path}/{list}");
        let seen = desk.request("GET", &path).send().await.of_kind(200, kind);
        assert_eq!(seen["items"], ada.get(own).send().await.json(200)["items"]);
    }
    let entries = format!("{path}/points/entries?limit=1");
    let mut pages = Vec::new();
    let mut asked = entries.clone();
    loop {
        let page = desk.request("GET", &asked).send().await.of_kind(200, ENTRIES);
        pages.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        asked = format!("{entries}&cursor={cursor}");
        // Bound to its list.
        let elsewhere = format!("{path}/payments?cursor={cursor}");
        desk.request("GET", &elsewhere).send().await.problem(400, "malformed_request");
    }
    assert_eq!(pages.len(), 3);
    for rest in ["", "/payments", "/reservations", "/points/entries"] {
        let nobody = format!("/api/v1/admin/users/{}{rest}", sale.concert_id);
        desk.request("GET", &nobody).send().await.problem(404, "user_not_found");
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_of_keys_keep_nobody_out() {
    let cluster = Cluster::start().await;
    let owner = cluster.operator();
    let sale = Sale::open(&owner).await;
    let office = operator(cluster.client(), &owner.create_key("Box office", "OPERATOR").await);
    let guess = async |number: usize| {
        let guess = Operator::new(cluster.client(), &format!("slk_{number:0>43}"));
        guess.request("GET", "/metrics").send().await.problem(401, "unauthenticated");
    };
    let guesses = join_all((0..300).map(guess));
    let work = async {
        for _ in 0..20 {
            office.sales(&sale.concert_id).await;
        }
    };
    tokio::join!(guesses, work);
    let count = "SELECT count(*)::text FROM operator_keys";
    eventually("nothing is left of them", async || {
        (cluster.database().query(count).await.concat() == "1").then_some(())
    })
    .await;
    cluster.end().await;
}
