//! Events: how fast they are delivered, how fast a backlog drains, and what a webhook costs those who hold and pay.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use memchr::memmem;
use seatline_adapters_postgres::Postgres;
use seatline_local_postgres::{Durability, TemporaryCluster};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::load::{Load, request, request_with};
use crate::sale::{Show, accounts, holds, payments, texts};
use crate::server::{ADMIN_KEY, Process};
use crate::{report, room};

const CONNECTIONS: usize = 256;
const ROUNDS: usize = 4;
const PERFORMANCES: u32 = 100;
const SEATS: u32 = 1_000;
/// How many people hold and pay in a round.
const PEOPLE: u64 = 20_000;
/// How many events wait for a receiver that was down.
const BACKLOG: usize = 100_000;
/// How many of them have come when the time is taken: the few that were tried meanwhile are tried again minutes later.
const DRAINED: usize = BACKLOG / 100 * 99;
/// How many wallets they are about, so that order is kept of something.
const WALLETS: u64 = 5_000;

/// Everything that events are measured by.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let cluster = TemporaryCluster::start(Durability::Durable).await?;
    let url = cluster.url("postgres");
    let postgres = room::adapter(&url).await?;
    let seatline = Process::seatline_with(&url, &[("SEATLINE_WEBHOOK_NETWORKS", "127.0.0.0/8")])?;
    let load = Load { address: seatline.address, connections: CONNECTIONS };
    let receiver = Receiver::start().await?;
    what_a_webhook_costs(&postgres, load, &receiver).await?;
    a_backlog_drains(&postgres, load, &receiver).await?;
    postgres.shut_down(Duration::from_secs(10)).await;
    Ok(())
}

/// Holds and payments with no webhook, and with one for everything, in turns.
async fn what_a_webhook_costs(
    postgres: &Arc<Postgres>,
    load: Load,
    receiver: &Receiver,
) -> anyhow::Result<()> {
    let mut figures: [Sales; 2] = Default::default();
    for round in 0..=ROUNDS {
        for (told, sales) in figures.iter_mut().enumerate() {
            let webhook = match told {
                0 => None,
                _ => Some(Webhook::create(load, receiver.address, EVENTS).await?),
            };
            let taken = sell(postgres, load).await?;
            if round > 0 {
                sales.add(taken);
            }
            if let Some(webhook) = webhook {
                // What is left is told in nobody's time.
                receiver.quiet().await;
                webhook.delete(load).await?;
            }
        }
    }
    let [untold, told] = &figures;
    report::rate("holds over HTTP, no webhook", report::median(&untold.holds));
    report::rate("holds over HTTP, one webhook for everything", report::median(&told.holds));
    report::at_least("holds, with a webhook / without", report::ratio(&told.holds, &untold.holds), 0.8);
    report::rate("payments over HTTP, no webhook", report::median(&untold.payments));
    report::rate("payments over HTTP, one webhook for everything", report::median(&told.payments));
    let payments = report::ratio(&told.payments, &untold.payments);
    report::at_least("payments, with a webhook / without", payments, 0.8);
    Ok(())
}

/// How many holds and payments there were a second, round by round.
#[derive(Default)]
struct Sales {
    holds: Vec<f64>,
    payments: Vec<f64>,
}

impl Sales {
    fn add(&mut self, [holds, payments]: [f64; 2]) {
        self.holds.push(holds);
        self.payments.push(payments);
    }
}

/// New people hold and pay; gives how many did so a second.
async fn sell(postgres: &Arc<Postgres>, load: Load) -> anyhow::Result<[f64; 2]> {
    let show = Show::open(load, PERFORMANCES, SEATS).await?;
    let customers = show.enter(postgres, load, PEOPLE).await?;
    load.once(customers.iter().map(|customer| customer.charge("first")).collect()).await?;
    let answered = load.once(holds(&show, &customers, 0)).await?;
    let payments = load.once(payments(&customers, &answered.bodies)?).await?;
    Ok([answered.per_second, payments.per_second])
}

