use futures::future::join_all;
use seatline_tests::{Sale, TestUser};
use serde_json::json;

use super::target::{Target, request_of, rounds, tally};

/// More than one client is given at a time of any large answer.
const CONNECTIONS: usize = 120;
/// So few that the connections to the database suffice.
const AT_A_TIME: usize = 4;
/// How much one client may have under way when another answer begins: of bytes, and of memory.
const BYTES: usize = 32 << 20;
const MEMORY_BYTES: usize = 8 << 20;
/// What is kept in memory of an answer at least.
const BUFFER_BYTES: usize = 32 * 1_024;

/// Everything else that is answered at length: the seats of a date, lists, and the documentation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_large_answer_is_given_without_end_to_those_who_read_nothing() {
    let target = Target::start().await;
    let operator = target.operator();
    let plan = Sale::builder().seats(20_000).seats_per_user(100);
    let sale = plan.clone().open(&operator).await;
    for _ in 0..3 {
        plan.add_performance(&operator, &sale.concert_id).await;
    }
    let ada = target.user().await.enter(&sale).await;
    hold_again_and_again(&ada, &sale, 30).await;
    let date = format!("/api/v1/concerts/{}/dates/{}/seats", sale.concert_id, sale.date);
    for _ in rounds() {
        for (path, is_made_for_one) in [
            (date.as_str(), false),
            ("/api/v1/reservations?limit=100", true),
            ("/api/openapi.json", false),
            ("/docs/swagger-ui-bundle.js", false),
        ] {
            let whole = ada.get(path).send().await;
            assert_eq!(whole.status, 200, "{path}");
            let bytes: usize = whole.header("content-length").unwrap().parse().unwrap();
            let kept = BUFFER_BYTES + if is_made_for_one { bytes } else { 0 };
            let given = BYTES.div_ceil(bytes).min(MEMORY_BYTES.div_ceil(kept));
            target.recovers().await;
            let requests = (0..CONNECTIONS).map(|_| request_of(&ada, path));
            let (connections, statuses) = target.besiege(AT_A_TIME, requests).await;
            assert_eq!(tally(&statuses), [(200, given), (429, CONNECTIONS - given)], "{path}: {bytes}");
            assert_eq!(ada.poll().await["state"], "ACTIVE", "{path}: what is small is served");
            assert_eq!(target.user().await.enter(&sale).await.get(&date).send().await.status, 200, "{path}");
            drop(connections);
            target.recovers().await;
        }
    }
    target.end().await;
}

/// Leaves reservations behind of a hundred seats each.
async fn hold_again_and_again(user: &TestUser, sale: &Sale, times: u64) {
    let seats: Vec<u64> = (1..=100).collect();
    for _ in 0..times {
        let held = user.hold(sale, &seats).await;
        user.try_cancel(&held).await.nothing(204);
    }
}

/// Requests in a row on one connection get their answers one after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_of_requests_is_one_large_answer_at_a_time() {
    let target = Target::start().await;
    let sale = Sale::builder().seats(20_000).open(&target.operator()).await;
    let ada = target.user().await.enter(&sale).await;
    let map = request_of(&ada, &format!("/api/v1/performances/{}/seats", sale.performance_id));
    let (connections, statuses) = target.besiege(2, [map.repeat(16), map.repeat(16)]).await;
    assert_eq!(statuses, [200, 200]);
    let (unsent, _) = target.unsent().await;
    assert!((1 << 20..4 << 20).contains(&unsent), "{unsent}");
    drop(connections);
    target.end().await;
}

/// Titles and venues are as long as an operator makes them, and the list of concerts is for anybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_programme_is_not_given_without_end_to_an_address() {
    let target = Target::start().await;
    let operator = target.operator();
    let long = "가나".repeat(100);
    let concert = json!({"title": long, "venue": long});
    join_all((0..100).map(|_| operator.add_concert(&concert))).await;
    let path = "/api/v1/concerts?limit=100";
    let whole = target.running.client().get(path).send().await;
    let bytes: usize = whole.header("content-length").unwrap().parse().unwrap();
    target.recovers().await;
    let ask = format!("GET {path} HTTP/1.1\r\nHost: seatline\r\n\r\n");
    let (connections, statuses) = target.besiege(AT_A_TIME, (0..CONNECTIONS).map(|_| ask.clone())).await;
    let given = MEMORY_BYTES.div_ceil(BUFFER_BYTES + bytes);
    assert_eq!(tally(&statuses), [(200, given), (429, CONNECTIONS - given)], "{bytes}");
    let ada = target.user().await;
    assert_eq!(ada.get("/api/openapi.json").send().await.status, 429, "it is the address that is counted");
    assert_eq!(ada.get("/api/v1/reservations").send().await.status, 200);
    drop(connections);
    target.end().await;
}
