//! Over real sockets: what depends on the connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::rt::System;
use seatline_application::Seatline;
use seatline_domain::page::Page;

use super::world::{World, concert};
use crate::{Server, ServerHandle};

/// Long enough for anything that is going to happen to have happened.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<()>,
}

impl Running {
    pub(super) fn serve(world: World) -> Self {
        Self::with_use_cases(world).0
    }

    /// A running server, and what it serves.
    pub(super) fn with_use_cases(world: World) -> (Self, Arc<Seatline>) {
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
                let (seatline, readiness, metrics, settings) = world.seatline();
                let use_cases = seatline.clone();
                let server =
                    Server::bind(listener, None, seatline, readiness, metrics, settings, None).unwrap();
                tell.send((server.local_addr(), server.handle(), use_cases)).unwrap();
                server.run().await.unwrap();
            });
        });
        let (address, handle, seatline) = told.recv().unwrap();
        (Self { address, handle, thread }, seatline)
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends these bytes and reads until the server closes the connection.
    fn exchange(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may refuse before it has read everything.
        let _ = stream.write_all(request);
        read_to_end(&mut stream)
    }

    pub(super) fn stop(self) {
        System::new().block_on(self.handle.stop());
        self.thread.join().unwrap();
    }
}

pub(super) fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

fn hasty() -> World {
    let mut world = World::new();
    // The server's own clock for heads and idle connections is half a second coarse.
    world.settings.limits.head_deadline = Duration::from_secs(2);
    world.settings.limits.body_deadline = Duration::from_millis(300);
    world.settings.limits.idle_timeout = Duration::from_secs(1);
    world
}

const POST: &str = "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

