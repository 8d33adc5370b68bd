//! Texts: what every field of every body is spared, and what people are called.

use seatline_tests::{Fixture, Request};
use serde_json::{Value, json};

use super::{assert_refused, start};

/// A whole body of each operation, to spoil one text of.
fn bodies(fixture: &Fixture) -> Vec<(Box<dyn Fn() -> Request + '_>, Value)> {
    let (ada, operator) = (&fixture.ada, fixture.cluster.operator());
    let concert = format!("/api/v1/admin/concerts/{}", fixture.sale.concert_id);
    let (performances, queue) = (format!("{concert}/performances"), format!("{concert}/queue"));
    let (first, second, third) = (operator.clone(), operator.clone(), operator);
    vec![
        (Box::new(|| ada.request("POST", "/api/v1/users")), json!({"name": "Ada"})),
        (Box::new(|| ada.request("POST", "/api/v1/points/charges").key("key")), json!({"amount": "1"})),
        (
            Box::new(|| ada.request("POST", "/api/v1/reservations")),
            json!({"performanceId": fixture.sale.performance_id, "seatNumbers": [7]}),
        ),
        (
            Box::new(|| ada.request("POST", "/api/v1/reservations")),
            json!({"concertId": fixture.sale.concert_id, "date": fixture.sale.date, "seatNumbers": [7]}),
        ),
        (
            Box::new(|| ada.request("POST", "/api/v1/payments")),
            json!({"reservationId": fixture.sale.concert_id}),
        ),
        (
            Box::new(move || first.request("POST", "/api/v1/admin/concerts")),
            json!({"title": "Gala", "venue": "Hall", "timezone": "Asia/Seoul"}),
        ),
        (
            Box::new(move || second.request("POST", &performances)),
            json!({
                "startsAt": "2099-12-25T19:00:00Z",
                "salesOpenAt": "2099-01-01T00:00:00Z",
                "sections": [{"name": "Floor", "firstSeat": 1, "lastSeat": 9, "price": "1"}],
            }),
        ),
        (Box::new(move || third.request("PATCH", &queue)), json!({"state": "OPEN"})),
    ]
}

