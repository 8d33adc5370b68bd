//! The stream that tells people where they stand.

use seatline_tests::{Cluster, Event, Events, Sale, TestUser};
use serde_json::Value;

const PATH: &str = "/api/v1/queue/token/events";

async fn watch(user: &TestUser) -> Events {
    user.get(PATH).events().await
}

#[track_caller]
fn expect(event: Option<Event>, name: &str, state: &str, position: u64) -> Event {
    let event = event.expect("an event");
    assert_eq!(event.name, name, "{event:?}");
    assert_eq!(
        (&event.data["state"], &event.data["position"]),
        (&Value::from(state), &Value::from(position))
    );
    event
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_tells_of_the_wait_the_turn_and_the_end() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let (mut bob, mut eve) = (cluster.user().await, cluster.user().await);
    bob.join(&sale).await;
    eve.join(&sale).await;
    let (mut adas, mut bobs, mut eves) = (watch(&ada).await, watch(&bob).await, watch(&eve).await);
    expect(adas.next().await, "active", "ACTIVE", 0);
    expect(bobs.next().await, "position", "WAITING", 1);
    let waiting = expect(eves.next().await, "position", "WAITING", 2);
    assert_eq!(waiting.data["token"].as_str(), eve.queue_token.as_deref());

    ada.leave().await;
    expect(adas.next().await, "ended", "LEFT", 0);
    assert_eq!(adas.next().await, None);
    let turn = expect(bobs.next().await, "active", "ACTIVE", 0);
    expect(eves.next().await, "position", "WAITING", 1);

    bob.charge(Sale::PRICE).await;
    let reservation = bob.hold(&sale, &[7]).await;
    let mut again = bob.get(PATH).header("last-event-id", &turn.id).events().await;
    bob.pay(&reservation).await;
    for stream in [&mut bobs, &mut again] {
        expect(stream.next().await, "ended", "COMPLETED", 0);
        assert_eq!(stream.next().await, None);
    }
    expect(eves.next().await, "active", "ACTIVE", 0);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_goes_on_at_another_instance_and_closes_when_that_stops() {
    let cluster =
        Cluster::start_with(seatline_tests::ClusterOptions { instances: 2, ..Default::default() }).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let ada = cluster.user_of(1).await.enter(&sale).await;
    let (mut bob, mut eve) = (cluster.user_of(0).await, cluster.user_of(0).await);
    bob.join(&sale).await;
    eve.join(&sale).await;
    let waiting = expect(watch(&eve).await.next().await, "position", "WAITING", 2);
    let there = eve.by(cluster.client_of(1));
    let mut eves = there.get(PATH).header("last-event-id", &waiting.id).events().await;
    ada.leave().await;
    expect(eves.next().await, "position", "WAITING", 1);
    cluster.end().await;
    assert_eq!(eves.next().await, None);
}
