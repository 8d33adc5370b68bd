use futures::future::join_all;
use seatline_tests::{RawConnection, connections_at, eventually};

use super::{credentials, end, start};

const POST: &str = "POST /api/v1/users HTTP/1.1\r\nHost: seatline\r\nContent-Type: application/json\r\n";

/// What is sent at once, and what follows byte by byte for ever.
fn drips() -> Vec<(&'static str, Vec<u16>, String, &'static str)> {
    let get = "GET /health/live HTTP/1.1\r\nHost: seatline\r\n\r\n";
    vec![
        ("nothing but line breaks", vec![0, 408, 400], String::new(), "\r\n"),
        ("a method", vec![408, 0], String::new(), "G"),
        ("a target", vec![408, 0], "GET /".into(), "a"),
        ("headers", vec![408, 0], "GET / HTTP/1.1\r\nHost: seatline\r\n".into(), "X-A: b\r\n"),
        ("one header", vec![408, 0], "GET / HTTP/1.1\r\nX-Slow: ".into(), "a"),
        ("a later head", vec![200], format!("{get}GET / HTTP/1.1\r\n"), "X-A: b\r\n"),
        ("a body", vec![400], format!("{POST}Content-Length: 10000\r\n\r\n"), " "),
        ("a chunk", vec![400], format!("{POST}Transfer-Encoding: chunked\r\n\r\n2710\r\n"), " "),
        ("chunks", vec![400], format!("{POST}Transfer-Encoding: chunked\r\n\r\n"), "1\r\n \r\n"),
        ("a size", vec![400], format!("{POST}Transfer-Encoding: chunked\r\n\r\n"), "0"),
        ("an extension", vec![400], format!("{POST}Transfer-Encoding: chunked\r\n\r\n1;"), "a"),
        (
            "trailing headers",
            vec![400],
            format!("{POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n"),
            "X-A: b\r\n",
        ),
        ("a body that is too large", vec![413], format!("{POST}Content-Length: 20000\r\n\r\n"), " "),
        (
            "a chunk that is too large",
            vec![413],
            format!("{POST}Transfer-Encoding: chunked\r\n\r\nffff\r\n{}", " ".repeat(20_000)),
            " ",
        ),
        (
            "a body that nobody wants",
            vec![400],
            "GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n".into(),
            " ",
        ),
        (
            "a body of the wrong type",
            vec![415],
            format!("{POST}Content-Length: 10000\r\n\r\n").replace("json", "xml"),
            " ",
        ),
        (
            "a body of nobody",
            vec![401],
            format!("{POST}Content-Length: 10000\r\n\r\n").replace("users", "payments"),
            " ",
        ),
        (
            "a body for nothing",
            vec![404],
            format!("{POST}Content-Length: 10000\r\n\r\n").replace("users", "nothing"),
            " ",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_byte_by_byte_is_given_up() {
    let fixture = start(10).await;
    let before = fixture.cluster.database().census().await;
    let address = fixture.cluster.address(0);
    join_all(drips().into_iter().map(|(what, expected, start, drops)| async move {
        let (status, answer) =
            RawConnection::open(address).await.drip(start.as_bytes(), drops.as_bytes()).await;
        assert!(expected.contains(&status), "{what}: {status} {answer}");
    }))
    .await;
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    end(fixture.cluster).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_say_nothing_are_sent_away() {
    let fixture = start(10).await;
    let address = fixture.cluster.address(0);
    let (mut silent, mut idle) = (RawConnection::open(address).await, RawConnection::open(address).await);
    idle.send(b"GET /health/live HTTP/1.1\r\nHost: seatline\r\n\r\n").await;
    assert_eq!(idle.read_to_end().await.0, 200);
    assert!([0, 408].contains(&silent.read_to_end().await.0));
    end(fixture.cluster).await;
}

/// Somebody who closes only their own half still gets the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_are_done_asking_are_answered() {
    let fixture = start(10).await;
    let before = fixture.cluster.database().census().await;
    let address = fixture.cluster.address(0);
    for (expected, request) in [
        (200, format!("GET /api/v1/users/me HTTP/1.1\r\n{}\r\n", credentials(&fixture.ada))),
        (0, "GET /api/v1/users/me HTTP/1.1\r\n".to_owned()),
        (400, format!("{POST}Content-Length: 100\r\n\r\n{{")),
        (400, format!("{POST}Transfer-Encoding: chunked\r\n\r\n5\r\n{{")),
    ] {
        let mut connection = RawConnection::open(address).await;
        connection.send(request.as_bytes()).await;
        connection.finish().await;
        let (status, answer) = connection.read_to_end().await;
        assert!(status == expected || (status == 0 && expected == 400), "{request}: {answer}");
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    end(fixture.cluster).await;
}

/// A large seat map is more than the operating system keeps for a client that reads nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_nobody_fetches_are_given_up() {
    const READERS: usize = 20;
    let fixture = start(20_000).await;
    let address = fixture.cluster.address(0);
    let map = format!(
        "GET /api/v1/performances/{}/seats HTTP/1.1\r\n{}\r\n",
        fixture.sale.performance_id,
        credentials(&fixture.ada)
    );
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let mut reader = RawConnection::open_narrow(address).await;
        reader.send(map.as_bytes()).await;
        readers.push(reader);
    }
    // Others are served meanwhile.
    assert_eq!(fixture.ada.seats(&fixture.sale).await["totalSeats"], 20_000);
    eventually("all are sent away", async || (connections_at(address).ok()? == 0).then_some(())).await;
    drop(readers);
    end(fixture.cluster).await;
}

/// Requests in a row whose answers nobody fetches are not all worked off first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_of_requests_whose_answers_nobody_fetches_is_given_up() {
    let fixture = start(20_000).await;
    let address = fixture.cluster.address(0);
    let map = format!(
        "GET /api/v1/performances/{}/seats HTTP/1.1\r\n{}\r\n",
        fixture.sale.performance_id,
        credentials(&fixture.ada)
    );
    let mut reader = RawConnection::open_narrow(address).await;
    reader.send(map.repeat(100).as_bytes()).await;
    eventually("it is sent away", async || (connections_at(address).ok()? == 0).then_some(())).await;
    end(fixture.cluster).await;
}

/// A stream of events is for hours, but not for those who vanish or end it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_of_events_end_with_their_clients() {
    const STREAMS: usize = 50;
    let fixture = start(10).await;
    let address = fixture.cluster.address(0);
    let watch = format!("GET /api/v1/queue/token/events HTTP/1.1\r\n{}\r\n", credentials(&fixture.ada));
    for hang_up in [RawConnection::reset, drop] {
        let mut streams = Vec::new();
        for _ in 0..STREAMS {
            let mut stream = RawConnection::open(address).await;
            stream.send(watch.as_bytes()).await;
            stream.read_until("event: active").await;
            streams.push(stream);
        }
        assert!(connections_at(address).unwrap() >= STREAMS);
        streams.into_iter().for_each(hang_up);
        eventually("all are gone", async || (connections_at(address).ok()? == 0).then_some(())).await;
    }
    end(fixture.cluster).await;
}
