//! Halls: rows as operators say them, and layouts as everybody is shown them.

use seatline_tests::contract::LAYOUT;
use seatline_tests::{Answer, Cluster, Operator, RawConnection, Sale, eventually};
use serde_json::{Value, json};

async fn concert(operator: &Operator) -> String {
    let concert = operator.add_concert(&json!({"title": "Gala", "venue": "Hall"})).await;
    concert["concertId"].as_str().unwrap().to_owned()
}

/// Asks for a performance with these fields.
async fn add(operator: &Operator, concert_id: &str, mut body: Value) -> Answer {
    body["startsAt"] = json!(Sale::STARTS_AT);
    let path = format!("/api/v1/admin/concerts/{concert_id}/performances");
    operator.request("POST", &path).json(&body).send().await
}

async fn layout(cluster: &Cluster, instance: usize, performance_id: &str) -> Answer {
    cluster.client_of(instance).get(&format!("/api/v1/performances/{performance_id}/layout")).send().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hall_is_laid_out_as_it_was_said() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let concert_id = concert(&operator).await;
    let rows = json!([
        {"label": "A", "firstSeat": 1, "lastSeat": 3, "x": 10.5, "y": 2, "dx": 1.25, "dy": 0.1},
        {"label": "B", "firstSeat": 11, "lastSeat": 14, "x": 9.5, "y": 3, "dx": 1.25, "dy": 0.1},
    ]);
    let body = json!({
        "sections": [
            {"name": "Floor", "price": 100, "rows": rows},
            {"name": "Balcony", "price": 40.5, "firstSeat": 21, "lastSeat": 70},
        ],
        "accessibleSeats": [21, 3],
    });
    let added = add(&operator, &concert_id, body).await.json(201);
    assert_eq!((&added["totalSeats"], &added["priceFrom"]), (&json!(57), &json!(40.5)));
    let performance_id = added["performanceId"].as_str().unwrap();
    let answer = layout(&cluster, 0, performance_id).await;
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    let shown = answer.of_kind(200, LAYOUT);
    assert_eq!(shown["accessibleSeats"], json!([3, 21]));
    let floor = &shown["sections"][0];
    assert_eq!((&floor["name"], &floor["price"]), (&json!("Floor"), &json!(100)));
    for (row, said) in floor["rows"].as_array().unwrap().iter().zip(rows.as_array().unwrap()) {
        for (name, value) in said.as_object().unwrap() {
            assert_eq!((row[name].as_f64(), row[name].as_str()), (value.as_f64(), value.as_str()), "{name}");
        }
    }
    let balcony = shown["sections"][1]["rows"].as_array().unwrap();
    let told: Vec<_> =
        balcony.iter().map(|row| (&row["label"], &row["firstSeat"], &row["lastSeat"])).collect();
    let (a, b) = ((json!("A"), json!(21), json!(45)), (json!("B"), json!(46), json!(70)));
    assert_eq!(told, [(&a.0, &a.1, &a.2), (&b.0, &b.1, &b.2)]);
    assert!(balcony[0]["y"].as_f64() > floor["rows"][1]["y"].as_f64(), "behind the floor");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layout_has_a_tag_and_follows_the_prices() {
    let mut cluster = Cluster::start().await;
    let other = cluster.add(seatline_tests::ClusterOptions::default()).await;
    let operator = cluster.operator();
    let sale = Sale::open(&operator).await;
    let first = layout(&cluster, 0, &sale.performance_id).await;
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(layout(&cluster, other, &sale.performance_id).await.header("etag"), Some(&*tag));
    let path = format!("/api/v1/performances/{}/layout", sale.performance_id);
    let known = async |instance: usize| {
        cluster.client_of(instance).get(&path).header("If-None-Match", &tag).send().await
    };
    let unchanged = known(0).await;
    assert_eq!((unchanged.status, unchanged.text().as_str()), (304, ""));
    assert_eq!(unchanged.header("cache-control"), Some("public, max-age=300"));
    operator.change_section(&sale.performance_id, "General", &json!({"price": 7})).await;
    assert_eq!(known(0).await.json(200)["sections"][0]["price"], 7);
    let shows = async || (known(other).await.status == 200).then_some(());
    eventually("the other instance shows the price", shows).await;
    let unknown = layout(&cluster, 0, &sale.concert_id).await;
    unknown.problem(404, "performance_not_found");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_performance_from_before_halls_gets_one_from_its_seats() {
    let mut cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(85).open(&operator).await;
    let stored = layout(&cluster, 0, &sale.performance_id).await.of_kind(200, LAYOUT);
    cluster.database().execute("DELETE FROM halls").await;
    let other = cluster.add(seatline_tests::ClusterOptions::default()).await;
    assert_eq!(layout(&cluster, other, &sale.performance_id).await.of_kind(200, LAYOUT), stored);
    let there = Operator::new(cluster.client_of(other), seatline_tests::ADMIN_KEY);
    let changed = there.change_section(&sale.performance_id, "Floor", &json!({"price": 9})).await;
    assert_eq!((&changed["priceFrom"], &changed["priceTo"]), (&json!(9), &json!(9)));
    cluster.end().await;
}

/// As many rows of 40 seats, with coordinates, as the largest performance has.
fn largest() -> Value {
    let row = |row: u32| {
        let first = 40 * row + 1;
        json!({
            "label": format!("Row {row}"), "firstSeat": first, "lastSeat": first + 39,
            "x": 100.25, "y": f64::from(row) * 1.125, "dx": 0.875, "dy": -0.0625,
        })
    };
    let rows: Vec<_> = (0..2_500).map(row).collect();
    json!({"sections": [{"name": "Floor", "price": 10, "rows": rows}]})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_seats_in_rows_are_one_request() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let concert_id = concert(&operator).await;
    let body = largest();
    assert!(body.to_string().len() > 200_000);
    let added = add(&operator, &concert_id, body).await.json(201);
    assert_eq!(added["availableSeats"], 100_000);
    let performance_id = added["performanceId"].as_str().unwrap();
    let shown = layout(&cluster, 0, performance_id).await.of_kind(200, LAYOUT);
    let rows = shown["sections"][0]["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[2_499]["label"]), (2_500, &json!("Row 2499")));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_hall_is_named() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let concert_id = concert(&operator).await;
    let with_row = |row: Value| {
        let mut whole = json!({"label": "A", "firstSeat": 1, "lastSeat": 9});
        whole.as_object_mut().unwrap().extend(row.as_object().unwrap().clone());
        let rows = json!([{"label": "Z", "firstSeat": 100, "lastSeat": 100}, whole]);
        json!({"sections": [{"name": "Floor", "price": 1, "rows": rows}]})
    };
    let seats = |accessible: Value| json!({"price": 1, "accessibleSeats": accessible});
    let many: Vec<_> =
        (1..=5_001).map(|n| json!({"label": n.to_string(), "firstSeat": n, "lastSeat": n})).collect();
    for (body, field) in [
        (with_row(json!({"label": ""})), "sections[0].rows[1].label"),
        (with_row(json!({"label": "elevenletters"})), "sections[0].rows[1].label"),
        (with_row(json!({"label": "a\nb"})), "sections[0].rows[1].label"),
        (with_row(json!({"label": "z"})), "sections[0].rows[1].label"),
        (with_row(json!({"lastSeat": 0})), "sections[0].rows[1].lastSeat"),
        (with_row(json!({"firstSeat": -1})), "sections[0].rows[1].firstSeat"),
        (with_row(json!({"lastSeat": 100})), "sections"),
        (with_row(json!({"x": 1e300})), "sections[0].rows[1].x"),
        (with_row(json!({"y": -100_001})), "sections[0].rows[1].y"),
        (with_row(json!({"dx": 50_000})), "sections[0].rows[1].dx"),
        (with_row(json!({"dy": 1e9})), "sections[0].rows[1].dy"),
        (with_row(json!({"dx": 0})), "sections[0].rows[1].dx"),
        (json!({"sections": [{"name": "Floor", "price": 1, "rows": []}]}), "sections[0].rows"),
        (json!({"sections": [{"name": "Floor", "price": 1, "rows": many}]}), "sections"),
        (
            json!({"sections": [{"name": "F", "price": 1, "firstSeat": 1, "lastSeat": 2, "rows": []}]}),
            "sections[0].rows",
        ),
        (seats(json!([51])), "accessibleSeats"),
        (seats(json!([0])), "accessibleSeats"),
        (seats(json!([4, 4])), "accessibleSeats"),
    ] {
        let problem = add(&operator, &concert_id, body).await.problem(422, "invalid_value");
        assert_eq!(problem["field"], field);
    }
    for (body, field) in [
        (json!({"sections": [{"name": "Floor", "price": 1, "lastSeat": 2}]}), "sections[0].firstSeat"),
        (json!({"sections": [{"name": "Floor", "price": 1}]}), "sections[0].firstSeat"),
        (with_row(json!({"x": "1"})), "sections[0].rows[1].x"),
        (with_row(json!({"z": 1})), "sections[0].rows[1]"),
        (seats(json!(["1"])), "accessibleSeats[0]"),
    ] {
        let problem = add(&operator, &concert_id, body).await.problem(400, "malformed_request");
        assert_eq!(problem["field"], field);
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_alone_may_send_a_mebibyte() {
    const MEBIBYTE: usize = 1_024 * 1_024;
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let filled = |length: usize| {
        let mut body = br#"{"title":"Gala","venue":"Hall"}"#.to_vec();
        body.resize(length, b' ');
        body
    };
    let path = "/api/v1/admin/concerts";
    for (length, status) in [(MEBIBYTE, 201), (MEBIBYTE + 1, 413), (3 * MEBIBYTE, 413)] {
        let answer = operator.request("POST", path).json_bytes(filled(length)).send().await;
        assert_eq!(answer.status, status, "{length}: {}", answer.text());
    }
    let ada = cluster.user().await;
    ada.request("POST", path).json_bytes(filled(MEBIBYTE)).send().await.problem(403, "forbidden");
    cluster
        .client()
        .request("POST", path)
        .json_bytes(filled(MEBIBYTE))
        .send()
        .await
        .problem(401, "unauthenticated");
    cluster
        .client()
        .post("/api/v1/users")
        .json_bytes(filled(20_000))
        .send()
        .await
        .problem(413, "body_too_large");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_few_large_bodies_are_read_at_a_time() {
    const AT_A_TIME: usize = 4;
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let large = || {
        let mut body = br#"{"title":"Gala","venue":"Hall"}"#.to_vec();
        body.resize(100_000, b' ');
        operator.request("POST", "/api/v1/admin/concerts").json_bytes(body).try_send()
    };
    assert_eq!(large().await.unwrap().status, 201);
    let head = format!(
        "POST /api/v1/admin/concerts HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
        seatline_tests::ADMIN_KEY
    );
    let mut unfinished = Vec::new();
    for _ in 0..AT_A_TIME {
        let mut connection = RawConnection::open(cluster.address(0)).await;
        connection.send(head.as_bytes()).await;
        connection.send(" ".repeat(50_000).as_bytes()).await;
        unfinished.push(connection);
    }
    // A refused sender may lose the connection before everything is sent.
    eventually("no turn is left", async || (large().await.ok()?.status == 503).then_some(())).await;
    // Small ones need none.
    concert(&operator).await;
    drop(unfinished);
    eventually("turns come back", async || (large().await.ok()?.status == 201).then_some(())).await;
    cluster.end().await;
}
