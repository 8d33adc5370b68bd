//! Thousands of people at once, on several instances, while operators and faults do their part.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal;
use seatline_tests::contract::TOKEN;
use seatline_tests::{
    ADMIN_KEY, Binary, Client, Cluster, ClusterOptions, Database, Operator, QUEUE_KEY, Sale, TICKET_KEY,
    TestUser, eventually, together,
};
use serde_json::{Value, json};
use tokio::time::sleep;

/// Somebody in line who asks any instance, and whose position must never rise.
struct InLine {
    user: TestUser,
    clients: Vec<Client>,
    number: u64,
    last: u64,
    asked: usize,
}

impl InLine {
    async fn join(user: TestUser, clients: Vec<Client>, sale: &Sale) -> Self {
        let mut user = user;
        let token = user.join(sale).await;
        let (number, last) = (whole(&token["number"]), whole(&token["position"]));
        Self { asked: usize::try_from(number).unwrap(), user, clients, number, last }
    }

    /// Asks one instance after the other.
    async fn poll(&mut self) -> Value {
        self.asked += 1;
        let client = self.clients[self.asked % self.clients.len()].clone();
        let token = self.user.by(client).poll().await;
        let position = whole(&token["position"]);
        assert!(position <= self.last, "number {} was at {}, now {token}", self.number, self.last);
        self.last = position;
        token
    }
}

fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// Neither random nor regular: how this user differs from the others at this step.
fn whim(number: u64, step: u64, choices: u64) -> u64 {
    (number.wrapping_mul(7_919) ^ step.wrapping_mul(104_729)).wrapping_mul(2_654_435_761) / 65_536 % choices
}

/// The numbers that wait, in order, and so everybody's true position.
async fn true_positions(database: &Database) -> BTreeMap<u64, u64> {
    let waiting = database.query("SELECT number FROM passes WHERE state = 'WAITING' ORDER BY number").await;
    waiting.iter().map(|number| number.parse().unwrap()).zip(1..).collect()
}

