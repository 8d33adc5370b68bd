use serde_json::json;

use super::{MARKER, assert_refused, start};

const MALFORMED: &[&str] = &["malformed_request"];

/// What no operation takes for a body: it is not one sound JSON object.
fn unsound() -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = [
        "",
        " ",
        "{",
        "}",
        "null",
        "7",
        "\"{}\"",
        "[]",
        "[{}]",
        r#"{"name":"Zq7marker""#,
        r#"{"name":"Zq7marker"} trailing"#,
        r#"{"name":"Zq7marker"}{}"#,
        r#"{"name":"a","name":"Zq7marker"}"#,
        r#"{"name":"Zq7marker\u0000"}"#,
        r#"{"Zq7marker\u0000":"a"}"#,
        r#"{"name":"\ud800Zq7marker"}"#,
        r#"{"name":"\udc00\ud800"}"#,
        r"{'name':'Zq7marker'}",
        r#"{name:"Zq7marker"}"#,
        r#"{"name":"Zq7marker",}"#,
        "{\"name\":\"Zq7\nmarker\"}",
        "{\"name\":\"a\"/* Zq7marker */}",
        "\u{feff}{}",
        r#"{"name":NaN}"#,
        r#"{"name":{"Zq7marker":1}}"#,
        r#"{"Zq7marker":1}"#,
        r#"{"Name":"a"}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    bodies.push(b"{\"name\":\"\xff\xfeZq7marker\"}".to_vec());
    bodies.push(b"{\"name\":\"\xc0\x80\"}".to_vec());
    bodies.push(b"{\"name\":\"\xed\xa0\x80\"}".to_vec());
    bodies.push(b"\x00".to_vec());
    bodies.push("[".repeat(16_000).into_bytes());
    bodies.push("{\"name\":".repeat(2_000).into_bytes());
    bodies
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_one_sound_object_is_malformed() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let concert = format!("/api/v1/admin/concerts/{}", fixture.sale.concert_id);
    for body in unsound() {
        let text = String::from_utf8_lossy(&body).into_owned();
        for path in ["/api/v1/users", "/api/v1/reservations", "/api/v1/payments", "/api/v1/points/charges"] {
            let answer = fixture.ada.request("POST", path).key("key").json_bytes(body.clone()).send().await;
            assert_refused(&answer, MALFORMED, &text);
        }
        let operator = fixture.cluster.operator();
        for (method, path) in [
            ("POST", "/api/v1/admin/concerts"),
            ("POST", &format!("{concert}/performances")),
            ("PATCH", &format!("{concert}/queue")),
        ] {
            let answer = operator.request(method, path).json_bytes(body.clone()).send().await;
            assert_refused(&answer, MALFORMED, &text);
        }
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_smuggled_into_a_body_is_malformed() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let bodies = [
        ("/api/v1/users", json!({"name": "Ada"})),
        ("/api/v1/points/charges", json!({"amount": 1})),
        ("/api/v1/reservations", json!({"performanceId": fixture.sale.performance_id, "seatNumbers": [7]})),
        ("/api/v1/payments", json!({"reservationId": fixture.sale.concert_id})),
    ];
    for (path, body) in bodies {
        for field in ["userId", "balance", "price", "state", "role", "amount2", "__proto__", "user_id"] {
            let mut smuggled = body.clone();
            smuggled[field] = json!(MARKER);
            let answer = fixture.ada.request("POST", path).key("key").json(&smuggled).send().await;
            assert_refused(&answer, MALFORMED, &smuggled.to_string());
        }
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_kibibytes_are_enough() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let filled = |length: usize| {
        let mut body = b"{\"name\":\"Ada\"}".to_vec();
        body.resize(length, b' ');
        body
    };
    for length in [16 * 1_024 + 1, 1_000_000] {
        let answer = fixture.cluster.client().post("/api/v1/users").json_bytes(filled(length)).send().await;
        assert_refused(&answer, &["body_too_large"], "a large body");
    }
    // However large it is: its beginning tells.
    let deep = fixture.cluster.client().post("/api/v1/users").json_bytes("[".repeat(200_000)).send().await;
    assert_refused(&deep, MALFORMED, "a body that nests 200,000 deep");
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    let fitting = fixture.cluster.client().post("/api/v1/users").json_bytes(filled(16 * 1_024)).send().await;
    assert_eq!(fitting.status, 201);
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_plain_json_is_taken() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let client = fixture.cluster.client();
    let unsupported = &["unsupported_media_type"];
    assert_refused(&client.post("/api/v1/users").undeclared("{}").send().await, unsupported, "undeclared");
    assert_refused(&client.post("/api/v1/users").send().await, unsupported, "no body at all");
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonp",
        "application/xml",
        "Zq7marker/json",
        "json",
    ] {
        let answer = client.post("/api/v1/users").body(content_type, "{}").send().await;
        assert_refused(&answer, unsupported, content_type);
    }
    let twice = client.post("/api/v1/users").json_bytes("{}").header("content-type", "text/plain");
    assert_refused(&twice.send().await, unsupported, "two content types");
    for encoding in ["gzip", "br", "deflate", "zstd", "identity, gzip"] {
        let answer =
            client.post("/api/v1/users").json_bytes("{}").header("content-encoding", encoding).send().await;
        assert_refused(&answer, unsupported, encoding);
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_where_none_belongs_are_refused_and_nothing_is_done() {
    let fixture = start().await;
    let newcomer = fixture.cluster.user().await;
    let before = fixture.cluster.database().census().await;
    let tokens = format!("/api/v1/concerts/{}/queue/tokens", fixture.sale.concert_id);
    for body in ["{", "{}", "null", " "] {
        let join = newcomer.request("POST", &tokens).json_bytes(body).send().await;
        assert_refused(&join, &["malformed_request"], body);
        let leave = fixture.ada.request("DELETE", "/api/v1/queue/token").json_bytes(body).send().await;
        assert_refused(&leave, &["malformed_request"], body);
        let poll = fixture.ada.get("/api/v1/queue/token").json_bytes(body).send().await;
        assert_refused(&poll, &["malformed_request"], body);
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    assert_eq!(fixture.ada.poll().await["state"], "ACTIVE");
    newcomer.request("POST", &tokens).json_bytes("").send().await.json(201);
    fixture.cluster.end().await;
}
