//! Clocks that are off: of an instance, and of the provider.

use seatline_tests::{Database, TestUser, sign_notice};
use serde_json::json;

use super::{SECRET, charge_of, notify, now, provider, start, until};

/// Ten minutes.
const OFF: i64 = 600;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_an_instances_clock_says_notices_are_as_old_as_the_database_says() {
    for seconds in [-OFF, OFF] {
        let (database, provider) = (Database::create().await, provider());
        let off = start(&database, &provider, Some(seconds));
        let ada = TestUser::register(off.client()).await;
        let charge = ada.try_charge("once", 1_000).await.json(202);
        let id = charge["chargeId"].as_str().unwrap();
        let expires_at: chrono::DateTime<chrono::Utc> =
            charge["expiresAt"].as_str().unwrap().parse().unwrap();
        let lasts = expires_at.timestamp() - now();
        assert!((3_300..=3_600).contains(&lasts), "it can be paid for an hour, not for {lasts} s");
        let body = provider.notice(id);
        let signed_at = |instant| sign_notice(SECRET, instant, &body);
        let by_its_own_clock = notify(&off.client(), &body, &signed_at(now() + seconds)).await;
        by_its_own_clock.problem(400, "malformed_request");
        notify(&off.client(), &body, &signed_at(now())).await.json(200);
        assert_eq!(charge_of(&ada, id).await["state"], "PENDING", "nobody has paid");
        database.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_money_arrives_though_the_clock_of_the_provider_is_off() {
    for seconds in [-OFF, OFF] {
        let (database, provider) = (Database::create().await, provider());
        let instances = [start(&database, &provider, None), start(&database, &provider, Some(seconds))];
        let ada = TestUser::register(instances[0].client()).await;
        let charge = ada.try_charge("once", 1_000).await.json(202);
        let id = charge["chargeId"].as_str().unwrap();
        assert!(provider.pay(id));
        let body = provider.notice(id);
        for instance in &instances {
            let signature = sign_notice(SECRET, now() + seconds, &body);
            notify(&instance.client(), &body, &signature).await.problem(400, "malformed_request");
        }
        assert_eq!(until(&ada, id, "PAID").await["balance"], json!(1_000), "it was looked up");
        database.assert_invariants().await;
    }
}
