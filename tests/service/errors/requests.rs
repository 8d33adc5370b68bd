//! Requests that cannot be read, or ask in the wrong way.

use std::time::Duration;

use seatline_tests::{Answer, Cluster, ClusterOptions, RawConnection};
use serde_json::json;

use super::cases;

cases! {
    "malformed_request" [] |cluster| {
        cluster.client().post("/api/v1/users").json_bytes("{").send().await
    }
    "not_found" [] |cluster| {
        cluster.client().get("/api/v1/nothing").send().await
    }
    "method_not_allowed" [] |cluster| {
        let answer = cluster.client().delete("/api/v1/users/me").send().await;
        assert_eq!(answer.header("allow"), Some("GET, HEAD"));
        answer
    }
    "not_acceptable" [] |cluster| {
        cluster.client().get("/api/v1/concerts").header("accept", "text/html").send().await
    }
    "request_timeout" [] |_cluster| {
        let hasty = ClusterOptions { client_timeout: Duration::from_secs(1), ..ClusterOptions::default() };
        let cluster = Cluster::start_with(hasty).await;
        let (_, said) = RawConnection::exchange(cluster.address(0), b"GET / HTTP/1.1\r\nHost:").await;
        cluster.end().await;
        Answer::read(&said)
    }
    "headers_too_large" [] |cluster| {
        let request = cluster.client().get("/health/live");
        (0..150).fold(request, |request, _| request.header("x-header", "1")).send().await
    }
    "body_too_large" [] |cluster| {
        let body = json!({"name": "a".repeat(16 * 1_024)});
        cluster.client().post("/api/v1/users").json(&body).send().await
    }
    "unsupported_media_type" [] |cluster| {
        cluster.client().post("/api/v1/users").body("text/plain", "{}").send().await
    }
    "invalid_value" ["field"] |cluster| {
        let answer = cluster.user().await.try_charge("key", 0).await;
        assert_eq!(answer.problem(422, "invalid_value")["field"], "amount");
        answer
    }
    "idempotency_key_missing" [] |cluster| {
        let ada = cluster.user().await;
        ada.request("POST", "/api/v1/points/charges").json(&json!({"amount": 1})).send().await
    }
    "idempotency_key_invalid" [] |cluster| {
        cluster.user().await.try_charge(&"k".repeat(256), 1).await
    }
    "idempotency_key_reused" [] |cluster| {
        let ada = cluster.user().await;
        ada.try_charge("key", 1).await.json(201);
        ada.try_charge("key", 2).await
    }
}
