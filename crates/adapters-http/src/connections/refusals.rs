use std::io::{Read, Write};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use actix_web::rt::time::timeout;
use metrics::{Counter, Unit, counter, describe_counter};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink};
use tokio::sync::Semaphore;

use super::Refusal;
use crate::problem::Problem;
use crate::raw_problem::only_answer;

const REFUSED: &str = "seatline_http_connections_refused_total";

/// Refuses connections, with an answer.
///
/// A client may take an answer to nothing for a fault. So it is waited for a moment for its request, and afterwards for
/// it to close, lest its own bytes take the answer back. That is done for a bounded number at a time; the others are
/// answered at once, and nobody is waited for.
pub(crate) struct Refusals {
    waiting: Semaphore,
    by_instance: Counter,
    by_address: Counter,
}

impl Refusals {
    /// The most connections whose clients are waited for at the same time.
    pub(crate) const WAITING_MAX: usize = 64;
    /// How long a client may take to ask, and how long to close.
    const WAIT: Duration = Duration::from_secs(1);
    /// The most bytes that are read of a refused client.
    const READ_MAX: u64 = 64 * 1_024;
    /// The seconds after which an address may have fewer connections.
    const RETRY_ADDRESS_AFTER: u64 = 5;

    /// Waits for at most so many clients at the same time.
    pub(crate) fn new(waiting_max: usize) -> Self {
        describe_counter!(REFUSED, Unit::Count, "Connections refused because too many were open.");
        let refused = |limit: &'static str| counter!(REFUSED, "limit" => limit);
        let (by_instance, by_address) = (refused("instance"), refused("address"));
        Self { waiting: Semaphore::new(waiting_max), by_instance, by_address }
    }

    /// Answers a connection and closes it.
    pub(crate) async fn answer(&self, mut stream: TcpStream, refusal: Refusal) {
        let problem = match refusal {
            Refusal::Instance => {
                self.by_instance.increment(1);
                Problem::unavailable().detail("This instance has as many connections as it can serve.")
            }
            Refusal::Address => {
                self.by_address.increment(1);
                Problem::rate_limited(Self::RETRY_ADDRESS_AFTER)
                    .detail("This address has as many connections as one may have.")
            }
        };
        let answer = only_answer(&problem);
        if let Ok(_permit) = self.waiting.try_acquire() {
            // Whoever asks nothing is answered all the same.
            let _ = timeout(Self::WAIT, stream.readable()).await;
            send(&mut stream, &answer).await;
            let rest = async { copy(&mut (&mut stream).take(Self::READ_MAX), &mut sink()).await };
            let _ = timeout(Self::WAIT, rest).await;
        } else {
            // What has arrived would take the answer back.
            let _ = (&*SockRef::from(&stream)).read(&mut [0; 4_096]);
            send(&mut stream, &answer).await;
        }
    }
}

/// Sends the last bytes of a connection, past the runtime, which does not know yet that it may write: they are fewer than
/// what the system takes of a new one at once.
async fn send(stream: &mut TcpStream, answer: &[u8]) {
    let sent = (&*SockRef::from(&*stream)).write(answer);
    if sent.is_ok() {
        let _ = stream.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::rt::net::TcpListener;
    use serde_json::Value;

    /// What a client that asks, or says nothing, is answered.
    async fn answer_to(request: &[u8], refusal: Refusal, waiting_max: usize) -> (String, Value) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        client.write_all(request).await.unwrap();
        let refusals = Refusals::new(waiting_max);
        let reading = async {
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            drop(client);
            answer
        };
        let ((), answer) = futures::join!(refusals.answer(accepted, refusal), reading);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), serde_json::from_str(body).unwrap())
    }

    #[actix_web::test]
    async fn whoever_finds_no_place_is_told_why_and_when_to_come_again() {
        for (refusal, status, code, seconds) in [
            (Refusal::Instance, "503 Service Unavailable", "unavailable", 1),
            (Refusal::Address, "429 Too Many Requests", "rate_limited", 5),
        ] {
            for request in
                ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"]
            {
                for waiting_max in [1, 0] {
                    let (head, problem) = answer_to(request.as_bytes(), refusal, waiting_max).await;
                    assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{head}");
                    for header in [
                        &format!("retry-after: {seconds}"),
                        "content-type: application/problem+json",
                        "connection: close",
                        "x-content-type-options: nosniff",
                        "cache-control: no-store",
                    ] {
                        assert!(head.lines().any(|line| line == header), "{header}: {head}");
                    }
                    assert!(head.contains("\r\ndate: ") && head.contains(" GMT"), "{head}");
                    assert_eq!(
                        (&problem["code"], &problem["retryAfterSeconds"]),
                        (&code.into(), &seconds.into())
                    );
                }
            }
        }
    }
}
