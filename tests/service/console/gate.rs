//! The gate of a performance.

use seatline_tests::{Cluster, Sale};
use serde_json::{Value, json};

use super::{fill, with_role};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_admits_once_and_the_answer_is_seen_from_afar() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).open(&operator).await;
    let other = Sale::builder().add_performance(&operator, &sale.concert_id).await;
    let tickets = cluster.user().await.buy(&sale, &[7, 8]).await;
    let code = tickets[0]["code"].as_str().unwrap();
    let mut gate = with_role(&cluster, "GATE").await;
    let gates = gate.open("/console").await;
    let path = format!("/console/performances/{}/gate", sale.performance_id);
    assert!(gates.values("href").contains(&path), "{}", gates.html);
    let page = gate.open(&path).await;
    assert!(page.says("role=\"status\" class=\"verdict \""), "{}", page.html);
    let good = fill(&mut gate, &page, &path, &[("code", code), ("gate", "North")]).await;
    assert!(good.says("class=\"verdict good\"") && good.says("Come in"), "{}", good.html);
    assert!(
        good.says("Ada · ") && good.says("row A, seat 7") && good.field("gate") == "North",
        "{}",
        good.html
    );
    let again = fill(&mut gate, &page, &path, &[("code", code), ("gate", "North")]).await;
    assert!(again.says("class=\"verdict good\""), "the same form again is the same check-in");
    let used = fill(&mut gate, &good, &path, &[("code", code), ("gate", "South")]).await;
    assert!(used.says("class=\"verdict used\"") && used.says(", North"), "{}", used.html);
    let elsewhere = format!("/console/performances/{}/gate", other.performance_id);
    let page = gate.open(&elsewhere).await;
    for code in [tickets[1]["code"].as_str().unwrap(), "nonsense", ""] {
        let bad = fill(&mut gate, &page, &elsewhere, &[("code", code), ("gate", "")]).await;
        assert!(bad.says("class=\"verdict bad\"") && bad.says("No ticket"), "{}", bad.html);
    }
    let typed = [("code", tickets[1]["code"].as_str().unwrap()), ("gate", "")];
    let quiet = fill(&mut gate, &page, &format!("{path}/check-in"), &typed).await;
    let verdict: Value = serde_json::from_str(&quiet.html).unwrap();
    assert_eq!((&verdict["kind"], &verdict["word"]), (&json!("good"), &json!("Come in")));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gate_takes_the_list_with_it() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(100).seats(150).open(&operator).await;
    let seats: Vec<u64> = (1..=100).collect();
    let mut ada = cluster.user().await;
    let tickets = ada.buy(&sale, &seats).await;
    cluster.user().await.buy(&sale, &[120]).await;
    operator.try_check_in(&sale.performance_id, &tickets[0]["code"], "North").await;
    let mut gate = with_role(&cluster, "GATE").await;
    let path = format!("/console/performances/{}/gate/list", sale.performance_id);
    let mut list = async |after: &str| -> Value {
        serde_json::from_str(&gate.open(&format!("{path}{after}")).await.html).unwrap()
    };
    let all = list("").await;
    let known = all["tickets"].as_array().unwrap();
    assert_eq!((known.len(), &all["next"]), (101, &Value::Null));
    let rest = list("?after=99").await;
    assert_eq!(rest["tickets"].as_array().unwrap().as_slice(), &known[99..]);
    let of = |id: &Value| known.iter().find(|one| one[0] == *id).unwrap().clone();
    assert_eq!(of(&tickets[0]["ticketId"])[2], "used");
    assert_eq!(of(&tickets[1]["ticketId"])[2], "valid");
    assert!(of(&tickets[1]["ticketId"])[1].as_str().unwrap().starts_with("Ada · Floor, row A, seat 2"));
    cluster.end().await;
}
