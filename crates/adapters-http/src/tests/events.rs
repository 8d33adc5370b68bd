//! The stream of events, over real sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::rt::System;
use seatline_application::Seatline;
use seatline_domain::queue::{Capacity, Pass, PassAt, PassEnd, PassState, RoomStatus, policy};
use serde_json::Value;

use super::server::{PATIENCE, Running};
use super::world::{ADA, Sender, World, active, ada, bob, claims, figures, get, now, queue_token};

const PATH: &str = "/api/v1/queue/token/events";

/// State of Ada's pass, number 5.
#[derive(Clone, Copy)]
enum Ada {
    Behind(u64),
    Active,
    Ended(PassEnd),
}

/// A room in which only Ada waits, the running service, and the stage for what happens next.
struct Sale {
    running: Running,
    seatline: Arc<Seatline>,
    ada: Arc<Mutex<Ada>>,
}

impl Sale {
    fn open(stands: Ada, adjust: impl FnOnce(&mut World)) -> Self {
        let ada = Arc::new(Mutex::new(stands));
        let mut world = world(&ada);
        adjust(&mut world);
        let (running, seatline) = Running::with_use_cases(world);
        Self { running, seatline, ada }
    }

    /// Something happens, and the service takes note and announces it, which takes a moment.
    fn then(&self, stands: Ada) {
        *self.ada.lock().unwrap() = stands;
        let happened = Instant::now();
        let announced = (policy::PUBLISH_AFTER + policy::PUBLISH_EVERY).to_std().unwrap();
        while happened.elapsed() <= announced {
            self.tick();
        }
    }

    fn tick(&self) {
        System::new().block_on(async {
            self.seatline.admit_waiting.execute().await.unwrap();
            self.seatline.watch_queue.tick().await.unwrap();
        });
    }

    fn watch(&self, last: Option<&str>) -> Watching {
        Watching::begin(self.running.connect(), "GET", last)
    }
}

fn world(ada_stands: &Arc<Mutex<Ada>>) -> World {
    let mut world = World::new();
    let stands = ada_stands.clone();
    world.queue.expect_pass().returning(move |concert_id, number| {
        let mut pass = Pass::waiting(concert_id, number, ada(), claims(ada()).issued_at);
        match *stands.lock().unwrap() {
            Ada::Behind(_) => {}
            Ada::Active => pass.state = active(),
            Ada::Ended(end) => pass.state = PassState::Ended { end, at: now(), admitted_at: Some(now()) },
        }
        Ok(Some(PassAt { pass, as_of: now(), room_status: RoomStatus::Open }))
    });
    let stands = ada_stands.clone();
    world.queue.expect_news().returning(move |_| {
        let mut figures = figures();
        figures.settings.capacity = Capacity::parse(1).unwrap();
        figures.now_serving = match *stands.lock().unwrap() {
            Ada::Behind(ahead) => 4 - ahead,
            Ada::Active | Ada::Ended(_) => 5,
        };
        Ok(super::world::news(figures))
    });
    world
}

/// One who reads a stream.
struct Watching {
    head: String,
    lines: BufReader<TcpStream>,
}

