//! The list of a gate that must do without a network.

use seatline_tests::contract::LISTED_TICKETS;
use seatline_tests::{Answer, Cluster, Operator, Sale, TestUser};
use serde_json::{Value, json};

fn path(sale: &Sale) -> String {
    format!("/api/v1/admin/performances/{}/tickets", sale.performance_id)
}

async fn csv(operator: &Operator, sale: &Sale) -> Answer {
    operator.request("GET", &path(sale)).header("accept", "text/csv").send().await
}

async fn named(cluster: &Cluster, name: &str) -> TestUser {
    let registered =
        cluster.client().post("/api/v1/users").json(&json!({"name": name})).send().await.json(201);
    TestUser::known(cluster.client(), &registered)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gate_lists_tickets_by_seat_in_pages_or_all_at_once() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(3).open(&operator).await;
    let formula = "=HYPERLINK(\"https://evil.example\")";
    let adas = named(&cluster, "Ada, \"Countess\"").await.buy(&sale, &[9, 2]).await;
    let evils = named(&cluster, formula).await.buy(&sale, &[5]).await;
    let used = operator.try_check_in(&sale.performance_id, &evils[0]["code"], "North").await.json(201);
    let (mut listed, mut query): (Vec<Value>, _) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = operator.request("GET", &format!("{}{query}", path(&sale))).send().await;
        let page = page.of_kind(200, LISTED_TICKETS);
        listed.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        query = format!("?limit=2&cursor={cursor}");
    }
    let ids: Vec<_> = listed.iter().map(|one| one["ticketId"].clone()).collect();
    assert_eq!(json!(ids), json!([adas[0]["ticketId"], evils[0]["ticketId"], adas[1]["ticketId"]]));
    assert_eq!((&listed[1]["state"], &listed[1]["checkedInAt"]), (&json!("USED"), &used["checkedInAt"]));
    assert_eq!(listed[1]["name"], formula, "JSON is no spreadsheet");
    let all = csv(&operator, &sale).await;
    assert_eq!(all.status, 200);
    assert!(all.header("content-type").unwrap().starts_with("text/csv; charset=utf-8"));
    let disposition = format!("attachment; filename=\"tickets-{}.csv\"", sale.performance_id);
    assert_eq!(all.header("content-disposition"), Some(&*disposition));
    let section = adas[0]["section"].as_str().unwrap();
    let id = |ticket: &Value| ticket["ticketId"].as_str().unwrap().to_owned();
    let expected = [
        "ticketId,seatNumber,section,row,place,name,state,checkedInAt".to_owned(),
        format!("{},2,{section},A,2,\"Ada, \"\"Countess\"\"\",VALID,", id(&adas[0])),
        format!(
            "{},5,{section},A,5,\"'=HYPERLINK(\"\"https://evil.example\"\")\",USED,{}",
            id(&evils[0]),
            used["checkedInAt"].as_str().unwrap()
        ),
        format!("{},9,{section},A,9,\"Ada, \"\"Countess\"\"\",VALID,", id(&adas[1])),
    ];
    assert_eq!(all.text(), expected.map(|line| line + "\r\n").concat());
    let head = operator.request("HEAD", &path(&sale)).header("accept", "text/csv").send().await;
    assert_eq!((head.status, head.text()), (200, String::new()));
    let neither = operator.request("GET", &path(&sale)).header("accept", "text/html").send().await;
    neither.problem(406, "not_acceptable");
    let both = operator.request("GET", &path(&sale)).header("accept", "text/csv;q=0.5, */*").send().await;
    both.of_kind(200, LISTED_TICKETS);
    let nowhere = format!("/api/v1/admin/performances/{}/tickets", sale.concert_id);
    for accept in ["application/json", "text/csv"] {
        let unknown = operator.request("GET", &nowhere).header("accept", accept).send().await;
        unknown.problem(404, "performance_not_found");
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_list_comes_whole() {
    const SEATS: usize = 20_000;
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(u32::try_from(SEATS).unwrap()).open(&operator).await;
    let ada = cluster.user().await.enter(&sale).await;
    let held = ada.hold(&sale, &[1]).await;
    let (performance, user, reservation) =
        (&sale.performance_id, &ada.user_id, held["reservationId"].as_str().unwrap());
    // As though one reservation had all seats: the list does not mind.
    let sell = format!(
        "INSERT INTO reservation_seats (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
         SELECT '{performance}', '{reservation}', number, '{user}', 1000, 'SOLD', clock_timestamp()
         FROM generate_series(2, {SEATS}) AS seat(number);
         UPDATE reservation_seats SET state = 'SOLD' WHERE reservation_id = '{reservation}'"
    );
    cluster.database().execute(&sell).await;
    let all = csv(&operator, &sale).await;
    let text = all.text();
    let rows: Vec<_> = text.split_terminator("\r\n").collect();
    assert_eq!(rows.len(), SEATS + 1);
    let numbers: Vec<usize> =
        rows[1..].iter().map(|row| row.split(',').nth(1).unwrap().parse().unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=SEATS));
    cluster.stop().await;
}
