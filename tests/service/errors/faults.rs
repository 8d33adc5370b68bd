//! Things that should not happen, and a database that goes away.

use seatline_tests::{Cluster, Sale, eventually};
use serde_json::json;

use super::cases;

cases! {
    "internal_error" [] |_cluster| {
        let cluster = Cluster::start().await;
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        let reservation = ada.hold(&sale, &[7]).await;
        cluster.database().execute("
            ALTER TABLE reservations DROP CONSTRAINT reservations_state_check;
            UPDATE reservations SET state = 'LOST', ended_at = held_at").await;
        let path = format!("/api/v1/reservations/{}", reservation["reservationId"].as_str().unwrap());
        let answer = ada.get(&path).send().await;
        assert!(!answer.text().contains("LOST"), "what is stored stays inside: {}", answer.text());
        ada.get("/api/v1/points").send().await.json(200);
        cluster.stop().await;
        answer
    }
    "unavailable" ["retryAfterSeconds"] |_cluster| {
        let cluster = Cluster::start().await;
        let (ada, name) = (cluster.user().await, cluster.database().name().await);
        cluster.database().refuse_connections().await;
        let answer = ada.try_charge("key", 5).await;
        answer.problem(503, "unavailable");
        ada.get("/api/v1/points").send().await.problem(503, "unavailable");
        cluster.client().get("/health/ready").send().await.problem(503, "unavailable");
        cluster.client().get("/health/live").send().await.json(200);
        cluster.database().accept_connections(&name).await;
        eventually("ready again", async || {
            (cluster.client().get("/health/ready").send().await.status == 200).then_some(())
        })
        .await;
        assert_eq!(ada.try_charge("key", 5).await.json(201)["balance"], json!(5), "the same key, one effect");
        assert_eq!(ada.try_charge("key", 5).await.json(201)["balance"], json!(5));
        cluster.end().await;
        answer
    }
}
