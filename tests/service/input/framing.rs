//! What no HTTP client would send.

use seatline_tests::RawConnection;

use super::{Scene, assert_discreet};

/// Requests whose frame is not sound. None may have an effect, and the connection must be closed.
fn unsound_frames() -> Vec<(&'static str, Vec<u8>)> {
    let post = "POST /api/v1/users HTTP/1.1\r\nHost: seatline\r\nContent-Type: application/json\r\n";
    let many: Vec<_> = (0..150).map(|n| format!("X-Header-{n}: {n}\r\n")).collect();
    let many = many.concat();
    let (large, long) = ("x".repeat(200_000), "x".repeat(64 * 1_024));
    vec![
        ("two lengths", format!("{post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}")),
        (
            "length and chunks",
            format!("{post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"),
        ),
        ("a length that is no number", format!("{post}Content-Length: two\r\n\r\n{{}}")),
        ("a negative length", format!("{post}Content-Length: -2\r\n\r\n{{}}")),
        ("an unknown transfer encoding", format!("{post}Transfer-Encoding: gzip\r\n\r\n{{}}")),
        (
            "a chunk without a size",
            format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n"),
        ),
        ("150 headers", format!("{post}{many}Content-Length: 2\r\n\r\n{{}}")),
        ("a header of 200 KB", format!("{post}X-Large: {large}\r\nContent-Length: 2\r\n\r\n{{}}")),
        ("a target of 64 KB", format!("GET /{long} HTTP/1.1\r\nHost: seatline\r\n\r\n")),
        ("no HTTP", "Zq7marker\r\n\r\n".to_owned()),
        ("HTTP/9", "GET / HTTP/9.9\r\nHost: seatline\r\n\r\n".to_owned()),
        ("a NUL in a header", format!("{post}X-Nul: a\0b\r\nContent-Length: 2\r\n\r\n{{}}")),
    ]
    .into_iter()
    .map(|(what, request)| (what, request.into_bytes()))
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unsound_frames_are_refused_and_the_connection_is_closed() {
    let scene = Scene::set().await;
    let before = scene.cluster.database().census().await;
    for (what, request) in unsound_frames() {
        let (status, answer) = RawConnection::exchange(scene.cluster.address(0), &request).await;
        assert!(status == 0 || (400..500).contains(&status), "{what}: {answer}");
        assert_discreet(&answer, what);
    }
    assert_eq!(scene.cluster.database().census().await, before, "nothing is left behind");
    scene.cluster.client().get("/health/live").send().await.json(200);
    scene.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunked_body_is_bounded_too() {
    let scene = Scene::set().await;
    let before = scene.cluster.database().census().await;
    let mut connection = RawConnection::open(scene.cluster.address(0)).await;
    let head = "POST /api/v1/users HTTP/1.1\r\nHost: seatline\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    connection.send(head.as_bytes()).await;
    for _ in 0..20 {
        connection.send(format!("400\r\n{}\r\n", " ".repeat(0x400)).as_bytes()).await;
    }
    connection.send(b"0\r\n\r\n").await;
    let (status, answer) = connection.read_to_end().await;
    assert_eq!(status, 413, "{answer}");
    assert!(answer.contains("body_too_large") && answer.contains("application/problem+json"), "{answer}");
    assert_eq!(scene.cluster.database().census().await, before, "nothing is left behind");
    scene.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_hang_up_leave_nothing_half_done() {
    let scene = Scene::set().await;
    let charge = |key: usize| {
        format!(
            "POST /api/v1/points/charges HTTP/1.1\r\nHost: seatline\r\nAuthorization: Bearer {}\r\n\
             Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{{\"amount\":1}}",
            scene.ada.access_token
        )
    };
    let length = charge(0).len();
    for cut in (0..=length).step_by(7).chain([length]) {
        let mut connection = RawConnection::open(scene.cluster.address(0)).await;
        connection.send(&charge(cut).as_bytes()[..cut.min(charge(cut).len())]).await;
    }
    // The lanes still work, in order: after this charge, every earlier one has had its effect or none.
    scene.ada.charge(1).await;
    let open = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'
                      AND state_change < clock_timestamp() - interval '5 s'";
    assert_eq!(scene.cluster.database().query(open).await, ["0"]);
    scene.cluster.end().await;
}
