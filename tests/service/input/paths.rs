use std::collections::BTreeSet;

use seatline_tests::RawConnection;

use super::values::BAD_DATES;
use super::{MARKER, assert_discreet, assert_refused, start};

const MALFORMED: &[&str] = &["malformed_request"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_and_dates_in_paths_are_strict() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let id = &fixture.sale.concert_id;
    let ids = [
        id[1..].to_owned(),
        format!("%7B{id}%7D"),
        format!("{}'", &id[1..]),
        id.replace('-', ""),
        "0".to_owned(),
        "null".to_owned(),
        format!("{MARKER}'%20OR%201=1--"),
        format!("{id}%00"),
        "%0d%0aX-Injected:%20yes".to_owned(),
        "%ff%fe".to_owned(),
    ];
    for bad in &ids {
        for path in [
            format!("/api/v1/concerts/{bad}"),
            format!("/api/v1/concerts/{bad}/dates"),
            format!("/api/v1/concerts/{bad}/performances"),
            format!("/api/v1/concerts/{bad}/queue"),
            format!("/api/v1/concerts/{bad}/dates/2099-12-24/seats"),
            format!("/api/v1/performances/{bad}/seats"),
            format!("/api/v1/reservations/{bad}"),
            format!("/api/v1/payments/{bad}"),
        ] {
            let answer = fixture.ada.get(&path).send().await;
            assert_refused(&answer, MALFORMED, &path);
            assert_eq!(answer.header("x-injected"), None);
        }
        let path = format!("/api/v1/admin/concerts/{bad}/sales");
        let answer = fixture.cluster.operator().request("GET", &path).send().await;
        assert_refused(&answer, MALFORMED, &path);
    }
    for bad in BAD_DATES {
        for path in [
            format!("/api/v1/concerts/{id}/dates/{bad}/seats"),
            format!("/api/v1/concerts/{id}/performances?date={bad}"),
        ] {
            assert_refused(&fixture.ada.get(&path).send().await, MALFORMED, &path);
        }
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_are_strict() {
    let fixture = start().await;
    let performances = format!("/api/v1/concerts/{}/performances", fixture.sale.concert_id);
    let seats = format!("/api/v1/performances/{}/seats", fixture.sale.performance_id);
    let cases = [
        (format!("{performances}?date="), MALFORMED),
        (format!("{performances}?bookable=maybe"), MALFORMED),
        (format!("{performances}?bookable=1"), MALFORMED),
        (format!("{performances}?{MARKER}=1"), MALFORMED),
        (format!("{performances}?bookable=true&bookable=false"), MALFORMED),
        (format!("{seats}?available=yes"), MALFORMED),
        (format!("{seats}?userId={MARKER}"), MALFORMED),
        ("/api/v1/concerts?limit=0".to_owned(), &["invalid_value"]),
        ("/api/v1/concerts?limit=101".to_owned(), &["invalid_value"]),
        ("/api/v1/concerts?limit=-1".to_owned(), &["invalid_value", "malformed_request"]),
        ("/api/v1/concerts?limit=1.5".to_owned(), MALFORMED),
        ("/api/v1/concerts?limit=99999999999999999999".to_owned(), &["invalid_value", "malformed_request"]),
        (format!("/api/v1/concerts?limit={MARKER}"), MALFORMED),
        (format!("/api/v1/concerts?cursor={MARKER}"), MALFORMED),
        ("/api/v1/concerts?cursor='%20OR%201=1--".to_owned(), MALFORMED),
        ("/api/v1/concerts?cursor=%00".to_owned(), MALFORMED),
        ("/api/v1/points/entries?cursor=-1".to_owned(), MALFORMED),
        ("/api/v1/payments?cursor=7".to_owned(), MALFORMED),
    ];
    for (path, codes) in cases {
        assert_refused(&fixture.ada.get(&path).send().await, codes, &path);
    }
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_lead_nowhere_else() {
    let fixture = start().await;
    let address = fixture.cluster.address(0);
    for target in [
        "/api",
        "/api/v1",
        "/api/v2/concerts",
        "/api/v1/concerts/",
        "/api/v1//concerts",
        "/API/V1/CONCERTS",
        "/api/v1/concerts/../../../etc/passwd",
        "/docs/../../../etc/passwd",
        "/docs/..%2f..%2f..%2fetc%2fpasswd",
        "/docs/%2e%2e/%2e%2e/etc/passwd",
        "/docs/..\\..\\windows",
        "/%00",
        "/api/v1/concerts%00",
        "/api/v1/concerts%0d%0aX-Injected:%20yes",
        "/Zq7marker' OR 1=1--",
        "/.env",
        "/.git/config",
        "/metrics/../admin",
    ] {
        let (status, answer) = RawConnection::ask(address, "GET", target).await;
        assert!(matches!(status, 400 | 404), "{target}: {answer}");
        assert!(!answer.contains("X-Injected") && !answer.contains("root:"), "{target}: {answer}");
        assert_discreet(&answer, target);
    }
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_methods_are_refused_with_those_that_are_served() {
    let fixture = start().await;
    let document = fixture.cluster.document().await;
    let client = fixture.cluster.client();
    let before = fixture.cluster.database().census().await;
    for (path, item) in document["paths"].as_object().unwrap() {
        let served: BTreeSet<String> = ["get", "post", "put", "patch", "delete"]
            .into_iter()
            .filter(|method| item.get(*method).is_some())
            .map(str::to_uppercase)
            .collect();
        let path = path
            .replace("{concertId}", &fixture.sale.concert_id)
            .replace("{performanceId}", &fixture.sale.performance_id)
            .replace("{date}", &fixture.sale.date)
            .replace("{reservationId}", &fixture.sale.concert_id)
            .replace("{paymentId}", &fixture.sale.concert_id);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", MARKER] {
            if served.contains(method) {
                continue;
            }
            let answer = client.request(method, &path).send().await;
            assert_refused(&answer, &["method_not_allowed"], &format!("{method} {path}"));
            let allow = answer.header("allow").unwrap().split(", ").filter(|one| *one != "HEAD");
            let allow: BTreeSet<_> = allow.map(str::to_owned).collect();
            assert_eq!(allow, served, "{method} {path}");
        }
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_id_comes_back_when_it_is_a_sound_one() {
    let fixture = start().await;
    let client = fixture.cluster.client();
    let ask = async |id: &str| client.get("/api/v1/points").header("x-request-id", id).send().await;
    for sound in ["abc-123_x.y", "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e"] {
        let answer = ask(sound).await;
        assert_eq!(answer.problem(401, "unauthenticated")["requestId"], sound);
    }
    for unsound in ["", "a b", "<script>", "Zq7marker\"", &"x".repeat(65)] {
        let answer = ask(unsound).await;
        assert_ne!(answer.header("x-request-id"), Some(unsound));
        assert_discreet(&answer.text(), unsound);
    }
    assert!(client.get("/api/v1/concerts").send().await.header("x-request-id").is_some());
    fixture.cluster.end().await;
}
