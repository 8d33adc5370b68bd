use std::io::ErrorKind;

use actix_web::rt::net::TcpListener;
use actix_web::rt::time::timeout;
use tokio::io::AsyncReadExt;

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

/// A listener, and what it accepted.
struct Door {
    listener: TcpListener,
    connections: Arc<Connections>,
}

impl Door {
    async fn open(limits: HttpLimits, proxies: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        Self { listener, connections: Connections::new(&limits, proxies.parse().unwrap()) }
    }

    /// Somebody knocks, who is said to come from this address.
    async fn knock(&self, from: &str) -> Result<(TcpStream, TcpStream, Arc<Connection>), Refusal> {
        let client = TcpStream::connect(self.listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = self.listener.accept().await.unwrap();
        let peer = SocketAddr::new(from.parse().unwrap(), 1);
        let (_, connection) = self.connections.admit(&accepted, Some(peer))?;
        Ok((client, accepted, connection))
    }
}

fn limits(most: usize, of_address: Option<usize>) -> HttpLimits {
    HttpLimits {
        connections_max: most,
        connections_of_address_max: of_address,
        newcomer_grace: Duration::ZERO,
        ..HttpLimits::default()
    }
}

#[cfg(target_os = "linux")]
#[actix_web::test]
async fn a_client_that_takes_nothing_is_given_up_although_a_request_is_being_handled() {
    let limits = HttpLimits { send_timeout: Duration::from_millis(300), ..HttpLimits::default() };
    let (_client, accepted, connection) = Door::open(limits, "").await.knock("192.0.2.1").await.unwrap();
    let handling = connection.handle(false);
    let cancelled = async {
        loop {
            accepted.writable().await.unwrap();
            match accepted.try_write(&[0; 16_384]) {
                Err(error) if error.kind() != ErrorKind::WouldBlock => return error.kind(),
                Ok(_) | Err(_) => {}
            }
        }
    };
    assert_eq!(timeout(PATIENCE, cancelled).await, Ok(ErrorKind::TimedOut));
    drop(handling);
}

#[actix_web::test]
async fn pieces_of_an_answer_do_not_wait_for_each_other() {
    let (_client, accepted, _) =
        Door::open(HttpLimits::default(), "").await.knock("192.0.2.1").await.unwrap();
    assert!(accepted.nodelay().unwrap());
}

#[actix_web::test]
async fn the_busy_connections_of_an_address_are_bounded_and_a_proxys_are_not() {
    let door = Door::open(limits(16, Some(2)), "192.0.2.9").await;
    let mut busy = Vec::new();
    for from in ["2001:db8::1", "2001:db8::2"] {
        let (client, accepted, connection) = door.knock(from).await.unwrap();
        busy.push((client, accepted, connection.handle(false)));
    }
    assert_eq!(door.knock("2001:db8::3").await.err(), Some(Refusal::Address), "it is of the same network");
    assert!(door.knock("2001:db8:0:1::3").await.is_ok());
    for _ in 0..4 {
        let (client, accepted, connection) = door.knock("::ffff:192.0.2.9").await.unwrap();
        busy.push((client, accepted, connection.handle(false)));
    }
}

#[actix_web::test]
async fn what_is_idle_makes_room_for_its_address_and_the_oldest_for_everybody() {
    let door = Door::open(limits(16, Some(3)), "").await;
    let (mut oldest, first, connection) = door.knock("192.0.2.1").await.unwrap();
    drop(connection.handle(false));
    let mut kept = Vec::new();
    for number in 0..3 {
        actix_web::rt::time::sleep(Duration::from_millis(5)).await;
        kept.push(door.knock("192.0.2.1").await.unwrap_or_else(|_| panic!("{number} is refused")));
    }
    assert_eq!(timeout(PATIENCE, oldest.read(&mut [0])).await.unwrap().unwrap(), 0, "it is closed");
    drop(first);
    for number in 0..40_u8 {
        kept.push(door.knock(&format!("192.0.2.{}", 10 + number)).await.unwrap());
    }
    assert!(door.connections.places().len() <= 16);
    assert!(kept.iter().take(3).all(|(_, _, connection)| connection.makes_room()));
    assert!(kept.iter().rev().take(8).all(|(_, _, connection)| !connection.makes_room()));
}

#[actix_web::test]
async fn whoever_has_asked_nothing_yet_is_told_that_there_is_no_place() {
    let door = Door::open(limits(16, Some(1)), "").await;
    let (mut silent, accepted, _) = door.knock("192.0.2.1").await.unwrap();
    let newcomer = door.knock("192.0.2.1").await;
    assert!(newcomer.is_ok());
    drop((accepted, newcomer));
    let mut answer = String::new();
    silent.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\"code\":\"unavailable\""), "{answer}");
}

#[actix_web::test]
async fn nobody_who_is_served_makes_room() {
    let door = Door::open(limits(4, None), "").await;
    let mut busy = Vec::new();
    for _ in 0..4 {
        let (client, accepted, connection) = door.knock("192.0.2.1").await.unwrap();
        busy.push((client, accepted, connection.handle(false)));
    }
    assert_eq!(door.knock("192.0.2.2").await.err(), Some(Refusal::Instance));
}

#[actix_web::test]
async fn whoever_is_sending_a_body_can_still_be_answered() {
    let door = Door::open(limits(16, Some(1)), "").await;
    let (mut client, mut accepted, connection) = door.knock("192.0.2.1").await.unwrap();
    let (handling, reading) = (connection.handle(false), connection.read_body());
    let newcomer = door.knock("192.0.2.1").await;
    assert!(newcomer.is_ok() && connection.makes_room());
    assert_eq!(timeout(PATIENCE, accepted.read(&mut [0])).await.unwrap().unwrap(), 0, "no more is read");
    assert_eq!(accepted.try_write(b"503").unwrap(), 3);
    drop((reading, handling, connection, accepted, newcomer));
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "503");
}

#[actix_web::test]
async fn whoever_has_just_come_has_a_moment_to_ask() {
    let limits = HttpLimits { newcomer_grace: Duration::from_hours(1), ..limits(16, Some(1)) };
    let door = Door::open(limits, "").await;
    let (_client, _accepted, connection) = door.knock("192.0.2.1").await.unwrap();
    assert_eq!(door.knock("192.0.2.1").await.err(), Some(Refusal::Address));
    drop(connection.handle(false));
    assert!(door.knock("192.0.2.1").await.is_ok() && connection.makes_room(), "it has asked");
}
