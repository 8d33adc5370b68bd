use std::collections::{BTreeMap, BTreeSet};

use nix::sys::signal::Signal;
use seatline_tests::{
    ADMIN_KEY, Binary, Database, Operator, QUEUE_KEY, Receiver, Running, TestUser, eventually,
};

use super::cluster;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_work_of_an_instance_that_is_gone_is_taken_over() {
    let cluster = cluster(1).await;
    let (operator, receiver) = (cluster.operator(), Receiver::start().await);
    let webhook = operator.create_webhook(&receiver.url(), &["charge.completed"]).await;
    // Somebody has taken the lease, and is gone.
    let taken = "UPDATE webhook_leases SET holder = gen_random_uuid(),
                        leased_until = clock_timestamp() + interval '5 seconds'";
    cluster.database().execute(taken).await;
    cluster.user().await.charge(1).await;
    let delivery =
        eventually("it is published", || async { operator.deliveries(&webhook).await.pop() }).await;
    assert_eq!(delivery["state"], "PENDING");
    assert!(receiver.all().is_empty(), "whoever has the lease delivers");
    receiver.until_taken(1).await;
    cluster.end().await;
}

fn variables(database: &Database) -> [(&'static str, &str); 6] {
    [
        ("DATABASE_URL", database.url()),
        ("SEATLINE_LISTEN", "127.0.0.1:0"),
        ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
        ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
        ("SEATLINE_PAYMENTS", "play"),
        ("SEATLINE_WEBHOOK_NETWORKS", "127.0.0.0/8"),
    ]
}

fn start(database: &Database) -> Running {
    Binary::serve(variables(database))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_the_order_is_kept_while_instances_are_killed() {
    const ROUNDS: usize = 3;
    const CHARGES: usize = 12;
    let database = Database::create().await;
    let receiver = Receiver::start().await;
    let kept = start(&database);
    let operator = Operator::new(kept.client(), ADMIN_KEY);
    operator.create_webhook(&receiver.url(), &["charge.completed"]).await;
    let mut users = Vec::new();
    for _ in 0..8 {
        users.push(TestUser::register(kept.client()).await);
    }
    for round in 1..=ROUNDS {
        // It may take the lease, and is killed whatever it is about to do.
        let killed = start(&database);
        for charge in 0..CHARGES {
            for user in &users {
                let user = if charge % 2 == 0 { user.clone() } else { user.by(killed.client()) };
                user.charge(1).await;
            }
        }
        drop(tokio::task::spawn_blocking(move || killed.end_with(Signal::SIGKILL)).await.unwrap());
        assert!(receiver.taken().len() <= 2 * round * CHARGES * users.len());
    }
    let all = ROUNDS * CHARGES * users.len();
    let told = eventually("everything is told", || async {
        let told = receiver.taken();
        let ids: BTreeSet<_> = told.iter().map(|message| message.id.clone()).collect();
        Some(told).filter(|_| ids.len() == all)
    })
    .await;
    let (mut seen, mut balances): (BTreeSet<&str>, BTreeMap<&str, Vec<u64>>) = Default::default();
    for message in told.iter().filter(|message| seen.insert(&message.id)) {
        let data = &message.body["data"];
        let balance = data["balance"].as_u64().unwrap();
        balances.entry(data["userId"].as_str().unwrap()).or_default().push(balance);
    }
    let expected: Vec<_> = (1..=u64::try_from(ROUNDS * CHARGES).unwrap()).collect();
    assert!(balances.values().all(|balances| *balances == expected), "{balances:?}");
    database.assert_invariants().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_whose_clock_is_off_signs_by_the_time_of_the_database() {
    let database = Database::create().await;
    let receiver = Receiver::start().await;
    let off = Binary::serve_by_clock(Some(-600), variables(&database));
    let operator = Operator::new(off.client(), ADMIN_KEY);
    let webhook = operator.create_webhook(&receiver.url(), &["charge.completed"]).await;
    TestUser::register(off.client()).await.charge(1).await;
    let message = receiver.until_taken(1).await.remove(0);
    assert!(message.is_signed_by(&webhook));
    let now = database.query("SELECT floor(extract(epoch FROM clock_timestamp()))::bigint").await;
    let (sent, now): (i64, i64) = (message.timestamp.parse().unwrap(), now[0].parse().unwrap());
    assert!((now - sent).abs() < 300, "receivers refuse what is five minutes off: {sent} at {now}");
}
