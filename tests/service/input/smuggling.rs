//! Requests that end in two places at once: whichever place somebody in front believes in, nothing hides behind it.

use seatline_tests::RawConnection;

use super::framing::{GET, POST};
use super::{assert_discreet, start};

/// What is to be taken for a request of its own.
const HIDDEN: &str = "POST /api/v1/users HTTP/1.1\r\nHost: seatline\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

/// Headers that say in two ways, or in none that is sure, where a body ends.
const AMBIGUOUS: &[&str] = &[
    "Content-Length: 2\r\nContent-Length: 3",
    "Content-Length: 2\r\nContent-Length: 2",
    "Content-Length: 2, 2",
    "Content-Length: 2\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 2",
    "Transfer-Encoding: chunked\r\nContent-Length: 0",
    "Transfer-Encoding: identity\r\nContent-Length: 2",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: Zq7marker",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding: \u{b}chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding:",
    "Transfer-Encoding : chunked",
    "Content-Length : 2",
    "Transfer-Encoding:\r\n chunked",
    "X: a\rTransfer-Encoding: chunked",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_hides_behind_a_body_whose_end_is_unsure() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    for headers in AMBIGUOUS {
        for body in
            [format!("2\r\n{{}}\r\n0\r\n\r\n{HIDDEN}"), format!("0\r\n\r\n{HIDDEN}"), format!("{{}}{HIDDEN}")]
        {
            let request = format!("{POST}{headers}\r\n\r\n{body}");
            let (status, answer) =
                RawConnection::exchange(fixture.cluster.address(0), request.as_bytes()).await;
            assert_eq!(status, 400, "{headers}: {answer}");
            assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{headers}: {answer}");
            assert_discreet(&answer, headers);
        }
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_refused_or_unwanted_body_holds_is_no_request() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let length = HIDDEN.len();
    let chunk = format!("{length:x}\r\n{HIDDEN}\r\n0\r\n\r\n");
    let (large, padding) = (20_000 + length, " ".repeat(20_000));
    let refused = POST.replace("application/json", "text/plain");
    for (answers, request) in [
        (2, format!("{GET}Content-Length: {length}\r\n\r\n{HIDDEN}{GET}Connection: close\r\n\r\n")),
        (2, format!("{GET}Transfer-Encoding: chunked\r\n\r\n{chunk}{GET}Connection: close\r\n\r\n")),
        (1, format!("{refused}Connection: close\r\nContent-Length: {length}\r\n\r\n{HIDDEN}")),
        (1, format!("{refused}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}")),
        (1, format!("{POST}Connection: close\r\nContent-Length: {large}\r\n\r\n{padding}{HIDDEN}")),
    ] {
        let (_, answer) = RawConnection::exchange(fixture.cluster.address(0), request.as_bytes()).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), answers, "{request}: {answer}");
        assert!(!answer.contains("accessToken"), "{request}: {answer}");
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

/// A client who said that a request was the last one may have sent what follows again, on another connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_done_after_the_last_request_of_a_connection() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let refused = POST.replace("application/json", "text/plain");
    for last in [
        format!("{GET}Connection: close\r\n\r\n"),
        format!("{GET}Connection: keep-alive, Close\r\n\r\n"),
        "GET /nothing HTTP/1.0\r\n\r\n".to_owned(),
        format!("{refused}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}"),
        format!("{POST}Connection: close\r\nContent-Length: 20000\r\n\r\n{}", " ".repeat(20_000)),
    ] {
        let mut connection = RawConnection::open(fixture.cluster.address(0)).await;
        connection.send(format!("{last}{HIDDEN}").as_bytes()).await;
        connection.finish().await;
        let (_, answer) = connection.read_to_end().await;
        assert!(!answer.contains("accessToken"), "{last}: {answer}");
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_a_row_are_answered_in_their_order() {
    let fixture = start().await;
    let two =
        "GET /health/live HTTP/1.1\r\nHost: seatline\r\n\r\nGET /nothing HTTP/1.1\r\nHost: seatline\r\n\r\n";
    let row = format!("{}{GET}Connection: close\r\n\r\n", two.repeat(25));
    let (_, answer) = RawConnection::exchange(fixture.cluster.address(0), row.as_bytes()).await;
    let statuses: Vec<_> = answer.split("HTTP/1.1 ").skip(1).map(|one| &one[..3]).collect();
    let expected: Vec<_> = (0..=50).map(|n| if n % 2 == 0 { "200" } else { "404" }).collect();
    assert_eq!(statuses, expected);
    fixture.cluster.end().await;
}
