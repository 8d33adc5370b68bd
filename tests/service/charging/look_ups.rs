//! How long it is asked what became of a charge.

use seatline_tests::{Behaviour, Cluster, FakeProvider, TestUser, eventually};
use serde_json::json;

use super::{charge_of, provider, tell, until, with};

/// Where charges are looked up.
const LOOK_UP: &str = "/v1/checkout/sessions/";

async fn pending(cluster: &Cluster, ada: &TestUser) -> String {
    let charge = ada.try_charge("once", 1_000).await.json(202);
    let not_yet = "UPDATE charges SET look_up_at = clock_timestamp() + interval '1 hour'";
    cluster.database().execute(not_yet).await;
    charge["chargeId"].as_str().unwrap().to_owned()
}

/// The time of the next look-up comes.
async fn pass_time(cluster: &Cluster) {
    let due = "UPDATE charges SET look_up_at = clock_timestamp() WHERE look_up_at IS NOT NULL";
    cluster.database().execute(due).await;
}

/// The provider's own limit passes.
async fn pass_limit(cluster: &Cluster) {
    cluster.database().execute("UPDATE charges SET gives_up_at = clock_timestamp()").await;
}

/// How often the charge was looked up since it was begun, and for how many minutes it is left alone now.
async fn rhythm(cluster: &Cluster) -> String {
    let sql = "SELECT look_ups || ' look-ups, then ' ||
                   round(extract(epoch FROM look_up_at - clock_timestamp()) / 60) || ' min'
               FROM charges WHERE leased_until IS NULL";
    cluster.database().query(sql).await.into_iter().next().unwrap_or_default()
}

/// Has the charge looked up again and again, as soon as its time has come.
async fn look_up_more_and_more_seldom(cluster: &Cluster, provider: &FakeProvider) {
    for (before, after) in
        [(6, "7 look-ups, then 2 min"), (7, "8 look-ups, then 4 min"), (30, "31 look-ups, then 10 min")]
    {
        let asked = provider.asked(LOOK_UP);
        let due = format!("UPDATE charges SET look_ups = {before}, look_up_at = clock_timestamp()");
        cluster.database().execute(&due).await;
        eventually(after, async || (rhythm(cluster).await == after).then_some(())).await;
        assert!(provider.asked(LOOK_UP) > asked);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_provider_refuses_to_say_is_asked_more_and_more_seldom_and_not_for_ever() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let ada = cluster.user().await;
    let id = pending(&cluster, &ada).await;
    provider.withhold(&id, true);
    look_up_more_and_more_seldom(&cluster, &provider).await;
    assert_eq!(charge_of(&ada, &id).await["state"], "PENDING");

    pass_limit(&cluster).await;
    pass_time(&cluster).await;
    until(&ada, &id, "EXPIRED").await;
    let left = "SELECT count(*) FROM charges WHERE look_up_at IS NOT NULL OR leased_until IS NOT NULL";
    assert_eq!(cluster.database().query(left).await, ["0"], "nobody asks any more");

    provider.withhold(&id, false);
    assert!(provider.pay(&id));
    tell(&cluster.client(), &provider, &id).await.json(200);
    assert_eq!(charge_of(&ada, &id).await["state"], "PAID", "a notice still leads to money");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_paid_before_an_outage_is_found_after_it_though_the_providers_limit_has_passed() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let ada = cluster.user().await;
    let id = pending(&cluster, &ada).await;
    assert!(provider.pay(&id));
    provider.behave(Behaviour::DOWN);
    look_up_more_and_more_seldom(&cluster, &provider).await;
    pass_limit(&cluster).await;
    pass_time(&cluster).await;
    eventually("it was asked in vain", async || {
        (rhythm(&cluster).await == "32 look-ups, then 10 min").then_some(())
    })
    .await;
    assert_eq!(charge_of(&ada, &id).await["state"], "PENDING");
    provider.behave(Behaviour::default());
    pass_time(&cluster).await;
    assert_eq!(until(&ada, &id, "PAID").await["balance"], json!(1_000));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_charge_that_never_came_to_the_provider_expires() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let ada = cluster.user().await;
    provider.behave(Behaviour::DOWN);
    ada.try_charge("once", 1_000).await.problem(503, "unavailable");
    let begun =
        "UPDATE charges SET created_at = created_at - interval '1 hour', look_up_at = clock_timestamp()
                 RETURNING charge_id::text";
    let id = cluster.database().query(begun).await.remove(0);
    until(&ada, &id, "EXPIRED").await;
    ada.try_charge("once", 1_000).await.problem(422, "invalid_value");
    assert_eq!(provider.taken(), 0);
    cluster.end().await;
}