/// Fails unless everybody was admitted in the order of the numbers, and nobody ahead of somebody who still waits.
async fn assert_admitted_in_order(database: &Database) {
    let overtaken = "
        SELECT number FROM (
            SELECT number, admitted_at, state, max(admitted_at) OVER (ORDER BY number) AS latest_before,
                   max(number) FILTER (WHERE admitted_at IS NOT NULL) OVER () AS last_admitted
            FROM passes
        ) AS pass
        WHERE admitted_at < latest_before OR (state = 'WAITING' AND number < last_admitted)";
    assert_eq!(database.query(overtaken).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_wait_on_two_instances_while_an_operator_pauses_and_resizes() {
    const PEOPLE: usize = 2_000;
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let (operator, database) = (cluster.operator(), cluster.database());
    let sale = Sale::builder().capacity(20).open(&operator).await;
    let clients = vec![cluster.client_of(0), cluster.client_of(1)];
    let resting = Arc::new(AtomicBool::new(false));
    let people: Vec<_> = (0..PEOPLE)
        .map(|index| {
            let (clients, sale, resting) = (clients.clone(), sale.clone(), resting.clone());
            async move {
                let user = TestUser::register(clients[index % 2].clone()).await;
                let mut one = InLine::join(user, clients, &sale).await;
                let mut step = 0;
                loop {
                    let token = one.poll().await;
                    if token["state"] == "ACTIVE" || whim(one.number, step, 40) == 0 {
                        one.user.leave().await;
                        return (one, false);
                    }
                    assert_eq!(token["state"], "WAITING");
                    if resting.load(Ordering::Relaxed) {
                        return (one, true);
                    }
                    step += 1;
                    sleep(Duration::from_millis(100 + whim(one.number, step, 400))).await;
                }
            }
        })
        .collect();
    let storm = tokio::spawn(together(people));
    for step in 0..25 {
        let change = match whim(7, step, 5) {
            0 => json!({"state": "PAUSED"}),
            other => json!({"state": "OPEN", "capacity": 1 + other * 10}),
        };
        operator.configure(&sale.concert_id, &change).await;
        sleep(Duration::from_millis(150)).await;
    }
    operator.set_state(&sale.concert_id, "PAUSED").await;
    eventually("everybody admitted has left", async || {
        let active = database.query("SELECT count(*) FROM passes WHERE state = 'ACTIVE'").await;
        (active == ["0"]).then_some(())
    })
    .await;
    resting.store(true, Ordering::Relaxed);
    let storm = storm.await.unwrap();
    let numbers: BTreeSet<_> = storm.iter().map(|(one, _)| one.number).collect();
    assert_eq!(numbers, (1..=u64::try_from(PEOPLE).unwrap()).collect(), "dense");
    assert_admitted_in_order(database).await;
    let mut waiting: Vec<_> = storm.into_iter().filter(|(_, waits)| *waits).map(|(one, _)| one).collect();
    assert!(waiting.len() > PEOPLE / 10, "enough people still wait to be worth looking at");
    let truth = true_positions(database).await;
    assert_eq!(waiting.len(), truth.len(), "nobody is forgotten");
    let last = waiting.iter_mut().max_by_key(|one| one.number).unwrap();
    while last.poll().await["position"] != truth[&last.number] {
        sleep(Duration::from_millis(10)).await;
    }
    for one in &mut waiting {
        for _ in 0..2 {
            assert_eq!(one.poll().await["position"], truth[&one.number], "exact at rest, on both");
        }
    }
    operator.configure(&sale.concert_id, &json!({"state": "OPEN", "capacity": 10_000})).await;
    together(waiting.into_iter().map(|mut one| async move {
        while one.poll().await["state"] != "ACTIVE" {
            sleep(Duration::from_millis(50)).await;
        }
    }))
    .await;
    assert_admitted_in_order(database).await;
    assert_eq!(true_positions(database).await, BTreeMap::new());
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rate_holds_over_instances_and_after_changes() {
    const PER_MINUTE: u32 = 1_200;
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let operator = cluster.operator();
    let sale = Sale::builder().admit_per_minute(PER_MINUTE).open(&operator).await;
    let clients = [cluster.client_of(0), cluster.client_of(1)];
    let mut people = together((0..100).map(|index| TestUser::register(clients[index % 2].clone()))).await;
    for user in &mut people {
        user.join(&sale).await;
    }
    for state in ["PAUSED", "OPEN"] {
        operator.set_state(&sale.concert_id, state).await;
        sleep(Duration::from_millis(300)).await;
    }
    people[99].until("ACTIVE").await;
    // Between any two admissions no more than the rate, and what a second of it may catch up, lets in.
    let too_many = format!(
        "SELECT later.number - earlier.number + 1 || ' within ' || (later.admitted_at - earlier.admitted_at)
         FROM passes AS earlier JOIN passes AS later ON later.number > earlier.number
         WHERE later.number - earlier.number + 1
               > 1 + {PER_MINUTE} / 60.0 * (1 + extract(epoch FROM later.admitted_at - earlier.admitted_at))"
    );
    assert_eq!(cluster.database().query(&too_many).await, Vec::<String>::new());
    assert_admitted_in_order(cluster.database()).await;
    cluster.end().await;
}

fn serve_on(database: &Database) -> seatline_tests::Running {
    Binary::serve([
        ("DATABASE_URL", database.url()),
        ("SEATLINE_LISTEN", "127.0.0.1:0"),
        ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
        ("SEATLINE_PAYMENTS", "play"),
        ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
        ("SEATLINE_TICKET_KEYS", TICKET_KEY),
    ])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_is_killed_loses_nobody() {
    const PEOPLE: usize = 600;
    let database = Database::create().await;
    let (doomed, survivor) = (serve_on(&database), serve_on(&database));
    let operator = Operator::new(survivor.client(), ADMIN_KEY);
    let sale = Sale::builder().capacity(5).open(&operator).await;
    let clients = [doomed.client(), survivor.client()];
    let people = together((0..PEOPLE).map(|index| TestUser::register(clients[index % 2].clone()))).await;
    let joining: Vec<_> = people
        .into_iter()
        .enumerate()
        .map(|(index, user)| {
            let (client, sale) = (clients[1].clone(), sale.clone());
            async move {
                // Spread a little, so that some are answered, some are lost on the way and some come too late.
                sleep(Duration::from_millis(u64::try_from(index).unwrap())).await;
                let answer = user.join_request(&sale.concert_id).try_send().await.ok();
                let token =
                    answer.filter(|answer| answer.status == 201).map(|answer| answer.of_kind(201, TOKEN));
                (user.by(client), token)
            }
        })
        .collect();
    let joining = tokio::spawn(together(joining));
    eventually("some have joined", async || {
        (database.query("SELECT count(*) FROM passes").await[0].parse::<usize>().unwrap() > 200).then_some(())
    })
    .await;
    tokio::task::spawn_blocking(move || doomed.end_with(Signal::SIGKILL)).await.unwrap();
    let joined = joining.await.unwrap();
    let unanswered = joined.iter().filter(|(_, token)| token.is_none()).count();
    assert!(unanswered > 0, "it was killed while people joined");
    let mut numbers = BTreeSet::new();
    for (mut user, told) in joined {
        // Whoever got no answer asks again; whoever was promised a place still has it.
        let again = user.try_join(&sale.concert_id).await;
        let token = again.of_kind(again.status, TOKEN);
        if let Some(told) = told {
            assert_eq!((again.status, &token["number"]), (200, &told["number"]));
            assert!(whole(&token["position"]) <= whole(&told["position"]));
        }
        assert!(numbers.insert(whole(&token["number"])), "one number each");
        user.queue_token = token["token"].as_str().map(str::to_owned);
        assert!(whole(&user.poll().await["position"]) <= whole(&token["position"]));
    }
    assert_eq!(numbers, (1..=u64::try_from(PEOPLE).unwrap()).collect());
    assert_admitted_in_order(&database).await;
    database.assert_invariants().await;
}
