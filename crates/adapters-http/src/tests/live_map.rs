//! The stream of what changes of seats, over real sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use actix_web::rt::System;
use seatline_application::Seatline;
use seatline_domain::id::ReservationId;
use seatline_domain::queue::{Pass, PassAt, PassEnd, PassState, RoomStatus};
use seatline_domain::seat::{Seat, SeatKey, SeatMap, SeatNumber, SeatState};
use serde_json::{Value, json};
use uuid::Uuid;

use super::server::Running;
use super::world::{
    ADA, Sender, World, active, ada, amount, bob, claims, get, now, performance_id, queue_token,
};

/// Which of how many seats are sold to Bob.
type Sold = fn(u32) -> bool;

/// A performance that Ada watches in her turn.
struct Hall {
    running: Running,
    seatline: Arc<Seatline>,
    sold: Arc<Mutex<Sold>>,
    pass: Arc<Mutex<PassState>>,
}

fn path() -> String {
    format!("/api/v1/performances/{}/seats/events", performance_id())
}

fn map(seats: u32, sold: Sold) -> SeatMap {
    let reservation_id = ReservationId::new(Uuid::from_u128(9));
    let seats = (1..=seats).map(|number| Seat {
        key: SeatKey { performance_id: performance_id(), number: SeatNumber::parse(number).unwrap() },
        section: "Floor".into(),
        price: amount("5000"),
        state: match number {
            2 => SeatState::Sold { reservation_id, user_id: ada() },
            3 => SeatState::Blocked,
            _ if sold(number) => SeatState::Sold { reservation_id, user_id: bob() },
            _ => SeatState::Available,
        },
    });
    SeatMap::of(seats, now())
}

impl Hall {
    fn of(seats: u32, sold: Sold, adjust: impl FnOnce(&mut World)) -> Self {
        let (sold, pass) = (Arc::new(Mutex::new(sold)), Arc::new(Mutex::new(active())));
        let mut world = World::with_programme();
        let stands = pass.clone();
        world.queue.expect_pass().returning(move |concert_id, number| {
            let mut pass = Pass::waiting(concert_id, number, ada(), claims(ada()).issued_at);
            pass.state = *stands.lock().unwrap();
            Ok(Some(PassAt { pass, as_of: now(), room_status: RoomStatus::Open }))
        });
        let are_sold = sold.clone();
        world.inventory.expect_seat_map().returning(move |_| {
            let sold = *are_sold.lock().unwrap();
            Ok(map(seats, sold).into())
        });
        adjust(&mut world);
        let (running, seatline) = Running::with_use_cases(world);
        Self { running, seatline, sold, pass }
    }

    fn tick(&self) {
        System::new().block_on(async {
            self.seatline.watch_seats.tick().await.unwrap();
        });
    }

    fn watch(&self, method: &str, last: &str) -> Watching {
        let mut stream = self.running.connect();
        let (path, token) = (path(), queue_token(ada()));
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ADA}\r\nQueue-Token: {token}\r\n\
             Accept-Encoding: gzip, br\r\nLast-Event-ID: {last}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut watching = Watching { head: String::new(), lines: BufReader::new(stream), largest: 0 };
        while !watching.head.ends_with("\r\n\r\n") {
            assert!(watching.lines.read_line(&mut watching.head).unwrap() > 0, "{}", watching.head);
        }
        watching
    }

    /// Watches beside others, with the tick that this waits for.
    fn watch_too(&self, last: &str) -> Watching {
        thread::scope(|scope| {
            let watching = scope.spawn(|| self.watch("GET", last));
            while !watching.is_finished() {
                self.tick();
                thread::sleep(Duration::from_millis(20));
            }
            watching.join().unwrap()
        })
    }
}

/// Somebody who reads a stream.
struct Watching {
    head: String,
    lines: BufReader<TcpStream>,
    largest: usize,
}

impl Watching {
    /// The next piece of the body. Empty when the body is over.
    fn piece(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        let size = usize::from_str_radix(line.trim_end(), 16).unwrap();
        let mut piece = vec![0; size + 2];
        self.lines.read_exact(&mut piece).unwrap();
        piece.truncate(size);
        self.largest = self.largest.max(size);
        String::from_utf8(piece).unwrap()
    }

    /// The next block of lines, whole.
    fn block(&mut self) -> String {
        let mut block = self.piece();
        while !block.ends_with("\n\n") {
            block += &self.piece();
        }
        block
    }

    /// The next event: its name, its id, and what it tells.
    fn event(&mut self) -> (String, String, Value) {
        let mut block = self.block();
        while block.starts_with(':') {
            block = self.block();
        }
        let fields: Vec<_> = block.trim_end().lines().map(|line| line.split_once(": ").unwrap()).collect();
        let [("event", event), ("id", id), ("retry", "1000"), ("data", data)] = fields[..] else {
            panic!("{block}")
        };
        (event.to_owned(), id.to_owned(), serde_json::from_str(data).unwrap())
    }
}

