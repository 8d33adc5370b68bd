//! What cannot be read is named, and what was sent is not repeated.

use seatline_tests::Cluster;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_field_that_cannot_be_read_is_named() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let concert = operator.add_concert(&json!({"title": "Winter Gala", "venue": "Hall"})).await;
    let performances =
        format!("/api/v1/admin/concerts/{}/performances", concert["concertId"].as_str().unwrap());
    let section = json!({"name": "Floor", "firstSeat": 1, "lastSeat": 9, "price": 1});
    let without = |field: &str| {
        let mut section = section.clone();
        section.as_object_mut().unwrap().remove(field);
        json!({"startsAt": "2099-12-24T10:00:00Z", "sections": [section]})
    };
    let with = |field: &str, value: Value| {
        let mut section = section.clone();
        section[field] = value;
        json!({"startsAt": "2099-12-24T10:00:00Z", "sections": [section]})
    };
    let concerts = "/api/v1/admin/concerts";
    let in_queue = |queue: Value| json!({"title": "a", "venue": "b", "queue": queue});
    for (path, body, field, says) in [
        (concerts, json!({"venue": "b"}), Some("title"), "missing"),
        (concerts, json!({"title": 7, "venue": "b"}), Some("title"), "a string"),
        (concerts, in_queue(json!({"capacity": "many"})), Some("queue.capacity"), "a whole number"),
        (concerts, in_queue(json!([])), Some("queue"), "an object"),
        (concerts, in_queue(json!({"zzz": 1})), Some("queue"), "unknown"),
        (concerts, json!({"title": "a", "venue": "b", "zzz": 1}), None, "unknown"),
        (concerts, json!([]), None, "object"),
        (&performances, json!({"startsAt": "zzz", "price": 1}), Some("startsAt"), "RFC 3339"),
        (
            &performances,
            json!({"startsAt": "2099-12-24T10:00:00Z", "price": "zzz"}),
            Some("price"),
            "decimal",
        ),
        (&performances, without("price"), Some("sections[0].price"), "missing"),
        (&performances, with("price", json!("zzz")), Some("sections[0].price"), "decimal"),
        (&performances, with("lastSeat", json!(1.5)), Some("sections[0].lastSeat"), "a whole number"),
        (&performances, with("zzz", json!(1)), Some("sections[0]"), "unknown"),
    ] {
        let problem =
            operator.request("POST", path).json(&body).send().await.problem(400, "malformed_request");
        assert_eq!(problem.get("field").and_then(Value::as_str), field, "{body} {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{body} {problem}");
        assert!(!problem.to_string().contains("zzz"), "{problem}");
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parameter_that_cannot_be_read_is_named() {
    let cluster = Cluster::start().await;
    let concert = cluster.operator().add_concert(&json!({"title": "Winter Gala", "venue": "Hall"})).await;
    let performances = format!("/api/v1/concerts/{}/performances", concert["concertId"].as_str().unwrap());
    for (path, field) in [
        ("/api/v1/concerts/zzz".to_owned(), Some("concertId")),
        ("/api/v1/concerts?limit=zzz".to_owned(), Some("limit")),
        ("/api/v1/concerts?cursor=zzz".to_owned(), Some("cursor")),
        ("/api/v1/concerts?limit=1&limit=2".to_owned(), Some("limit")),
        ("/api/v1/concerts?zzz=1".to_owned(), None),
        (format!("{performances}?bookable=zzz"), Some("bookable")),
        (format!("{performances}?limit=5&date=zzz"), Some("date")),
    ] {
        let problem = cluster.client().get(&path).send().await.problem(400, "malformed_request");
        assert_eq!(problem.get("field").and_then(Value::as_str), field, "{path} {problem}");
        assert!(!problem.to_string().contains("zzz"), "{problem}");
    }
    cluster.end().await;
}
