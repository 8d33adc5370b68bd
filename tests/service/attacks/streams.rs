//! Attacks by streams of events.

use seatline_tests::contract::TOKEN;
use seatline_tests::{Answer, Client, Cluster, RawConnection, Sale, TestUser, eventually};

use super::connections::{watch, watch_request};
use super::{ATTACKER, NEWCOMER, small};

/// The most streams of an address on a [small] instance.
const STREAMS: usize = 8;

/// Somebody in line, who asks from here.
async fn in_line(cluster: &Cluster, sale: &Sale, from: std::net::IpAddr) -> TestUser {
    let mut user = TestUser::register(Client::from_address(from, cluster.address(0))).await;
    user.join(sale).await;
    user
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_of_one_address_do_not_take_all_streams_and_their_polls_go_on() {
    let cluster = Cluster::start_with(small()).await;
    let (sale, address) = (Sale::builder().capacity(1).open(&cluster.operator()).await, cluster.address(0));
    let (mut open, mut crowd) = (Vec::new(), Vec::new());
    for _ in 0..STREAMS {
        let user = in_line(&cluster, &sale, NEWCOMER).await;
        open.push(watch(&user, ATTACKER, "", address).await);
        crowd.push(user);
    }
    for user in &crowd {
        let mut refused = RawConnection::open_from(ATTACKER, address).await;
        refused.send(watch_request(user, "Connection: close\r\n").as_bytes()).await;
        let refused = Answer::read(&refused.read_to_end().await.1);
        refused.problem(429, "rate_limited");
        let attacker = user.by(Client::from_address(ATTACKER, address));
        attacker.get("/api/v1/queue/token").send().await.of_kind(200, TOKEN);
    }
    let newcomer = in_line(&cluster, &sale, NEWCOMER).await;
    open.push(watch(&newcomer, NEWCOMER, "", address).await);
    open.remove(0);
    eventually("a stream may be opened again", async || {
        let user = crowd.first()?.by(Client::from_address(ATTACKER, address));
        (user.get("/api/v1/queue/token/events").send().await.status == 200).then_some(())
    })
    .await;
    drop(open);
    cluster.end().await;
}