#[test]
fn a_live_map_tells_what_is_taken_then_what_changes_then_the_end() {
    let hall = Hall::of(9, |number| number == 5, |_| {});
    let mut watching = hall.watch("GET", "");
    for header in [
        "content-type: text/event-stream",
        "cache-control: no-store",
        "x-accel-buffering: no",
        "x-request-id: ",
    ] {
        assert!(watching.head.contains(header), "{header} is missing: {}", watching.head);
    }
    assert!(!watching.head.contains("content-encoding"), "{}", watching.head);
    assert_eq!(watching.block(), "retry: 1000\n\n");
    let (event, id, data) = watching.event();
    let taken = json!({"held": [], "sold": [[2, 2], [5, 5]], "blocked": [[3, 3]], "mine": [[2, 2]]});
    assert_eq!((event.as_str(), data), ("seats", taken));
    *hall.sold.lock().unwrap() = |number| number == 6 || number == 7;
    hall.tick();
    let (event, newer, data) = watching.event();
    let changes = json!({"free": [[5, 5]], "held": [], "sold": [[6, 7]], "blocked": []});
    assert_eq!((event.as_str(), data), ("changes", changes));
    assert_ne!(id, newer);
    let mut again = hall.watch_too(&newer);
    assert_eq!(again.block(), "retry: 1000\n\n");
    *hall.pass.lock().unwrap() =
        PassState::Ended { end: PassEnd::Expired, at: now(), admitted_at: Some(now()) };
    for _ in 0..3 {
        hall.tick();
    }
    for stream in [&mut watching, &mut again] {
        let (event, _, data) = stream.event();
        assert_eq!((event.as_str(), data), ("ended", json!({"state": "EXPIRED"})));
        assert_eq!(stream.piece(), "");
    }
    hall.running.stop();
}

#[test]
fn a_map_of_twenty_thousand_seats_half_sold_costs_a_watcher_a_few_kilobytes() {
    // Rows of forty, sold from the front, with a seat left over in every other row, and blocks behind.
    let hall = Hall::of(20_000, |number| number < 10_000 && number % 80 != 17 || number % 1_000 < 40, |_| {});
    let mut watching = hall.watch("GET", "");
    watching.block();
    let first = watching.block();
    let data = first.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    let sold: Value = serde_json::from_str(data).unwrap();
    assert!(sold["sold"].as_array().unwrap().len() > 100);
    assert!(first.len() < 4 * 1_024, "{} bytes", first.len());
    *hall.sold.lock().unwrap() = |number| number < 10_040 && number % 80 != 17 || number % 1_000 < 40;
    hall.tick();
    let changes = watching.block();
    assert!(changes.len() < 256, "{changes}");
    hall.running.stop();
}

#[test]
fn a_large_event_goes_out_in_pieces_and_within_the_budget() {
    let every_other: Sold = |number| number % 2 == 0;
    let hall = Hall::of(40_000, every_other, |_| {});
    let mut watching = hall.watch("GET", "");
    watching.block();
    let (_, _, data) = watching.event();
    assert_eq!(data["sold"].as_array().unwrap().len(), 20_000);
    assert!(watching.largest <= 16 * 1_024);
    hall.running.stop();

    let none_left = |world: &mut World| world.settings.limits.unsent_memory_bytes_max = 1_000;
    let hall = Hall::of(40_000, every_other, none_left);
    let refused = hall.watch("GET", "");
    assert!(refused.head.starts_with("HTTP/1.1 503"), "{}", refused.head);
    assert_eq!(hall.seatline.streams.open(), 0);
    hall.running.stop();
}

#[test]
fn the_head_of_a_live_map_is_a_head_and_takes_no_place() {
    let hall = Hall::of(9, |_| false, |_| {});
    let head = hall.watch("HEAD", "");
    assert!(head.head.contains("content-type: text/event-stream"), "{}", head.head);
    while hall.seatline.streams.open() > 0 {
        std::thread::yield_now();
    }
    hall.running.stop();
}

#[actix_web::test]
async fn a_live_map_is_for_those_in_their_turn() {
    let ended = PassState::Ended { end: PassEnd::Left, at: now(), admitted_at: Some(now()) };
    let over = World::with_programme().pass_is(ended);
    over.send(get(&path()).ada_in_line()).await.problem(401, "queue_token_expired");
    let nowhere = format!("/api/v1/performances/{}/seats/events", Uuid::nil());
    let world = World::with_programme().pass_is(active());
    world.send(get(&nowhere).ada_in_line()).await.problem(404, "performance_not_found");
    let mut full = World::with_programme().pass_is(active());
    full.streams_max = 0;
    full.send(get(&path()).ada_in_line()).await.problem(503, "unavailable");
}
