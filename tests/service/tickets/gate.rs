//! Checking tickets in.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use seatline_tests::contract::CHECK_IN;
use seatline_tests::{ADMIN_KEY, Cluster, ClusterOptions, Operator, Sale, together};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_admits_once() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).open(&operator).await;
    let mut ada = cluster.user().await;
    let tickets = ada.buy(&sale, &[7, 8]).await;
    let request = operator.check_in_request(&sale.performance_id, &tickets[0]["code"], "North 2").key("once");
    let first = request.send().await;
    let body = first.of_kind(201, CHECK_IN);
    assert_eq!((&body["ticketId"], &body["seatNumber"]), (&tickets[0]["ticketId"], &json!(7)));
    assert_eq!((&body["name"], &body["section"]), (&json!("Ada"), &tickets[0]["section"]));
    let request = operator.check_in_request(&sale.performance_id, &tickets[0]["code"], "North 2").key("once");
    let again = request.send().await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.of_kind(201, CHECK_IN), body, "a repetition is the 201 again");
    let request = operator.check_in_request(&sale.performance_id, &tickets[0]["code"], "South").key("once");
    request.send().await.problem(422, "idempotency_key_reused");
    let used = operator.try_check_in(&sale.performance_id, &tickets[0]["code"], "South").await;
    let used = used.problem(409, "ticket_used");
    assert_eq!((&used["checkedInAt"], &used["gate"]), (&body["checkedInAt"], &json!("North 2")));
    let states: Vec<_> =
        ada.tickets().await.iter().map(|one| (one["state"].clone(), one["checkedInAt"].clone())).collect();
    assert_eq!(states, [(json!("USED"), body["checkedInAt"].clone()), (json!("VALID"), Value::Null)]);
    assert_eq!(operator.sales(&sale.concert_id).await["performances"][0]["checkedIn"], 1);
    let entry = operator.audit(&sale.concert_id).await.remove(0);
    assert_eq!((&entry["action"], &entry["after"]["gate"]), (&json!("TICKET_CHECKED_IN"), &json!("North 2")));
    let unnamed = format!("/api/v1/admin/performances/{}/check-ins", sale.performance_id);
    let unnamed = operator.request("POST", &unnamed).json(&json!({"code": tickets[1]["code"]}));
    unnamed.send().await.of_kind(201, CHECK_IN);
    let used = operator.try_check_in(&sale.performance_id, &tickets[1]["code"], "South").await;
    assert_eq!(used.problem(409, "ticket_used").get("gate"), None);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_gates_on_two_instances_one_admits() {
    const GATES: usize = 12;
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().seats_per_user(8).open(&cluster.operator()).await;
    let tickets = cluster.user().await.buy(&sale, &[1, 2, 3, 4, 5, 6, 7, 8]).await;
    for ticket in &tickets {
        let gates = (0..GATES).map(|gate| {
            let operator = Operator::new(cluster.client_of(gate % 2), ADMIN_KEY);
            let (performance_id, code) = (sale.performance_id.clone(), ticket["code"].clone());
            async move { operator.try_check_in(&performance_id, &code, &format!("Gate {gate}")).await }
        });
        let mut tally: BTreeMap<String, usize> = BTreeMap::new();
        for answer in together(gates).await {
            *tally.entry(answer.code().unwrap_or_else(|| answer.status.to_string())).or_default() += 1;
        }
        let expected = [("201".to_owned(), 1), ("ticket_used".to_owned(), GATES - 1)];
        assert_eq!(tally, expected.into());
    }
    let rows = cluster.database().query("SELECT count(*) FROM check_ins").await;
    assert_eq!(rows, [tickets.len().to_string()]);
    cluster.end().await;
}

/// The same code with another header, signed by nobody or with the old signature.
fn with_header(code: &str, header: &Value, with_signature: bool) -> String {
    let parts: Vec<_> = code.split('.').collect();
    let header = BASE64_URL_SAFE_NO_PAD.encode(header.to_string());
    let signature = if with_signature { parts[2] } else { "" };
    format!("{header}.{}.{signature}", parts[1])
}