impl Watching {
    fn begin(mut stream: TcpStream, method: &str, last: Option<&str>) -> Self {
        let last = last.map_or(String::new(), |last| format!("Last-Event-ID: {last}\r\n"));
        let token = queue_token(ada());
        let head = format!(
            "{method} {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ADA}\r\nQueue-Token: {token}\r\n{last}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut watching = Self { head: String::new(), lines: BufReader::new(stream) };
        while !watching.head.ends_with("\r\n\r\n") {
            assert!(watching.lines.read_line(&mut watching.head).unwrap() > 0, "{}", watching.head);
        }
        watching
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// The next piece of the body: up to an empty line. Empty when the body is over.
    fn piece(&mut self) -> String {
        let size = usize::from_str_radix(&self.line(), 16).unwrap();
        let mut piece = vec![0; size + 2];
        self.lines.read_exact(&mut piece).unwrap();
        piece.truncate(size);
        String::from_utf8(piece).unwrap()
    }

    /// The next event: its name, id and data.
    fn event(&mut self) -> (String, String, Value) {
        let mut piece = self.piece();
        while piece.starts_with(':') {
            piece = self.piece();
        }
        let mut fields = piece.lines().map(|line| line.split_once(": ").unwrap_or((line, "")));
        let mut field = |name: &str| {
            let (found, value) = fields.next().unwrap_or_default();
            assert_eq!(found, name, "{piece}");
            value.to_owned()
        };
        let (event, id, retry) = (field("event"), field("id"), field("retry"));
        let data: Value = serde_json::from_str(&field("data")).unwrap();
        assert_eq!(retry, data["pollAfterMs"].to_string());
        assert!(piece.ends_with("}\n\n"), "{piece}");
        (event, id, data)
    }

    #[track_caller]
    fn expect(&mut self, event: &str, id: &str, state: &str, position: u64) {
        let (told, told_id, data) = self.event();
        assert_eq!((told.as_str(), told_id.as_str()), (event, id));
        assert_eq!((&data["state"], &data["position"]), (&Value::from(state), &Value::from(position)));
        assert_eq!((&data["number"], &data["token"]), (&Value::from(5), &Value::from(queue_token(ada()))));
    }

    #[track_caller]
    fn preface(&mut self, retry: &str) {
        assert_eq!(self.piece(), format!("retry: {retry}\n\n"));
    }

    #[track_caller]
    fn end(&mut self) {
        assert_eq!(self.piece(), "");
    }
}

#[test]
fn a_stream_tells_of_positions_the_turn_and_the_end() {
    let sale = Sale::open(Ada::Behind(3), |_| {});
    let mut watching = sale.watch(None);
    assert!(watching.head.starts_with("HTTP/1.1 200 OK\r\n"), "{}", watching.head);
    for header in [
        "content-type: text/event-stream",
        "cache-control: no-store",
        "x-accel-buffering: no",
        "x-request-id: ",
    ] {
        assert!(watching.head.contains(header), "{header} is missing: {}", watching.head);
    }
    watching.preface("1000");
    watching.expect("position", "5-w4", "WAITING", 4);
    sale.tick();
    sale.then(Ada::Behind(1));
    watching.expect("position", "5-w2", "WAITING", 2);
    sale.then(Ada::Active);
    watching.expect("active", "5-a", "ACTIVE", 0);
    sale.tick();
    sale.then(Ada::Ended(PassEnd::Completed));
    watching.expect("ended", "5-e", "COMPLETED", 0);
    watching.end();
    sale.running.stop();
}

#[test]
fn a_client_that_connects_again_is_told_only_what_is_new() {
    let sale = Sale::open(Ada::Behind(3), |_| {});
    let (mut unmoved, mut nearer) = (sale.watch(Some("5-w4")), sale.watch(Some("5-w2")));
    for unknown in ["6-w4", "5-w4; drop", ""] {
        let mut watching = sale.watch(Some(unknown));
        watching.preface("1000");
        watching.expect("position", "5-w4", "WAITING", 4);
    }
    sale.then(Ada::Behind(1));
    sale.then(Ada::Behind(0));
    unmoved.preface("1000");
    unmoved.expect("position", "5-w2", "WAITING", 2);
    unmoved.expect("position", "5-w1", "WAITING", 1);
    nearer.preface("1000");
    nearer.expect("position", "5-w1", "WAITING", 1);
    sale.then(Ada::Active);
    let mut active = sale.watch(Some("5-a"));
    sale.then(Ada::Ended(PassEnd::Left));
    active.preface("5000");
    active.expect("ended", "5-e", "LEFT", 0);
    active.end();
    let mut ended = sale.watch(Some("5-e"));
    ended.preface("30000");
    ended.expect("ended", "5-e", "LEFT", 0);
    ended.end();
    sale.running.stop();
}

#[test]
fn streams_are_bounded() {
    let sale = Sale::open(Ada::Behind(3), |world| world.streams_max = 1);
    let mut first = sale.watch(None);
    first.preface("1000");
    let mut refused = sale.watch(None);
    assert!(refused.head.starts_with("HTTP/1.1 503 "), "{}", refused.head);
    assert!(refused.head.contains("retry-after: 1\r\n"), "{}", refused.head);
    let length = refused.head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    refused.lines.read_exact(&mut body).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["code"], "unavailable");
    sale.then(Ada::Ended(PassEnd::Expired));
    first.expect("position", "5-w4", "WAITING", 4);
    first.expect("ended", "5-e", "EXPIRED", 0);
    first.end();
    for _ in 0..3 {
        let mut next = sale.watch(None);
        next.preface("30000");
        next.expect("ended", "5-e", "EXPIRED", 0);
        next.end();
    }
    sale.running.stop();
}

#[test]
fn streams_live_past_every_deadline_of_requests_and_say_so() {
    let sale = Sale::open(Ada::Behind(3), |world| {
        let limits = &mut world.settings.limits;
        (limits.head_deadline, limits.idle_timeout) =
            (Duration::from_millis(500), Duration::from_millis(500));
        limits.heartbeat = Duration::from_millis(250);
    });
    let mut watching = sale.watch(None);
    watching.preface("1000");
    watching.expect("position", "5-w4", "WAITING", 4);
    for _ in 0..16 {
        assert_eq!(watching.piece(), ":\n\n");
    }
    sale.running.stop();
}

#[test]
fn a_stream_that_is_old_closes_and_another_is_opened() {
    let sale = Sale::open(Ada::Behind(3), |world| {
        world.settings.limits.heartbeat = Duration::from_millis(20);
        world.settings.limits.stream_age_max = Duration::from_millis(100);
    });
    for _ in 0..2 {
        let mut watching = sale.watch(None);
        watching.preface("1000");
        watching.expect("position", "5-w4", "WAITING", 4);
        let last = std::iter::repeat_with(|| watching.piece()).find(|piece| piece != ":\n\n");
        assert_eq!(last.as_deref(), Some(""), "it ends");
    }
    sale.running.stop();
}

#[test]
fn who_hangs_up_makes_room() {
    let sale = Sale::open(Ada::Behind(3), |world| {
        world.streams_max = 1;
        world.settings.limits.heartbeat = Duration::from_millis(20);
    });
    let first = sale.watch(None);
    first.lines.get_ref().shutdown(Shutdown::Both).unwrap();
    drop(first);
    let begin = Instant::now();
    while sale.watch(None).head.starts_with("HTTP/1.1 503 ") {
        assert!(begin.elapsed() < PATIENCE, "the place is kept");
    }
    sale.running.stop();
}

#[test]
fn streams_end_when_the_server_stops() {
    let sale = Sale::open(Ada::Behind(3), |_| {});
    let mut watching = sale.watch(None);
    watching.preface("1000");
    watching.expect("position", "5-w4", "WAITING", 4);
    let begin = Instant::now();
    let Sale { running, .. } = sale;
    running.stop();
    watching.end();
    assert_eq!(watching.line(), "", "the connection is closed");
    assert!(begin.elapsed() < Duration::from_secs(15), "nothing waited for the stream");
}

#[test]
fn the_head_alone_can_be_had() {
    let sale = Sale::open(Ada::Behind(3), |world| world.streams_max = 1);
    for _ in 0..3 {
        let watching = Watching::begin(sale.running.connect(), "HEAD", None);
        assert!(watching.head.contains("content-type: text/event-stream"), "{}", watching.head);
    }
    sale.running.stop();
}

#[test]
fn a_client_of_http_1_0_reads_until_the_connection_is_closed() {
    for (method, kept) in
        [("GET", ""), ("GET", "Connection: keep-alive\r\n"), ("HEAD", "Connection: keep-alive\r\n")]
    {
        let sale = Sale::open(Ada::Ended(PassEnd::Left), |_| ());
        let mut stream = sale.running.connect();
        let token = queue_token(ada());
        let head = format!(
            "{method} {PATH} HTTP/1.0\r\n{kept}Authorization: Bearer {ADA}\r\nQueue-Token: {token}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
        for header in ["transfer-encoding", "keep-alive", "content-length"] {
            assert!(!head.contains(header), "{header}: {answer}");
        }
        assert_eq!(body.contains("event: ended\n"), method == "GET", "{answer}");
        assert!(body.lines().all(|line| line.is_empty() || line.contains(':')), "no sizes: {answer}");
        sale.running.stop();
    }
}

#[actix_web::test]
async fn a_stream_is_for_its_bearer() {
    World::new().send(get(PATH)).await.problem(401, "unauthenticated");
    World::new().send(get(PATH).ada()).await.problem(401, "queue_token_missing");
    World::new().send(get(PATH).ada().queue_token("x.y")).await.problem(401, "queue_token_invalid");
    let reply = World::new().send(get(PATH).ada().queue_token(&queue_token(bob()))).await;
    reply.problem(403, "queue_token_mismatch");
    let mut world = World::new();
    world.queue.expect_pass().returning(|_, _| Ok(None));
    world.send(get(PATH).ada_in_line()).await.problem(401, "queue_token_invalid");
    let picky = get(PATH).ada_in_line().insert_header(("accept", "application/json"));
    World::new().send(picky).await.problem(406, "not_acceptable");
}
