//! Things that are not there.

use seatline_tests::{Sale, TestUser};
use serde_json::json;

use super::cases;

const NOBODYS: &str = "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e";

cases! {
    "user_not_found" [] |cluster| {
        cluster.operator().try_credit(NOBODYS, "nobodys", &json!({"amount": 1, "reason": "Sorry"})).await
    }
    "concert_not_found" [] |cluster| {
        cluster.client().get(&format!("/api/v1/concerts/{NOBODYS}")).send().await
    }
    "performance_not_found" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.get(&format!("/api/v1/performances/{NOBODYS}/seats")).send().await
    }
    "section_not_found" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        cluster.operator().try_change_section(&sale.performance_id, "Balcony", &json!({"price": 1})).await
    }
    "date_not_found" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        let seats = ada.get(&format!("/api/v1/concerts/{}/dates/2099-12-31/seats", sale.concert_id)).send().await;
        seats.problem(404, "date_not_found");
        hold_on(&ada, &sale, "2099-12-31").await
    }
    "date_ambiguous" ["bookable", "performances"] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let matinee = json!({"startsAt": "2099-12-24T14:00:00+09:00", "price": 1});
        let matinee = cluster.operator().add_performance(&sale.concert_id, &matinee).await;
        let ada = cluster.user().await.enter(&sale).await;
        let answer = hold_on(&ada, &sale, Sale::DATE).await;
        let problem = answer.problem(409, "date_ambiguous");
        assert_eq!(problem["performances"], json!([matinee["performanceId"], sale.performance_id]));
        assert_eq!(
            problem["bookable"],
            json!([
                {"performanceId": matinee["performanceId"], "startsAt": "2099-12-24T05:00:00Z"},
                {"performanceId": sale.performance_id, "startsAt": "2099-12-24T10:00:00Z"},
            ])
        );
        answer
    }
    "seat_not_found" ["seats"] |cluster| {
        let sale = Sale::builder().seats_per_user(4).open(&cluster.operator()).await;
        let answer = cluster.user().await.enter(&sale).await.try_hold(&sale, &[7, 51, 52]).await;
        assert_eq!(answer.problem(404, "seat_not_found")["seats"], json!([51, 52]));
        answer
    }
    "reservation_not_found" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
        let adas = ada.hold(&sale, &[1]).await;
        bob.try_cancel(&adas).await
    }
    "payment_not_found" [] |cluster| {
        cluster.user().await.get(&format!("/api/v1/payments/{NOBODYS}")).send().await
    }
}

async fn hold_on(user: &TestUser, sale: &Sale, date: &str) -> seatline_tests::Answer {
    let body = json!({"concertId": sale.concert_id, "date": date, "seatNumbers": [1]});
    user.request("POST", "/api/v1/reservations").json(&body).send().await
}
