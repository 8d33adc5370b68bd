//! Attacks by connections.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use seatline_bootstrap::Switch;
use seatline_tests::{
    ADMIN_KEY, Answer, Client, Cluster, ClusterOptions, RawConnection, Sale, TestUser, connections_at,
    eventually,
};

use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::{ATTACKER, NEWCOMER, newcomers_are_served_during, small};

const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: seatline\r\n\r\n";

/// Opens one connection after the other, each with a body that comes byte by byte. One that is closed must have been
/// answered before.
async fn drip(address: SocketAddr, from: impl Fn(usize) -> IpAddr) {
    // Operators are not kept to a rate.
    let unfinished = format!(
        "POST /api/v1/admin/concerts HTTP/1.1\r\nHost: seatline\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n"
    );
    let mut dripping = FuturesUnordered::new();
    for number in 0.. {
        let (connection, unfinished) = (RawConnection::open_from(from(number), address).await, &unfinished);
        dripping.push(async move { connection.drip(unfinished.as_bytes(), b" ").await });
        // As many as they are: nobody opens more than the machine has files for.
        while let Some((status, said)) = next_of(&mut dripping).await {
            let answer = Answer::read(&said);
            assert!([429, 503].contains(&status) && answer.header("retry-after").is_some(), "{said}");
        }
        sleep(Duration::from_millis(2)).await;
    }
}

/// The next that is done: now, or at all where there are very many.
async fn next_of<F: Future>(running: &mut FuturesUnordered<F>) -> Option<F::Output> {
    const MANY: usize = 200;
    let many = running.len() > MANY;
    let mut next = running.next();
    if many { next.await } else { (&mut next).now_or_never().flatten() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_that_sends_bodies_byte_by_byte_shuts_nobody_out() {
    let cluster = Cluster::start_with(small()).await;
    let address = cluster.address(0);
    newcomers_are_served_during(drip(address, |_| ATTACKER), address).await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_addresses_that_send_bodies_byte_by_byte_shut_nobody_out() {
    let cluster = Cluster::start_with(small()).await;
    let address = cluster.address(0);
    let everywhere = |number: usize| {
        let last = u8::try_from(number % 200 + 10).unwrap();
        IpAddr::V4(Ipv4Addr::new(127, 0, 1, last))
    };
    newcomers_are_served_during(drip(address, everywhere), address).await;
    cluster.end().await;
}

/// Keep-alive connections that ask nothing more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connections_shut_nobody_out() {
    let cluster = Cluster::start_with(small()).await;
    let address = cluster.address(0);
    let attack = async {
        let mut idle = Vec::new();
        loop {
            let last = u8::try_from(idle.len() % 200 + 10).unwrap();
            let from = IpAddr::V4(Ipv4Addr::new(127, 0, 1, last));
            let mut connection = RawConnection::open_from(from, address).await;
            connection.send(LIVE).await;
            connection.read_until("UP").await;
            idle.push(connection);
            // More would only cost this test its files.
            idle.drain(..idle.len().saturating_sub(500));
        }
    };
    newcomers_are_served_during(attack, address).await;
    assert!(connections_at(address).unwrap() <= 64 + 16);
    cluster.end().await;
}

/// So many users, each in line and watching with so many streams.
async fn watching(cluster: &Cluster, sale: &Sale, users: usize, streams: usize) -> Vec<RawConnection> {
    let mut open = Vec::new();
    for _ in 0..users {
        let mut user = TestUser::register(Client::from_address(NEWCOMER, cluster.address(0))).await;
        user.join(sale).await;
        for _ in 0..streams {
            open.push(watch(&user, ATTACKER, "", cluster.address(0)).await);
        }
    }
    open
}

/// Opens a stream from an address, with more headers.
pub(super) async fn watch(
    user: &TestUser,
    from: IpAddr,
    headers: &str,
    address: SocketAddr,
) -> RawConnection {
    let mut stream = RawConnection::open_from(from, address).await;
    stream.send(watch_request(user, headers).as_bytes()).await;
    stream.read_until("data: ").await;
    stream
}

pub(super) fn watch_request(user: &TestUser, headers: &str) -> String {
    format!(
        "GET /api/v1/queue/token/events HTTP/1.1\r\nHost: seatline\r\nAuthorization: Bearer {}\r\n\
         Queue-Token: {}\r\n{headers}\r\n",
        user.access_token,
        user.queue_token.as_deref().unwrap()
    )
}

/// What somebody is answered who asks whether the instance lives.
async fn ask(from: IpAddr, address: SocketAddr) -> Answer {
    let mut connection = RawConnection::open_from(from, address).await;
    connection.send(b"GET /health/live HTTP/1.1\r\nHost: seatline\r\nConnection: close\r\n\r\n").await;
    Answer::read(&connection.read_to_end().await.1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_at_its_most_connections_is_refused_alone_and_a_proxy_is_not() {
    let proxy = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9));
    let options =
        ClusterOptions { connections_per_address: Some(8), trusted_proxies: "127.0.0.9", ..small() };
    let cluster = Cluster::start_with(options).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let mut busy = watching(&cluster, &sale, 2, 4).await;
    let refused = ask(ATTACKER, cluster.address(0)).await;
    refused.problem(429, "rate_limited");
    assert!(refused.header("retry-after").is_some());
    ask(NEWCOMER, cluster.address(0)).await.json(200);
    let mut watcher = TestUser::register(Client::from_address(NEWCOMER, cluster.address(0))).await;
    watcher.join(&sale).await;
    for number in 0..20 {
        let forwarded = format!("X-Forwarded-For: 203.0.113.{}\r\n", number / 8);
        busy.push(watch(&watcher, proxy, &forwarded, cluster.address(0)).await);
    }
    ask(proxy, cluster.address(0)).await.json(200);
    busy.clear();
    eventually("there is room again", async || {
        (ask(ATTACKER, cluster.address(0)).await.status == 200).then_some(())
    })
    .await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_instance_answers_whoever_comes() {
    const CONNECTIONS_MAX: usize = 16;
    let options = ClusterOptions { connections_max: CONNECTIONS_MAX, rate_limits: Switch::Off, ..small() };
    let cluster = Cluster::start_with(options).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let ada = cluster.user().await;
    let streams = watching(&cluster, &sale, 1, CONNECTIONS_MAX / 2).await;
    // The others wait for the database, again and again.
    let lock = cluster.database().lock("wallets").await;
    let charges = (0..2 * CONNECTIONS_MAX).map(|_| {
        let ada = ada.by(Client::new(cluster.address(0)));
        tokio::spawn(async move {
            loop {
                let charge = ada.request("POST", "/api/v1/points/charges").key("key");
                drop(charge.json(&json!({"amount": 1})).try_send().await);
            }
        })
    });
    let charges: Vec<_> = charges.collect();
    let refused = eventually("newcomers are refused", async || {
        let answer = ask(NEWCOMER, cluster.address(0)).await;
        (answer.status == 503).then_some(answer)
    })
    .await;
    refused.problem(503, "unavailable");
    assert_eq!(refused.header("retry-after"), Some("1"));
    lock.release().await;
    charges.iter().for_each(JoinHandle::abort);
    eventually("newcomers are served again", async || {
        (ask(NEWCOMER, cluster.address(0)).await.status == 200).then_some(())
    })
    .await;
    drop(streams);
    cluster.end().await;
}
