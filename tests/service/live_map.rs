//! The stream that tells people in their turn what changes of the seats.

use std::collections::BTreeMap;
use std::time::Duration;

use seatline_tests::{Cluster, ClusterOptions, Event, Events, Sale, TestUser};
use serde_json::Value;

/// What a watcher knows: the seats that are not free, by number, and those of their own.
#[derive(Default)]
struct Known {
    taken: BTreeMap<u64, &'static str>,
    mine: Vec<u64>,
    id: String,
}

/// Somebody who watches, and what they know.
struct Watcher {
    events: Events,
    known: Known,
}

fn path(sale: &Sale) -> String {
    format!("/api/v1/performances/{}/seats/events", sale.performance_id)
}

/// The seats of a list of ranges.
fn seats(ranges: &Value) -> Vec<u64> {
    let ends = |range: &Value| range[0].as_u64().unwrap()..=range[1].as_u64().unwrap();
    ranges.as_array().into_iter().flatten().flat_map(ends).collect()
}

impl Known {
    fn apply(&mut self, event: &Event) {
        assert!(["seats", "changes"].contains(&event.name.as_str()), "{}", event.name);
        if event.name == "seats" {
            self.taken.clear();
        }
        for seat in seats(&event.data["free"]) {
            self.taken.remove(&seat);
        }
        for status in ["held", "sold", "blocked"] {
            self.taken.extend(seats(&event.data[status]).into_iter().map(|seat| (seat, status)));
        }
        if event.data.get("mine").is_some() {
            self.mine = seats(&event.data["mine"]);
        }
        self.id.clone_from(&event.id);
    }
}

impl Watcher {
    async fn begin(user: &TestUser, sale: &Sale) -> Self {
        let mut watcher = Self { events: user.get(&path(sale)).events().await, known: Known::default() };
        let first = watcher.events.next().await.expect("a stream begins with seats");
        assert_eq!(first.name, "seats");
        watcher.known.apply(&first);
        watcher
    }

    /// Reads on until the seats are taken so and these are one's own.
    async fn until(&mut self, taken: &[(u64, &'static str)], mine: &[u64]) {
        let taken: BTreeMap<_, _> = taken.iter().copied().collect();
        while self.known.taken != taken || self.known.mine != mine {
            let event = self.events.next().await.expect("the stream goes on");
            assert_eq!(event.name, "changes");
            self.known.apply(&event);
        }
    }

    /// Reads on until the turn is over; gives the state of its token.
    async fn end(mut self) -> String {
        loop {
            let event = self.events.next().await.expect("an end");
            if event.name == "ended" {
                assert!(self.events.next().await.is_none(), "the stream closes");
                return event.data["state"].as_str().unwrap().to_owned();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_at_two_instances_see_holds_payments_and_releases() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().seats_per_user(3).open(&cluster.operator()).await;
    let (ada, bob) =
        (cluster.user_of(0).await.enter(&sale).await, cluster.user_of(1).await.enter(&sale).await);
    ada.charge(Sale::PRICE * 3).await;
    let (mut adas, mut bobs) = (Watcher::begin(&ada, &sale).await, Watcher::begin(&bob, &sale).await);
    assert!(adas.known.taken.is_empty() && bobs.known.mine.is_empty());

    let held = ada.hold(&sale, &[7, 8]).await;
    let taken = [(7, "held"), (8, "held")];
    adas.until(&taken, &[7, 8]).await;
    bobs.until(&taken, &[]).await;

    let released = bob.hold(&sale, &[9]).await;
    adas.until(&[(7, "held"), (8, "held"), (9, "held")], &[7, 8]).await;
    bobs.until(&[(7, "held"), (8, "held"), (9, "held")], &[9]).await;
    bob.try_cancel(&released).await.nothing(204);
    adas.until(&taken, &[7, 8]).await;
    bobs.until(&taken, &[]).await;

    ada.pay(&held).await;
    bobs.until(&[(7, "sold"), (8, "sold")], &[]).await;
    assert_eq!(adas.end().await, "COMPLETED");
    let late = cluster.user().await.enter(&sale).await;
    let lates = Watcher::begin(&late, &sale).await;
    assert_eq!(lates.known.taken, BTreeMap::from([(7, "sold"), (8, "sold")]));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_expires_is_free_for_watchers_although_nobody_writes_it_down() {
    let hold_ttl = Duration::from_secs(2);
    let options = ClusterOptions { instances: 2, hold_ttl, ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) =
        (cluster.user_of(0).await.enter(&sale).await, cluster.user_of(1).await.enter(&sale).await);
    ada.hold(&sale, &[7]).await;
    let (mut adas, mut bobs) = (Watcher::begin(&ada, &sale).await, Watcher::begin(&bob, &sale).await);
    adas.until(&[(7, "held")], &[7]).await;
    for watcher in [&mut adas, &mut bobs] {
        watcher.until(&[], &[]).await;
    }
    bob.hold(&sale, &[7]).await;
    adas.until(&[(7, "held")], &[]).await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_whose_turn_ends_is_told_so_and_lets_go() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    let (adas, mut bobs) = (Watcher::begin(&ada, &sale).await, Watcher::begin(&bob, &sale).await);
    ada.leave().await;
    assert_eq!(adas.end().await, "LEFT");
    ada.get(&path(&sale)).send().await.problem(401, "queue_token_expired");
    bob.hold(&sale, &[3]).await;
    bobs.until(&[(3, "held")], &[3]).await;
    cluster.end().await;
    assert!(bobs.events.next().await.is_none(), "streams end when the instance stops");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_who_comes_back_is_told_all_or_at_another_instance_what_is_new() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) =
        (cluster.user_of(0).await.enter(&sale).await, cluster.user_of(0).await.enter(&sale).await);
    ada.hold(&sale, &[5]).await;
    let adas = Watcher::begin(&ada, &sale).await;
    let there = ada.by(cluster.client_of(1));
    let events = there.get(&path(&sale)).header("last-event-id", &adas.known.id).events().await;
    let mut again = Watcher { events, known: adas.known };
    bob.hold(&sale, &[6]).await;
    again.until(&[(5, "held"), (6, "held")], &[5]).await;
    for unknown in ["0123456789abcdef", "", "ended", "121-w4"] {
        let mut events = bob.get(&path(&sale)).header("last-event-id", unknown).events().await;
        assert_eq!(events.next().await.unwrap().name, "seats", "{unknown}");
    }
    cluster.end().await;
}