#[test]
fn requests_are_served_on_a_port_of_the_systems_choice() {
    let running = Running::serve(World::new());
    let answer = running.exchange(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n{\"status\":\"UP\"}"), "{answer}");
    let answer = running.exchange(b"HEAD /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(answer.contains("content-length: 15\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
    running.stop();
}

#[test]
fn slow_heads_and_slow_bodies_are_bounded() {
    let running = Running::serve(hasty());
    let started = Instant::now();
    let mut stream = running.connect();
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost:").unwrap();
    assert_problem(&read_to_end(&mut stream), 408, "request_timeout");
    for start in [
        format!("{POST}Content-Length: 100\r\n\r\n{{\"na"),
        format!("{POST}Transfer-Encoding: chunked\r\n\r\n5\r\n{{\"nam"),
    ] {
        let mut stream = running.connect();
        stream.write_all(start.as_bytes()).unwrap();
        let answer = read_to_end(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(answer.contains("\"code\":\"malformed_request\""), "{answer}");
    }
    let mut stream = running.connect();
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTTP/1.1\r\nHo").unwrap();
    let answer = read_to_end(&mut stream);
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 1, "{answer}");
    assert!(started.elapsed() < PATIENCE, "no read ran into its own limit");
    running.stop();
}

#[test]
fn large_bodies_are_refused_before_they_are_whole() {
    let running = Running::serve(hasty());
    let megabyte = "x".repeat(1 << 20);
    let declared = format!("{POST}Content-Length: {}\r\n\r\n{megabyte}", megabyte.len());
    let chunked = format!("{POST}Transfer-Encoding: chunked\r\n\r\n100000\r\n{megabyte}\r\n0\r\n\r\n");
    let never_sent = format!("{POST}Content-Length: 16385\r\n\r\n");
    for request in [declared, chunked, never_sent] {
        let answer = running.exchange(request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.contains("\"code\":\"body_too_large\""), "{answer}");
    }
    running.stop();
}

#[test]
fn ambiguous_and_oversized_heads_are_refused() {
    let running = Running::serve(hasty());
    let many = (0..150).fold(String::new(), |headers, index| format!("{headers}X-{index}: 1\r\n"));
    for (name, request) in [
        ("two content lengths", format!("{POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}")),
        (
            "length and chunked",
            format!("{POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"),
        ),
        ("no host", "GET /health/live HTTP/1.1\r\n\r\n".into()),
        ("two hosts", "GET /health/live HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n".into()),
        ("150 headers", format!("GET /health/live HTTP/1.1\r\nHost: x\r\n{many}\r\n")),
        (
            "200 KB header",
            format!("GET /health/live HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(200_000)),
        ),
        ("64 KB URI", format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(64 * 1_024))),
        ("line break in header", "GET /health/live HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n".into()),
        ("connect", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n".into()),
        ("trace", "TRACE /api/v1/users HTTP/1.1\r\nHost: x\r\n\r\n".into()),
        (
            "upgrade",
            format!("{POST}Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 1\r\n\r\n{{"),
        ),
        ("another expectation", format!("{POST}Expect: 200-ok\r\nContent-Length: 1\r\n\r\n{{")),
        ("garbage", "\u{1}\u{2}\u{3}\r\n\r\n".into()),
    ] {
        let answer = running.exchange(request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 4"), "{name}: {answer}");
        assert_eq!(
            answer.matches("\r\ncontent-type: application/problem+json\r\n").count(),
            1,
            "{name}: {answer}"
        );
    }
    running.stop();
}

/// Checks an answer that is a problem, alone on its connection.
#[track_caller]
fn assert_problem(answer: &str, status: u16, code: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    for header in ["connection: close", "content-type: application/problem+json", "x-frame-options: DENY"] {
        assert!(head.lines().any(|line| line == header), "{header}: {answer}");
    }
    assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{answer}");
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!((&problem["status"], &problem["code"]), (&status.into(), &code.into()), "{answer}");
    let id = problem["requestId"].as_str().unwrap();
    assert!(head.contains(&format!("x-request-id: {id}\r\n")), "{answer}");
}

#[test]
fn what_never_reaches_the_application_is_a_problem_too() {
    let running = Running::serve(World::new());
    let head = "GET /health/live HTTP/1.1\r\nHost: x\r\n";
    let (many, large) = ("X-A: 1\r\n".repeat(150), "x".repeat(1 << 20));
    for (status, code, request) in [
        (400, "malformed_request", "junk\r\n\r\n".to_owned()),
        (400, "malformed_request", format!("{head}Host: y\r\n\r\n")),
        (431, "headers_too_large", format!("{head}{many}\r\n")),
        (431, "headers_too_large", format!("{head}X-A: {large}\r\n\r\n")),
    ] {
        assert_problem(&running.exchange(request.as_bytes()), status, code);
    }
    let answers = running.exchange(format!("{head}\r\n{head}\r\njunk\r\n\r\n").as_bytes());
    assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{answers}");
    assert_problem(&answers[answers.rfind("HTTP/1.1 ").unwrap()..], 400, "malformed_request");
    running.stop();
}

#[test]
fn a_body_that_breaks_off_is_answered_once() {
    let running = Running::serve(World::new());
    let answer = running.exchange(format!("{POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    running.stop();
}

#[test]
fn requests_under_way_are_finished_before_the_server_stops() {
    let mut world = World::new();
    let (tell_started, started) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    world.programme.expect_concerts().returning(move |_| {
        tell_started.send(()).unwrap();
        released.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        Ok(Page { items: vec![concert()], next: None })
    });
    let running = Running::serve(world);
    let mut stream = running.connect();
    stream.write_all(b"GET /api/v1/concerts HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    started.recv_timeout(PATIENCE).unwrap();
    let stopping = std::thread::spawn(move || running.stop());
    release.send(()).unwrap();
    let answer = read_to_end(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("Winter Gala"), "{answer}");
    stopping.join().unwrap();
}

#[test]
fn a_request_that_never_ends_does_not_keep_the_server_from_stopping() {
    let mut world = World::new();
    world.settings.limits.shutdown_deadline = Duration::from_secs(1);
    world.settings.limits.body_deadline = Duration::from_hours(1);
    let running = Running::serve(world);
    let mut stream = running.connect();
    stream.write_all(format!("{POST}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n").as_bytes()).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    let begin = Instant::now();
    running.stop();
    assert_eq!(read_to_end(&mut stream), "");
    assert!(begin.elapsed() < PATIENCE, "it waited for the body");
}
