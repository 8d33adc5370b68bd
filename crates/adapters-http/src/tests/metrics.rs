//! Metrics: what is counted, and how it is served.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use metrics_exporter_prometheus::PrometheusBuilder;

use super::world::{Sender, World, concert_id, get};

#[actix_web::test]
async fn metrics_are_plain_text_whatever_is_accepted() {
    for accept in ["text/plain", "application/openmetrics-text", "application/json", "*/*;q=0"] {
        let reply = World::new().send(get("/metrics").operator().insert_header(("accept", accept))).await;
        assert_eq!((reply.status.as_u16(), reply.text().as_str()), (200, "counted 1\n"));
        assert_eq!(reply.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        assert_eq!(reply.header("cache-control"), "no-store");
    }
}

#[actix_web::test]
async fn requests_are_counted_by_method_route_and_status() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let recording = metrics::set_default_local_recorder(&recorder);
    let concert = format!("/api/v1/concerts/{}", concert_id());
    World::with_programme()
        .send_all(vec![
            get(&concert),
            get(&concert),
            get("/api/v1/concerts/%20"),
            TestRequest::with_uri(&concert).method(Method::PUT),
            TestRequest::with_uri(&concert).method(Method::from_bytes(b"BREW").unwrap()),
            get("/api/v1/queue/token"),
            get("/api/v1/queue/token").ada(),
            get("/api/v1/nowhere-9f3"),
            get("/docs/swagger-ui.css"),
        ])
        .await;
    drop(recording);
    let text = recorder.handle().render();
    for (method, route, status, count) in [
        ("GET", "/api/v1/concerts/{concertId}", 200, 2),
        ("GET", "/api/v1/concerts/{concertId}", 400, 1),
        ("PUT", "/api/v1/concerts/{concertId}", 405, 1),
        ("other", "/api/v1/concerts/{concertId}", 405, 1),
        ("GET", "/api/v1/queue/token", 401, 2),
        ("GET", "unmatched", 404, 1),
        ("GET", "/docs/{file}", 200, 1),
    ] {
        let labels = format!("method=\"{method}\",route=\"{route}\"");
        let line = format!("seatline_http_requests_total{{{labels},status=\"{status}\"}} {count}");
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        assert!(
            text.contains(&format!("seatline_http_request_duration_seconds_count{{{labels}}}")),
            "{labels}"
        );
    }
    assert!(!text.contains("nowhere-9f3") && !text.contains("BREW"), "{text}");
}