/// Replaces one text after the other by a placeholder, which stands there with its quotes.
fn spoiled(body: &Value) -> Vec<String> {
    let mut places = Vec::new();
    collect(body, String::new(), &mut places);
    let spoil = |place: &String| {
        let mut body = body.clone();
        *body.pointer_mut(place).unwrap() = json!("SPOILED");
        body.to_string()
    };
    places.iter().map(spoil).collect()
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::String(_) => places.push(place),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{place}/{index}"), places);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                collect(field, format!("{place}/{name}"), places);
            }
        }
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_of_any_body_has_invalid_utf_8_lone_surrogates_or_nul() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let mut tried = 0;
    for (request, body) in bodies(&fixture) {
        for body in spoiled(&body) {
            for unsound in [
                &br"a\u0000b"[..],
                br"\ud800",
                br"\udc00a",
                br"\ud83d\u0041",
                b"\xff\xfe",
                b"\xc0\x80",
                b"\xed\xa0\x80",
                b"a\0b",
                b"\xf4\x90\x80\x80",
                br"\u12",
            ] {
                let (start, end) = body.split_once("SPOILED").unwrap();
                let body = [start.as_bytes(), unsound, end.as_bytes()].concat();
                let sent = String::from_utf8_lossy(&body).into_owned();
                assert_refused(&request().json_bytes(body).send().await, &["malformed_request"], &sent);
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 14 * 10, "every text was spoiled in every way");
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_texts_of_people() {
    let fixture = start().await;
    let client = fixture.cluster.client();
    let register = async |name: &str| client.post("/api/v1/users").json(&json!({"name": name})).send().await;
    for good in [
        "Ada",
        "가나다",
        "O'Brien; DROP TABLE users;--",
        "<script>alert(1)</script>",
        "🎟️",
        "👩‍👩‍👧‍👦",
        "عائشة",
        "שָׁלוֹם",
        "می‌خواهم",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        &"é".repeat(100),
        &"🎟".repeat(100),
    ] {
        assert_eq!(register(good).await.json(201)["name"], good);
    }
    assert_eq!(register("  Ada ").await.json(201)["name"], "Ada");
    assert_eq!(register("\u{3000}Ada\u{a0}\u{2800}").await.json(201)["name"], "Ada");
    assert_eq!(register("Zoe\u{308}").await.json(201)["name"], "Zo\u{eb}");
    assert_eq!(register(&"\u{1100}\u{1161}".repeat(100)).await.json(201)["name"], "가".repeat(100));
    let before = fixture.cluster.database().census().await;
    for bad in [
        "",
        "   ",
        "\u{a0}\u{3000}",
        "a\nb",
        "a\u{7}b",
        "a\u{9f}b",
        "\u{200b}",
        "\u{feff}",
        "\u{200d}\u{fe0f}",
        "\u{2066}\u{2069}",
        "\u{3164}",
        "\u{2800}",
        "\u{115f}\u{1160}",
        "\u{ffa0}",
        "\u{ffef}",
        "\u{301}",
        "Ada\u{2028}B",
        "Ada\u{200d}",
        "A\u{ad}da",
        "a\u{ffef}b",
        "a\u{e000}b",
        "a\u{202e}b",
        "a\u{2067}b",
        &"é".repeat(101),
    ] {
        let answer = register(bad).await;
        assert_refused(&answer, &["invalid_value"], bad);
        assert_eq!(answer.problem(422, "invalid_value")["field"], "name");
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn titles_venues_and_sections_are_composed_and_sections_look_different() {
    let fixture = start().await;
    let operator = fixture.cluster.operator();
    let concert = operator
        .request("POST", "/api/v1/admin/concerts")
        .json(&json!({"title": "Cafe\u{301}", "venue": "\u{1100}\u{1161}"}))
        .send()
        .await
        .json(201);
    assert_eq!((&concert["title"], &concert["venue"]), (&json!("Caf\u{e9}"), &json!("가")));
    for field in ["title", "venue"] {
        let mut body = json!({"title": "Gala", "venue": "Hall"});
        body[field] = json!("\u{2800}");
        let refused = operator.request("POST", "/api/v1/admin/concerts").json(&body).send().await;
        assert_eq!(refused.problem(422, "invalid_value")["field"], field);
    }
    let path = format!("/api/v1/admin/concerts/{}/performances", concert["concertId"].as_str().unwrap());
    let section =
        |name: &str, first: u32| json!({"name": name, "firstSeat": first, "lastSeat": first, "price": 1});
    let add = async |one: &str, other: &str| {
        let sections = json!([section(one, 1), section(other, 2)]);
        let body = json!({"startsAt": "2099-12-25T19:00:00Z", "sections": sections});
        operator.request("POST", &path).json(&body).send().await
    };
    for (one, other) in
        [("Caf\u{e9}", "Cafe\u{301}"), ("가", "\u{1100}\u{1161}"), ("VIP", "ｖｉｐ"), ("A", "A\u{fe0f}")]
    {
        let refused = add(one, other).await;
        assert_eq!(refused.problem(422, "invalid_value")["field"], "sections", "{one} {other}");
    }
    let refused = add("A", "\u{3164}").await;
    assert_eq!(refused.problem(422, "invalid_value")["field"], "sections[1].name");
    add("Cafe\u{301}", "Cafeteria").await.json(201);
    fixture.cluster.end().await;
}

/// Earlier versions took more; what they stored can be read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_of_earlier_versions_are_shown() {
    let fixture = start().await;
    let database = fixture.cluster.database();
    database.execute("UPDATE users SET name = U&'\\2800'").await;
    assert_eq!(fixture.ada.get("/api/v1/users/me").send().await.json(200)["name"], "\u{2800}");
    database.execute("UPDATE users SET name = U&'Zoe\\0308'").await;
    assert_eq!(fixture.ada.get("/api/v1/users/me").send().await.json(200)["name"], "Zo\u{eb}");
    fixture.cluster.end().await;
}