/// Charges are told to a receiver that is down. Others hold and pay meanwhile; then it is there.
async fn a_backlog_drains(postgres: &Arc<Postgres>, load: Load, receiver: &Receiver) -> anyhow::Result<()> {
    let (mut alone, mut beside) = (Sales::default(), Sales::default());
    for _ in 0..ROUNDS {
        alone.add(sell(postgres, load).await?);
    }
    receiver.down.store(true, Ordering::SeqCst);
    let webhook = Webhook::create(load, receiver.address, r#"["charge.completed"]"#).await?;
    let accounts = accounts(postgres, WALLETS).await?;
    let charges = accounts.iter().cycle().zip(0..BACKLOG).map(|(account, place)| {
        let key = place.to_string();
        let headers = [("authorization", account.as_str()), ("idempotency-key", key.as_str())];
        request_with("POST", "/api/v1/points/charges", &headers, r#"{"amount":1}"#)
    });
    load.once(charges.collect()).await?;
    for _ in 0..ROUNDS {
        beside.add(sell(postgres, load).await?);
    }
    let holds = report::ratio(&beside.holds, &alone.holds);
    report::at_least("holds beside 100,000 events that wait / without", holds, 0.95);
    let payments = report::ratio(&beside.payments, &alone.payments);
    report::at_least("payments beside 100,000 events that wait / without", payments, 0.95);
    receiver.forget();
    receiver.down.store(false, Ordering::SeqCst);
    let begin = receiver.until(1).await;
    let half = receiver.until(DRAINED / 2).await;
    let end = receiver.until(DRAINED).await;
    let rate =
        |count: usize, time: Duration| anyhow::Ok(f64::from(u32::try_from(count)?) / time.as_secs_f64());
    report::rate("deliveries of a backlog, first half", rate(DRAINED / 2, half - begin)?);
    let all = rate(DRAINED, end - begin)?;
    report::rate("deliveries of a backlog of 100,000", all);
    report::at_least("deliveries a second / 2,000", all / 2_000.0, 1.0);
    let disorder = receiver.disorder();
    ensure!(disorder == 0, "{disorder} events came before an earlier one of their wallet");
    println!("every event of a wallet came after the one before");
    webhook.delete(load).await
}

const EVENTS: &str = r#"["reservation.held","reservation.expired","reservation.cancelled","payment.completed",
    "payment.refunded","charge.completed","performance.changed","performance.cancelled","ticket.checked_in"]"#;

/// A webhook that was made.
struct Webhook(String);

impl Webhook {
    async fn create(load: Load, receiver: SocketAddr, events: &str) -> anyhow::Result<Self> {
        let body = format!(r#"{{"url":"http://{receiver}/","events":{events}}}"#);
        let operator = format!("Bearer {ADMIN_KEY}");
        let headers = [("authorization", operator.as_str())];
        let made = load.once(vec![request_with("POST", "/api/v1/admin/webhooks", &headers, &body)]).await?;
        Ok(Self(texts(&made.bodies, "webhookId")?.pop().context("no webhook")?))
    }

    async fn delete(self, load: Load) -> anyhow::Result<()> {
        let path = format!("/api/v1/admin/webhooks/{}", self.0);
        let operator = format!("Bearer {ADMIN_KEY}");
        load.once(vec![request("DELETE", &path, &[("authorization", &operator)])]).await.map(drop)
    }
}

/// What was told of wallets.
#[derive(Default)]
struct Balances {
    /// The last one of each.
    last: HashMap<Vec<u8>, u64>,
    /// How many came after a greater one.
    disorder: usize,
}

/// A receiver that answers at once.
struct Receiver {
    address: SocketAddr,
    /// Whether it answers with a failure.
    down: Arc<AtomicBool>,
    taken: Arc<AtomicUsize>,
    balances: Arc<Mutex<Balances>>,
}

impl Receiver {
    async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let receiver = Self {
            address: listener.local_addr()?,
            down: Arc::default(),
            taken: Arc::default(),
            balances: Arc::default(),
        };
        let (down, taken, balances) =
            (receiver.down.clone(), receiver.taken.clone(), receiver.balances.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (down, taken, balances) = (down.clone(), taken.clone(), balances.clone());
                tokio::spawn(async move {
                    let note = |body: &[u8]| {
                        taken.fetch_add(1, Ordering::SeqCst);
                        balances.lock().unwrap_or_else(PoisonError::into_inner).note(body);
                    };
                    drop(serve(stream, &down, note).await);
                });
            }
        });
        Ok(receiver)
    }

    /// Waits until nothing has come for a second.
    async fn quiet(&self) {
        let mut before = usize::MAX;
        loop {
            let now = self.taken.load(Ordering::SeqCst);
            if now == before {
                return;
            }
            before = now;
            sleep(Duration::from_secs(1)).await;
        }
    }

    fn forget(&self) {
        self.taken.store(0, Ordering::SeqCst);
        *self.balances.lock().unwrap_or_else(PoisonError::into_inner) = Balances::default();
    }

    /// Waits until so many events have come.
    async fn until(&self, count: usize) -> Instant {
        while self.taken.load(Ordering::SeqCst) < count {
            sleep(Duration::from_millis(5)).await;
        }
        Instant::now()
    }

    fn disorder(&self) -> usize {
        self.balances.lock().unwrap_or_else(PoisonError::into_inner).disorder
    }
}

/// Answers every request of a connection.
async fn serve(mut stream: TcpStream, down: &AtomicBool, note: impl Fn(&[u8])) -> anyhow::Result<()> {
    const TAKEN: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";
    const DOWN: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
    stream.set_nodelay(true)?;
    let mut received = Vec::with_capacity(8_192);
    loop {
        let (begin, end) = loop {
            if let Some(head) = memmem::find(&received, b"\r\n\r\n") {
                let end = head + 4 + content_length(received.get(..head).unwrap_or_default());
                if received.len() >= end {
                    break (head + 4, end);
                }
            }
            if stream.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
        };
        if down.load(Ordering::Relaxed) {
            stream.write_all(DOWN).await?;
        } else {
            note(received.get(begin..end).unwrap_or_default());
            stream.write_all(TAKEN).await?;
        }
        received.drain(..end);
    }
}

fn content_length(head: &[u8]) -> usize {
    digits_after(&head.to_ascii_lowercase(), b"content-length: ").and_then(|n| n.try_into().ok()).unwrap_or(0)
}

fn digits_after(text: &[u8], name: &[u8]) -> Option<u64> {
    let start = memmem::find(text, name)? + name.len();
    let digits = text.get(start..)?.iter().take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

impl Balances {
    /// Notes the balance after a charge, which only grows.
    fn note(&mut self, body: &[u8]) {
        const USER: &[u8] = b"\"userId\":\"";
        const ID_BYTES: usize = 36;
        let user = memmem::find(body, USER).map(|place| place + USER.len());
        let user = user.and_then(|begin| body.get(begin..begin + ID_BYTES));
        let (Some(user), Some(balance)) = (user, digits_after(body, b"\"balance\":")) else { return };
        let before = self.last.insert(user.to_vec(), balance).unwrap_or(0);
        self.disorder += usize::from(balance < before);
    }
}
