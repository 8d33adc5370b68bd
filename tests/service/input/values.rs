use serde_json::json;

use super::{assert_refused, start};

const MALFORMED: &[&str] = &["malformed_request"];
const INVALID: &[&str] = &["invalid_value"];
const EITHER: &[&str] = &["malformed_request", "invalid_value"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amounts_are_exact_and_bounded() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let forty_digits = "9".repeat(40);
    let (long_text, many_decimals) = (format!("\"{forty_digits}\""), format!("1.{}", "0".repeat(5_000)));
    let cases: &[(&str, &[&str])] = &[
        ("0", INVALID),
        ("0.00", INVALID),
        ("-0", INVALID),
        ("\"0\"", INVALID),
        ("-1", INVALID),
        ("\"-1\"", INVALID),
        ("-0.01", INVALID),
        ("10000000.01", INVALID),
        ("10000001", INVALID),
        ("1.005", INVALID),
        ("0.001", INVALID),
        ("\"1.005\"", INVALID),
        ("1e3", EITHER),
        ("1E400", EITHER),
        ("1e-400", EITHER),
        ("\"1e3\"", EITHER),
        ("NaN", MALFORMED),
        ("\"NaN\"", EITHER),
        ("Infinity", MALFORMED),
        ("\"Infinity\"", EITHER),
        ("-Infinity", MALFORMED),
        ("9223372036854775807", INVALID),
        ("9223372036854775808", INVALID),
        ("18446744073709551616", INVALID),
        (&forty_digits, INVALID),
        (&long_text, INVALID),
        (&many_decimals, INVALID),
        ("null", MALFORMED),
        ("true", MALFORMED),
        ("[1]", MALFORMED),
        ("{}", MALFORMED),
        ("\"\"", EITHER),
        ("\" 1\"", EITHER),
        ("\"1,5\"", EITHER),
        ("\"0x10\"", EITHER),
        ("\"１\"", EITHER),
        ("\"Zq7marker\"", EITHER),
        ("+1", MALFORMED),
        ("01", MALFORMED),
        (".5", MALFORMED),
    ];
    for (amount, codes) in cases {
        let body = format!("{{\"amount\":{amount}}}");
        let request = fixture.ada.request("POST", "/api/v1/points/charges").key("key");
        assert_refused(&request.json_bytes(body.clone()).send().await, codes, &body);
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    for (amount, balance) in [("0.01", json!(0.01)), ("\"0.10\"", json!(0.11)), ("99.890", json!(null))] {
        let body = format!("{{\"amount\":{amount}}}");
        let request = fixture.ada.request("POST", "/api/v1/points/charges").key(amount);
        let answer = request.json_bytes(body.clone()).send().await;
        if balance.is_null() {
            assert_refused(&answer, INVALID, &body);
        } else {
            assert_eq!(answer.json(201)["balance"], balance);
        }
    }
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wallet_has_a_cap() {
    let fixture = start().await;
    for _ in 0..99 {
        fixture.ada.charge(10_000_000).await;
    }
    fixture.ada.charge("9999999.99").await;
    let answer = fixture.ada.try_charge("beyond", "0.02").await;
    assert_refused(&answer, INVALID, "beyond the cap");
    assert_eq!(answer.problem(422, "invalid_value")["field"], "amount");
    fixture.ada.charge("0.01").await;
    assert_eq!(fixture.ada.balance().await, json!(1_000_000_000));
    fixture.ada.try_charge("full", "0.01").await.problem(422, "invalid_value");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_are_a_list_of_numbers_of_this_performance() {
    let fixture = start().await;
    let matinee = json!({
        "startsAt": "2099-12-25T14:00:00Z",
        "sections": [{"name": "Box", "firstSeat": 200, "lastSeat": 201, "price": 1}],
    });
    fixture.cluster.operator().add_performance(&fixture.sale.concert_id, &matinee).await;
    let before = fixture.cluster.database().census().await;
    let thousand = format!("{:?}", (1..=1_000).collect::<Vec<_>>());
    let missing: &[&str] = &["seat_not_found"];
    let cases: &[(&str, &[&str])] = &[
        ("[]", INVALID),
        ("[0]", INVALID),
        ("[-1]", INVALID),
        ("[7, 7]", INVALID),
        ("[7, 8, 7]", INVALID),
        (&thousand, INVALID),
        ("[51]", missing),
        ("[7, 51]", missing),
        ("[200]", missing),
        ("[1000001]", missing),
        ("[2147483647]", missing),
        ("[2147483648]", missing),
        ("[9223372036854775807]", missing),
        ("[9223372036854775808]", MALFORMED),
        ("[-9223372036854775809]", MALFORMED),
        ("[7.0]", MALFORMED),
        ("[7.5]", MALFORMED),
        ("[1e1]", MALFORMED),
        ("[\"7\"]", MALFORMED),
        ("[null]", MALFORMED),
        ("[[7]]", MALFORMED),
        ("7", MALFORMED),
        ("\"7\"", MALFORMED),
        ("{\"0\": 7}", MALFORMED),
        ("null", MALFORMED),
    ];
    for (seats, codes) in cases {
        let body =
            format!("{{\"performanceId\":\"{}\",\"seatNumbers\":{seats}}}", fixture.sale.performance_id);
        let answer =
            fixture.ada.request("POST", "/api/v1/reservations").json_bytes(body.clone()).send().await;
        assert_refused(&answer, codes, &body);
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_performance_is_named_in_one_way() {
    let fixture = start().await;
    let (concert, performance, date) =
        (&fixture.sale.concert_id, &fixture.sale.performance_id, &fixture.sale.date);
    let before = fixture.cluster.database().census().await;
    let cases = [
        (json!({"seatNumbers": [7]}), INVALID),
        (json!({"concertId": concert, "seatNumbers": [7]}), INVALID),
        (json!({"date": date, "seatNumbers": [7]}), INVALID),
        (
            json!({"performanceId": performance, "concertId": concert, "date": date, "seatNumbers": [7]}),
            INVALID,
        ),
        (json!({"performanceId": performance, "date": date, "seatNumbers": [7]}), INVALID),
        (json!({"performanceId": performance}), MALFORMED),
        (json!({"performanceId": concert, "seatNumbers": [7]}), &["performance_not_found"]),
        (json!({"concertId": performance, "date": date, "seatNumbers": [7]}), &["concert_not_found"]),
        (json!({"performanceId": 7, "seatNumbers": [7]}), MALFORMED),
    ];
    for (body, codes) in cases {
        let answer = fixture.ada.request("POST", "/api/v1/reservations").json(&body).send().await;
        assert_refused(&answer, codes, &body.to_string());
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_and_dates_in_bodies_are_strict() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let id = &fixture.sale.concert_id;
    for bad in [
        String::new(),
        id[1..].to_owned(),
        format!("{id}0"),
        format!("{{{id}}}"),
        format!("urn:uuid:{id}"),
        id.replace('-', ""),
        format!("{}'", &id[1..]),
        format!(" {}", &id[1..]),
        "' OR 1=1--".to_owned(),
        "Zq7marker".to_owned(),
    ] {
        for body in [
            json!({"performanceId": bad, "seatNumbers": [7]}),
            json!({"concertId": bad, "date": "2099-12-24", "seatNumbers": [7]}),
        ] {
            let answer = fixture.ada.request("POST", "/api/v1/reservations").json(&body).send().await;
            assert_refused(&answer, MALFORMED, &body.to_string());
        }
        let body = json!({"reservationId": bad});
        let answer = fixture.ada.request("POST", "/api/v1/payments").json(&body).send().await;
        assert_refused(&answer, MALFORMED, &body.to_string());
    }
    for bad in BAD_DATES {
        let body = json!({"concertId": id, "date": bad, "seatNumbers": [7]});
        let answer = fixture.ada.request("POST", "/api/v1/reservations").json(&body).send().await;
        assert_refused(&answer, MALFORMED, &body.to_string());
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

/// What no calendar has, or is written in another way.
pub(super) const BAD_DATES: &[&str] = &[
    "2026-02-30",
    "2026-13-01",
    "0000-00-00",
    "0000-01-01",
    "99999-01-01",
    "2026-1-1",
    "2026-12-24T00:00:00Z",
    "24.12.2026",
    "today",
    "Zq7marker",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_are_held_to_the_limits_too() {
    let fixture = start().await;
    let operator = fixture.cluster.operator();
    let before = fixture.cluster.database().census().await;
    let concert = |name: &str, value: serde_json::Value| {
        let mut body = json!({"title": "Gala", "venue": "Hall"});
        body[name] = value;
        ("POST", "/api/v1/admin/concerts".to_owned(), body)
    };
    let base = format!("/api/v1/admin/concerts/{}", fixture.sale.concert_id);
    let performance = |body: serde_json::Value| ("POST", format!("{base}/performances"), body);
    let section = |name: &str, first: i64, last: i64, price: serde_json::Value| json!({"name": name, "firstSeat": first, "lastSeat": last, "price": price});
    let sections = |sections: &[serde_json::Value]| {
        performance(json!({"startsAt": "2099-12-25T19:00:00Z", "sections": sections}))
    };
    let queue = |body: serde_json::Value| ("PATCH", format!("{base}/queue"), body);
    let cases = [
        (concert("title", json!("")), INVALID),
        (concert("title", json!("a".repeat(201))), INVALID),
        (concert("venue", json!("a\nb")), INVALID),
        (concert("timezone", json!("Mars/Olympus")), INVALID),
        (concert("maxSeatsPerUser", json!(0)), INVALID),
        (concert("maxSeatsPerUser", json!(101)), INVALID),
        (concert("maxSeatsPerUser", json!(1.5)), MALFORMED),
        (concert("queue", json!({"capacity": 0})), INVALID),
        (concert("queue", json!({"capacity": 1_000_001})), INVALID),
        (concert("queue", json!({"admitPerMinute": 0})), INVALID),
        (concert("queue", json!({"passTtlSeconds": 0})), INVALID),
        (concert("queue", json!({"showUpWithinSeconds": 86_401})), INVALID),
        (concert("queue", json!({"passTtlSeconds": i64::MAX})), INVALID),
        (concert("queue", json!([])), MALFORMED),
        (concert("queue", json!({"state": "PAUSED"})), MALFORMED),
        (concert("concertId", json!(fixture.sale.concert_id)), MALFORMED),
        (performance(json!({"startsAt": "2099-12-25T19:00:00Z"})), INVALID),
        (performance(json!({"startsAt": "2099-12-25", "price": 1})), MALFORMED),
        (performance(json!({"startsAt": "2026-02-30T00:00:00Z", "price": 1})), MALFORMED),
        (performance(json!({"startsAt": "99999-01-01T00:00:00Z", "price": 1})), MALFORMED),
        (performance(json!({"startsAt": "2020-01-01T00:00:00Z", "price": 1})), INVALID),
        (performance(json!({"startsAt": "2020-01-01T00:00:00Z", "price": 1, "allowPast": false})), INVALID),
        (performance(json!({"startsAt": "2020-01-01T00:00:00Z", "price": 1, "allowPast": 1})), MALFORMED),
        (performance(json!({"startsAt": "2099-12-25T19:00:00Z", "price": -1})), INVALID),
        (performance(json!({"startsAt": "2099-12-25T19:00:00Z", "price": 10_000_001})), INVALID),
        (
            performance(json!({
                "startsAt": "2099-12-25T19:00:00Z", "salesOpenAt": "2099-12-26T00:00:00Z", "price": 1,
            })),
            INVALID,
        ),
        (sections(&[]), INVALID),
        (sections(&[section("A", 1, 100_001, json!(1))]), INVALID),
        (sections(&[section("A", 2, 1, json!(1))]), INVALID),
        (sections(&[section("A", 0, 1, json!(1))]), INVALID),
        (sections(&[section("A", -5, 1, json!(1))]), INVALID),
        (sections(&[section("A", 1, i64::MAX, json!(1))]), INVALID),
        (sections(&[section("A", 1, 10, json!(1)), section("B", 10, 20, json!(1))]), INVALID),
        (sections(&[section("A", 1, 10, json!(1)), section("A", 11, 20, json!(1))]), INVALID),
        (sections(&[section("A", 1, 10, json!("1.005"))]), INVALID),
        (queue(json!({})), INVALID),
        (queue(json!({"capacity": 0})), INVALID),
        (queue(json!({"capacity": -1})), INVALID),
        (queue(json!({"state": "CLOSED"})), INVALID),
        (queue(json!({"state": 7})), MALFORMED),
        (queue(json!({"nowServing": 7})), MALFORMED),
    ];
    for ((method, path, body), codes) in cases {
        let answer = operator.request(method, &path).json(&body).send().await;
        assert_refused(&answer, codes, &body.to_string());
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    let largest =
        [section("Floor", 1, 99_999, json!(0)), section("Box", 1_000_000, 1_000_000, json!(10_000_000))];
    let (method, path, body) = sections(&largest);
    assert_eq!(operator.request(method, &path).json(&body).send().await.json(201)["totalSeats"], 100_000);
    fixture.cluster.end().await;
}
