//! Frames: what no HTTP client would send. Row "two Content-Lengths, …, 64 KB URI", and others of its kind.

use seatline_tests::{Answer, RawConnection};

use super::{assert_discreet, start};

pub(super) const GET: &str = "GET /health/live HTTP/1.1\r\nHost: seatline\r\n";
pub(super) const POST: &str =
    "POST /api/v1/users HTTP/1.1\r\nHost: seatline\r\nContent-Type: application/json\r\n";
const ONE_CHUNK: &str = "2\r\n{}\r\n0\r\n\r\n";

/// Heads that are refused, with their status.
fn unsound_heads() -> Vec<(u16, &'static str, Vec<u8>)> {
    let many = "X-Header: 1\r\n".repeat(150);
    let (large, long) = ("x".repeat(200_000), "x".repeat(64 * 1_024));
    let mut heads: Vec<_> = [
        (400, "no Host", "GET /health/live HTTP/1.1\r\n\r\n".to_owned()),
        (400, "two Hosts", format!("{GET}Host: other\r\n\r\n")),
        (400, "a length that is no number", format!("{POST}Content-Length: two\r\n\r\n{{}}")),
        (400, "a negative length", format!("{POST}Content-Length: -2\r\n\r\n{{}}")),
        (400, "a signed length", format!("{POST}Content-Length: +2\r\n\r\n{{}}")),
        (400, "a hexadecimal length", format!("{POST}Content-Length: 0x2\r\n\r\n{{}}")),
        (400, "an empty length", format!("{POST}Content-Length: \r\n\r\n{{}}")),
        (400, "a length beyond 2^64", format!("{POST}Content-Length: 99999999999999999999\r\n\r\n{{}}")),
        (431, "150 headers", format!("{POST}{many}Content-Length: 2\r\n\r\n{{}}")),
        (431, "a header of 200 KB", format!("{POST}X-Large: {large}\r\nContent-Length: 2\r\n\r\n{{}}")),
        (400, "a target of 64 KB", format!("GET /{long} HTTP/1.1\r\nHost: seatline\r\n\r\n")),
        (400, "no HTTP", "Zq7marker\r\n\r\n".to_owned()),
        (400, "HTTP/0.9", "GET /health/live\r\n\r\n".to_owned()),
        (400, "HTTP/9.9", "GET / HTTP/9.9\r\nHost: seatline\r\n\r\n".to_owned()),
        (
            400,
            "HTTP/2 with prior knowledge",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_owned(),
        ),
        (400, "TLS", "\x16\x03\x01\0\x05\x01\0\0\x01\x03\r\n\r\n".to_owned()),
        (400, "no slash", "GET health/live HTTP/1.1\r\nHost: seatline\r\n\r\n".to_owned()),
        (400, "a space in the target", "GET /a b HTTP/1.1\r\nHost: seatline\r\n\r\n".to_owned()),
        (400, "a line break in the target", "GET /a\r\nX-Injected: 1 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned()),
        (400, "a character in the target", "GET /é HTTP/1.1\r\nHost: seatline\r\n\r\n".to_owned()),
        (400, "a bad method", "G(T / HTTP/1.1\r\nHost: seatline\r\n\r\n".to_owned()),
        (400, "a NUL in a header", format!("{GET}X-Nul: a\0b\r\n\r\n")),
        (400, "a line break in a header", format!("{GET}X-Break: a\rX-Injected: 1\r\n\r\n")),
        (400, "a folded header", format!("{GET}X-Folded: a\r\n b\r\n\r\n")),
        (400, "a header without a colon", format!("{GET}X-Nothing\r\n\r\n")),
        (400, "a header without a name", format!("{GET}: a\r\n\r\n")),
        (400, "a space after a header's name", format!("{GET}X-Space : a\r\n\r\n")),
        (400, "a space before the first header", "GET / HTTP/1.1\r\n Host: x\r\n\r\n".to_owned()),
    ]
    .into_iter()
    .map(|(status, what, request)| (status, what, request.into_bytes()))
    .collect();
    heads.push((400, "random bytes", (0..=255).chain(*b"\r\n\r\n").collect()));
    heads
}

/// Bodies that end nowhere sound, after a good head.
fn unsound_chunks() -> Vec<(&'static str, String)> {
    let chunked = |body: &str| format!("{POST}Transfer-Encoding: chunked\r\n\r\n{body}");
    vec![
        ("a size that is no number", chunked("zz\r\n{}\r\n0\r\n\r\n")),
        ("no size", chunked("\r\n{}\r\n0\r\n\r\n")),
        ("a negative size", chunked("-2\r\n{}\r\n0\r\n\r\n")),
        ("a size with a prefix", chunked("0x2\r\n{}\r\n0\r\n\r\n")),
        ("a size beyond 2^64", chunked("fffffffffffffffff\r\n{}")),
        ("more than the size", chunked("1\r\n{}\r\n0\r\n\r\n")),
        ("no line break after a chunk", chunked("2\r\n{}xx0\r\n\r\n")),
        ("half a line break", chunked("2\n{}\n0\n\n")),
        ("half a line break in an extension", chunked("2;a\nb\r\n{}\r\n0\r\n\r\n")),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unsound_heads_are_refused_and_the_connection_is_closed() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    for (expected, what, request) in unsound_heads() {
        let (status, answer) = RawConnection::exchange(fixture.cluster.address(0), &request).await;
        assert_eq!(status, expected, "{what}: {answer}");
        let code = if status == 431 { "headers_too_large" } else { "malformed_request" };
        let refused = Answer::read(&answer);
        refused.problem(expected, code);
        assert_eq!(refused.header("connection"), Some("close"), "{what}: {answer}");
        assert!(!answer.to_lowercase().contains("injected"), "{what}: {answer}");
        assert_discreet(&answer, what);
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.client().get("/health/live").send().await.json(200);
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unsound_chunks_are_malformed_and_the_connection_is_closed() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    for (what, request) in unsound_chunks() {
        let (status, answer) = RawConnection::exchange(fixture.cluster.address(0), request.as_bytes()).await;
        assert_eq!(status, 400, "{what}: {answer}");
        assert!(answer.contains("\"malformed_request\""), "{what}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{what}: {answer}");
        assert_discreet(&answer, what);
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}

/// Uncommon, but sound: each is understood as it is meant.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uncommon_frames_are_understood() {
    let fixture = start().await;
    let close = "Connection: close\r\n";
    let chunked =
        |head: &str, body: &str| format!("{POST}{close}{head}Transfer-Encoding: chunked\r\n\r\n{body}");
    for (expected, what, request) in [
        (200, "HTTP/1.0", "GET /health/live HTTP/1.0\r\n\r\n".to_owned()),
        (400, "HTTP/1.0 in chunks", { chunked("", ONE_CHUNK).replacen("HTTP/1.1", "HTTP/1.0", 1) }),
        (
            200,
            "an absolute target",
            format!("{GET}{close}\r\n").replacen("/health", "http://seatline/health", 1),
        ),
        (200, "empty lines before", format!("\r\n\r\n{GET}{close}\r\n")),
        (200, "line feeds only", format!("{GET}{close}\r\n").replace("\r\n", "\n")),
        (200, "a header that is no ASCII", format!("{GET}{close}X-Name: é\r\n\r\n")),
        (
            200,
            "another protocol is offered",
            format!("{GET}{close}Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"),
        ),
        (400, "a body where none is wanted", format!("{GET}{close}Content-Length: 5\r\n\r\nhello")),
        (
            400,
            "chunks where none are wanted",
            format!("{GET}{close}Transfer-Encoding: chunked\r\n\r\n{ONE_CHUNK}"),
        ),
        (
            200,
            "no chunks where none are wanted",
            format!("{GET}{close}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ),
        (
            200,
            "an empty body with a type",
            format!("{GET}{close}Content-Type: application/json\r\nContent-Length: 0\r\n\r\n"),
        ),
        (404, "a tunnel", format!("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n{close}\r\n")),
        (404, "the server itself", format!("OPTIONS * HTTP/1.1\r\nHost: seatline\r\n{close}\r\n")),
        (405, "TRACE", format!("{GET}{close}\r\n").replacen("GET", "TRACE", 1)),
        (405, "a method of its own", format!("{GET}{close}\r\n").replacen("GET", "get", 1)),
        (400, "an empty body", format!("{POST}{close}Content-Length: 0\r\n\r\n")),
        (400, "no body", format!("{POST}{close}\r\n")),
        (201, "one chunk", chunked("", ONE_CHUNK)),
        (201, "an extension of a chunk", chunked("", "2;a=b\r\n{}\r\n0\r\n\r\n")),
        (201, "trailing headers", chunked("", "2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n")),
        (201, "one byte a chunk", chunked("", "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")),
        (
            413,
            "a length of 2^64 - 1",
            format!("{POST}{close}Content-Length: 18446744073709551615\r\n\r\n{{}}"),
        ),
    ] {
        let (status, answer) = RawConnection::exchange(fixture.cluster.address(0), request.as_bytes()).await;
        assert_eq!(status, expected, "{what}: {answer}");
        assert_eq!(
            answer.matches("HTTP/1.1 ").count() + answer.matches("HTTP/1.0 ").count(),
            1,
            "{what}: {answer}"
        );
    }
    let mut patient = RawConnection::open(fixture.cluster.address(0)).await;
    patient.send(format!("{POST}{close}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n").as_bytes()).await;
    patient.read_until("100 Continue\r\n\r\n").await;
    patient.send(b"{}").await;
    assert_eq!(patient.read_to_end().await.0, 201);
    fixture.cluster.end().await;
}

/// What frames a body is no body, and never becomes one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_frames_a_body_is_bounded_too() {
    /// More than the buffers of two sockets.
    const MANY: usize = 64 << 20;
    let fixture = start().await;
    let head = format!("{POST}Transfer-Encoding: chunked\r\n\r\n");
    let filler = "0".repeat(16_384);
    for (what, start) in [
        ("an extension", format!("{head}2;")),
        ("leading zeros", format!("{head}0")),
        ("a trailer", format!("{head}2\r\n{{}}\r\n0\r\nX-Trailer: ")),
        ("what follows a refused body", format!("{POST}Content-Length: 99999999\r\n\r\n")),
    ] {
        let connection = RawConnection::open(fixture.cluster.address(0)).await;
        let taken = connection.flood(start.as_bytes(), filler.as_bytes(), MANY).await;
        assert!(taken < MANY, "{what}: {taken} bytes");
    }
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunked_body_is_bounded_too() {
    let fixture = start().await;
    let before = fixture.cluster.database().census().await;
    let many = format!("400\r\n{}\r\n", " ".repeat(0x400)).repeat(20);
    let one = format!("30d40\r\n{}\r\n", " ".repeat(0x30d40));
    for chunks in [many + "0\r\n\r\n", one + "0\r\n\r\n"] {
        let mut connection = RawConnection::open(fixture.cluster.address(0)).await;
        let head = format!("{POST}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
        connection.send(head.as_bytes()).await;
        connection.send(chunks.as_bytes()).await;
        let (status, answer) = connection.read_to_end().await;
        assert_eq!(status, 413, "{answer}");
        assert!(answer.contains("body_too_large") && answer.contains("application/problem+json"), "{answer}");
    }
    assert_eq!(fixture.cluster.database().census().await, before, "nothing is left behind");
    fixture.cluster.end().await;
}