/// The same code with another text in its payload.
fn with_payload(code: &str, from: &str, to: &str) -> String {
    let parts: Vec<_> = code.split('.').collect();
    let payload = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert!(payload.contains(from), "{payload}");
    format!("{}.{}.{}", parts[0], BASE64_URL_SAFE_NO_PAD.encode(payload.replace(from, to)), parts[2])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_but_the_code_of_a_ticket_of_this_performance_admits() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).open(&operator).await;
    let other = Sale::builder().add_performance(&operator, &sale.concert_id).await;
    let mut ada = cluster.user().await;
    let tickets = ada.buy(&sale, &[7]).await;
    let code = tickets[0]["code"].as_str().unwrap();
    let reservation = ada.join(&sale).await;
    assert_eq!(reservation["state"], "ACTIVE");
    let held = ada.hold(&sale, &[8]).await;
    let held = held["reservationId"].as_str().unwrap();
    let ticket_id = tickets[0]["ticketId"].as_str().unwrap();
    let parts: Vec<_> = code.split('.').collect();
    let header: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
    let kid = &header["kid"];
    for forged in [
        String::new(),
        "none".to_owned(),
        ticket_id.to_owned(),
        code[..code.len() - 1].to_owned(),
        code[1..].to_owned(),
        format!("{code}A"),
        format!(" {code}"),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.{}", parts[1], parts[0], parts[2]),
        with_header(code, &json!({"alg": "none"}), false),
        with_header(code, &json!({"alg": "none", "kid": kid}), false),
        with_header(code, &json!({"alg": "none", "kid": kid}), true),
        with_header(code, &json!({"alg": "HS256", "kid": kid}), true),
        with_header(code, &json!({"alg": "EdDSA", "kid": "another"}), true),
        with_header(code, &json!({"alg": "EdDSA"}), true),
        with_payload(code, ".7\"", ".8\""),
        with_payload(code, ticket_id.split('.').next().unwrap(), held),
        with_payload(code, "\"revision\":1", "\"revision\":2"),
        with_payload(code, &sale.performance_id, &other.performance_id),
        "A".repeat(10_000),
        "\u{e9}.\u{e9}.\u{e9}".to_owned(),
    ] {
        let refused = operator.try_check_in(&sale.performance_id, &json!(forged), "North").await;
        refused.problem(422, "ticket_invalid");
    }
    operator.try_check_in(&other.performance_id, &json!(code), "North").await.problem(422, "ticket_invalid");
    let nowhere = sale.concert_id.as_str();
    operator.try_check_in(nowhere, &json!(code), "North").await.problem(404, "performance_not_found");
    for gate in ["", " ", "a\nb", &"g".repeat(51)] {
        let refused = operator.try_check_in(&sale.performance_id, &json!(code), gate).await;
        assert_eq!(refused.problem(422, "invalid_value")["field"], "gate");
    }
    assert_eq!(cluster.database().query("SELECT count(*) FROM check_ins").await, ["0"]);
    operator.try_check_in(&sale.performance_id, &json!(code), "North").await.of_kind(201, CHECK_IN);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_let_in_does_not_get_their_points_back_and_who_got_them_is_not_let_in() {
    let cluster = Cluster::start().await;
    let owner = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).open(&owner).await;
    let until = json!({"refundableUntil": "2099-12-24T18:00:00+09:00"});
    owner.change_performance(&sale.performance_id, &until).await;
    let key = owner.create_key("North", "GATE").await;
    let gate = Operator::new(cluster.client(), key["key"].as_str().unwrap());
    let mut ada = cluster.user().await;
    let tickets = ada.buy(&sale, &[7, 8]).await;
    let first = gate.try_check_in(&sale.performance_id, &tickets[0]["code"], "North").await;
    let first = first.of_kind(201, CHECK_IN);
    let payment = tickets[0]["paymentId"].as_str().unwrap();
    let refund = async |seat: u64| {
        let path = format!("/api/v1/payments/{payment}/refunds");
        ada.request("POST", &path).json(&json!({"seatNumbers": [seat]})).send().await
    };
    let refused = refund(7).await.problem(409, "ticket_used");
    assert_eq!((&refused["checkedInAt"], &refused["gate"]), (&first["checkedInAt"], &json!("North")));
    assert_eq!(refund(8).await.status, 201);
    let late = gate.try_check_in(&sale.performance_id, &tickets[1]["code"], "North").await;
    late.problem(409, "ticket_void");
    let states: Vec<_> = ada.tickets().await.iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["USED", "VOID"]);
    let list = format!("/api/v1/admin/performances/{}/tickets", sale.performance_id);
    gate.request("GET", &list).send().await.problem(403, "forbidden");
    let listed = owner.request("GET", &list).send().await.json(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    cluster.end().await;
}
