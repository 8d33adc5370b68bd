//! Large answers are sent within a budget, small ones in any case.

use std::io::Write;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use metrics_exporter_prometheus::PrometheusBuilder;

use super::server::{Running, read_to_end};
use super::world::{Sender, World, get};

const LARGE: &str = "/api/openapi.json";

/// Nobody may begin a large answer, by the one bound or the other.
fn without_budget(memory_bytes: usize, client_bytes: u64) -> World {
    let mut world = World::new();
    world.settings.limits.unsent_memory_bytes_max = memory_bytes;
    world.settings.limits.unsent_client_bytes_max = client_bytes;
    world
}

#[actix_web::test]
async fn beyond_the_budget_what_is_large_is_refused_and_what_is_small_is_not() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let recording = metrics::set_default_local_recorder(&recorder);
    for (memory_bytes, client_bytes, status, code) in
        [(1_000, 1, 503, "unavailable"), (1 << 30, 0, 429, "rate_limited")]
    {
        let requests = [
            get(LARGE),
            get("/docs/swagger-ui-bundle.js"),
            get("/health/live"),
            TestRequest::with_uri(LARGE).method(Method::HEAD),
            get(LARGE).operator(),
        ];
        let replies = without_budget(memory_bytes, client_bytes).send_all(requests).await;
        let [large, file, small, head, operator] = replies.as_slice() else { panic!() };
        for refused in [large, file] {
            let problem = refused.problem(status, code);
            assert_eq!(problem["retryAfterSeconds"].to_string(), refused.header("retry-after"));
        }
        assert_eq!([small, head, operator].map(|reply| reply.status.as_u16()), [200; 3]);
        assert_eq!((head.body.len(), operator.body.len() > 64 * 1_024), (0, true));
    }
    drop(recording);
    let text = recorder.handle().render();
    for refused in ["{limit=\"instance\"} 2", "{limit=\"address\"} 2"] {
        let line = format!("seatline_unsent_refused_total{refused}");
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
}

#[test]
fn over_a_connection_a_large_answer_is_whole_and_its_head_alone_is_a_head() {
    let running = Running::serve(World::new());
    let ask = |method: &str| {
        let mut stream = running.connect();
        let request = format!("{method} {LARGE} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        read_to_end(&mut stream)
    };
    let (whole, head) = (ask("GET"), ask("HEAD"));
    let (head_of_whole, body) = whole.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, crate::openapi_json().unwrap());
    let length = format!("content-length: {}\r\n", body.len());
    assert!(head_of_whole.contains(&length) && head.contains(&length), "{head}");
    assert!(head.ends_with("\r\n\r\n") && head.matches("\r\n\r\n").count() == 1, "{head}");
    running.stop();
}
