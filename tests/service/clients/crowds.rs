use std::time::Duration;

use futures::future::join_all;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use seatline_tests::{
    ADMIN_KEY, Binary, Cluster, ClusterOptions, Database, QUEUE_KEY, RawConnection, TICKET_KEY, TestUser,
    connections_at, eventually,
};

/// Those that have been idle for longest make room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_of_connections_is_bounded_and_newcomers_are_served() {
    const CONNECTIONS_MAX: usize = 32;
    // Nobody is sent away for being slow in this test.
    let options = ClusterOptions {
        connections_max: CONNECTIONS_MAX,
        client_timeout: Duration::from_mins(10),
        ..ClusterOptions::default()
    };
    let cluster = Cluster::start_with(options).await;
    let address = cluster.address(0);
    let mut idle = Vec::new();
    for _ in 0..5 * CONNECTIONS_MAX {
        let mut connection = RawConnection::open(address).await;
        connection.send(b"GET /health/live HTTP/1.1\r\nHost: seatline\r\n\r\n").await;
        connection.read_until("UP").await;
        idle.push(connection);
    }
    eventually("the oldest are gone", async || {
        (connections_at(address).ok()? <= CONNECTIONS_MAX).then_some(())
    })
    .await;
    let last = idle.last_mut().unwrap();
    last.send(b"GET /health/live HTTP/1.1\r\nHost: seatline\r\n\r\n").await;
    last.read_until("UP").await;
    cluster.user().await.charge(1).await;
    drop(idle);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_idle_connections_keep_nobody_from_being_served() {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard.min(65_536).max(soft), hard).unwrap();
    let crowd = hard.saturating_sub(2_000).clamp(500, 10_000);
    let database = Database::create().await;
    let running = Binary::serve([
        ("DATABASE_URL", database.url()),
        ("SEATLINE_LISTEN", "127.0.0.1:0"),
        ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
        ("SEATLINE_PAYMENTS", "play"),
        ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
        ("SEATLINE_TICKET_KEYS", TICKET_KEY),
        ("SEATLINE_RATE_LIMITS", "off"),
        // Silence alone sends nobody away in this test.
        ("SEATLINE_HEAD_DEADLINE", "10m"),
        ("SEATLINE_KEEP_ALIVE", "10m"),
    ]);
    let address = running.address();
    let mut idle = Vec::new();
    while u64::try_from(idle.len()).unwrap() < crowd {
        idle.extend(join_all((0..100).map(|_| RawConnection::open(address))).await);
    }
    let ada = TestUser::register(running.client()).await;
    assert_eq!(ada.charge(7).await["balance"], 7);
    drop(idle);
    drop(ada);
    eventually("nobody is connected", async || (connections_at(address).ok()? == 0).then_some(())).await;
    database.assert_invariants().await;
}
