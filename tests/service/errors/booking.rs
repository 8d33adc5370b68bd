//! Seats that cannot be had, and reservations that cannot be paid or cancelled.

use std::time::Duration;

use seatline_tests::{Cluster, ClusterOptions, Sale, eventually};
use serde_json::json;

use super::cases;

cases! {
    "seat_held" ["seats"] |cluster| {
        let sale = Sale::builder().seats_per_user(3).open(&cluster.operator()).await;
        let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
        ada.hold(&sale, &[7, 8]).await;
        let answer = bob.try_hold(&sale, &[6, 7, 8]).await;
        assert_eq!(answer.problem(409, "seat_held")["seats"], json!([7, 8]));
        assert_eq!(bob.seat(&sale, 6).await.0, "AVAILABLE", "all or nothing");
        answer
    }
    "seat_sold" ["seats"] |cluster| {
        let sale = Sale::builder().seats_per_user(2).open(&cluster.operator()).await;
        let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
        ada.charge(Sale::PRICE).await;
        ada.pay(&ada.hold(&sale, &[7]).await).await;
        let answer = bob.try_hold(&sale, &[6, 7]).await;
        assert_eq!(answer.problem(409, "seat_sold")["seats"], json!([7]));
        answer
    }
    "seat_blocked" ["seats"] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        let block = json!({"block": [{"firstSeat": 7, "lastSeat": 7}]});
        cluster.operator().change_seats(&sale.performance_id, &block).await;
        let answer = ada.try_hold(&sale, &[7]).await;
        assert_eq!(answer.problem(409, "seat_blocked")["seats"], json!([7]));
        assert_eq!(ada.seat(&sale, 7).await, ("BLOCKED".into(), false));
        answer
    }
    "reservation_active" ["reservationId"] |cluster| {
        let sale = Sale::builder().seats_per_user(4).open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        let held = ada.hold(&sale, &[7]).await;
        let answer = ada.try_hold(&sale, &[8]).await;
        assert_eq!(answer.problem(409, "reservation_active")["reservationId"], held["reservationId"]);
        answer
    }
    "sold_out" [] |cluster| {
        let sale = Sale::builder().starts_at("2020-01-01T00:00:00Z").open(&cluster.operator()).await;
        cluster.user().await.try_join(&sale.concert_id).await
    }
    "sold_out" [] |cluster| {
        let sale = Sale::builder().seats_per_user(4).seats(3).open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.try_hold_best(&sale, json!({"count": 4})).await
    }
    "no_adjacent_seats" [] |cluster| {
        let sale = Sale::builder().seats_per_user(2).seats(3).open(&cluster.operator()).await;
        let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
        ada.hold(&sale, &[2]).await;
        bob.try_hold_best(&sale, json!({"count": 2})).await
    }
    "section_not_found" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.try_hold_best(&sale, json!({"count": 1, "section": "Balcony"})).await
    }
    "seat_limit_exceeded" ["limit"] |cluster| {
        let sale = Sale::builder().seats_per_user(2).open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.try_hold_best(&sale, json!({"count": 3})).await
    }
    "seat_limit_exceeded" ["limit"] |cluster| {
        let sale = Sale::builder().seats_per_user(2).open(&cluster.operator()).await;
        let mut ada = cluster.user().await.enter(&sale).await;
        ada.charge(2 * Sale::PRICE).await;
        ada.pay(&ada.hold(&sale, &[7]).await).await;
        ada.join(&sale).await;
        let answer = ada.try_hold(&sale, &[8, 9]).await;
        assert_eq!(answer.problem(409, "seat_limit_exceeded")["limit"], 2);
        ada.hold(&sale, &[8]).await;
        answer
    }
    "sales_not_open" ["salesOpenAt"] |cluster| {
        let plan = Sale::builder().sales_open_at("2099-01-01T00:00:00Z");
        let sale = plan.open(&cluster.operator()).await;
        let answer = cluster.user().await.enter(&sale).await.try_hold(&sale, &[7]).await;
        assert_eq!(answer.problem(409, "sales_not_open")["salesOpenAt"], "2099-01-01T00:00:00Z");
        answer
    }
    "sales_closed" ["salesCloseAt"] |cluster| {
        let operator = cluster.operator();
        let sale = Sale::open(&operator).await;
        let ada = cluster.user().await.enter(&sale).await;
        operator.change_performance(&sale.performance_id, &json!({"salesCloseAt": "2020-01-01T00:00:00Z"})).await;
        let answer = ada.try_hold(&sale, &[7]).await;
        assert_eq!(answer.problem(409, "sales_closed")["salesCloseAt"], "2020-01-01T00:00:00Z");
        answer
    }
    "performance_cancelled" [] |cluster| {
        let operator = cluster.operator();
        let sale = Sale::open(&operator).await;
        let ada = cluster.user().await.enter(&sale).await;
        operator.cancel(&sale.performance_id).await;
        ada.try_hold(&sale, &[7]).await
    }
    "refund_closed" ["refundableUntil"] |cluster| {
        let sale = Sale::builder().refundable_until("2020-01-01T00:00:00Z").open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.charge(Sale::PRICE).await;
        let payment = ada.pay(&ada.hold(&sale, &[7]).await).await;
        let answer = ada.try_refund(&payment, None).await;
        assert_eq!(answer.problem(409, "refund_closed")["refundableUntil"], "2020-01-01T00:00:00Z");
        answer
    }
    "performance_started" ["startsAt"] |cluster| {
        let operator = cluster.operator();
        let concert_id = Sale::open(&operator).await.concert_id;
        let begun = Sale::builder().starts_at("2020-01-01T00:00:00Z");
        let sale = begun.add_performance(&operator, &concert_id).await;
        let answer = cluster.user().await.enter(&sale).await.try_hold(&sale, &[7]).await;
        assert_eq!(answer.problem(409, "performance_started")["startsAt"], "2020-01-01T00:00:00Z");
        answer
    }
    "insufficient_points" ["balance", "required"] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.charge("999.99").await;
        let reservation = ada.hold(&sale, &[7]).await;
        let answer = ada.try_pay(&reservation).await;
        let problem = answer.problem(402, "insufficient_points");
        assert_eq!((&problem["balance"], &problem["required"]), (&json!(999.99), &json!(1_000)));
        assert_eq!(ada.reservation(&reservation).await, reservation, "the hold stays");
        ada.charge("0.01").await;
        assert_eq!(ada.pay(&reservation).await["balance"], 0);
        answer
    }
    "reservation_not_payable" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.charge(Sale::PRICE).await;
        let reservation = ada.hold(&sale, &[7]).await;
        ada.try_cancel(&reservation).await.nothing(204);
        ada.try_pay(&reservation).await
    }
    "reservation_not_cancellable" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.charge(Sale::PRICE).await;
        let reservation = ada.hold(&sale, &[7]).await;
        ada.pay(&reservation).await;
        ada.try_cancel(&reservation).await
    }
    "hold_expired" ["expiresAt"] |_cluster| {
        let options = ClusterOptions { hold_ttl: Duration::from_millis(200), ..ClusterOptions::default() };
        let cluster = Cluster::start_with(options).await;
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.charge(Sale::PRICE).await;
        let reservation = ada.hold(&sale, &[7]).await;
        eventually("expired", async || {
            (ada.reservation(&reservation).await["state"] == "EXPIRED").then_some(())
        })
        .await;
        let answer = ada.try_pay(&reservation).await;
        assert_eq!(answer.problem(410, "hold_expired")["expiresAt"], reservation["expiresAt"]);
        assert_eq!(ada.balance().await, json!(Sale::PRICE), "nothing was paid");
        cluster.end().await;
        answer
    }
}
