//! People who are not let in.

use seatline_bootstrap::Switch;
use seatline_tests::{Cluster, ClusterOptions, Sale};

use super::cases;

cases! {
    "unauthenticated" [] |cluster| {
        cluster.client().get("/api/v1/points").send().await
    }
    "forbidden" [] |cluster| {
        let ada = cluster.user().await;
        ada.request("GET", "/api/v1/admin/concerts/019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e/sales").send().await
    }
    "user_not_found" [] |cluster| {
        let path = "/api/v1/admin/users/019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e/payments";
        cluster.operator().request("GET", path).send().await
    }
    "key_not_found" [] |cluster| {
        let path = "/api/v1/admin/keys/019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e";
        cluster.operator().request("DELETE", path).send().await
    }
    "webhook_not_found" [] |cluster| {
        let path = "/api/v1/admin/webhooks/019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e";
        cluster.operator().request("DELETE", path).send().await
    }
    "delivery_not_found" [] |cluster| {
        let operator = cluster.operator();
        let made = operator.create_webhook("https://shop.example/", &["payment.completed"]).await;
        let id = made["webhookId"].as_str().unwrap();
        let path = format!("/api/v1/admin/webhooks/{id}/deliveries/019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e/replay");
        operator.request("POST", &path).send().await
    }
    "queue_token_missing" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        cluster.user().await.try_hold(&sale, &[1]).await
    }
    "queue_token_invalid" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        cluster.user().await.with_token("not.ours").try_hold(&sale, &[1]).await
    }
    "queue_token_expired" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.leave().await;
        ada.try_hold(&sale, &[1]).await
    }
    "queue_token_mismatch" [] |cluster| {
        let (sale, other) = (Sale::open(&cluster.operator()).await, Sale::open(&cluster.operator()).await);
        cluster.user().await.enter(&other).await.try_hold(&sale, &[1]).await
    }
    "rate_limited" ["retryAfterSeconds"] |_cluster| {
        let cluster = Cluster::start_with(ClusterOptions { rate_limits: Switch::On, ..ClusterOptions::default() }).await;
        let ada = cluster.user().await;
        let mut answer = ada.try_charge("key", 1).await;
        while answer.status == 201 {
            answer = ada.try_charge("key", 1).await;
        }
        cluster.end().await;
        answer
    }
    "not_admitted" ["position"] |cluster| {
        let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
        let _first = cluster.user().await.enter(&sale).await;
        let (mut second, mut third) = (cluster.user().await, cluster.user().await);
        second.join(&sale).await;
        third.join(&sale).await;
        let answer = third.try_hold(&sale, &[1]).await;
        assert_eq!(answer.problem(403, "not_admitted")["position"], 2);
        answer
    }
}
