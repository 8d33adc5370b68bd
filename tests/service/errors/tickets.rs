//! Tickets that do not exist, and those that admit nobody.

use seatline_tests::Sale;
use serde_json::json;

use super::cases;

cases! {
    "ticket_not_found" [] |cluster| {
        let sale = Sale::open(&cluster.operator()).await;
        let ticket = cluster.user().await.buy(&sale, &[7]).await.remove(0);
        let path = format!("/api/v1/tickets/{}", ticket["ticketId"].as_str().unwrap());
        cluster.user().await.get(&path).send().await
    }
    "ticket_used" ["checkedInAt", "gate"] |cluster| {
        let operator = cluster.operator();
        let sale = Sale::open(&operator).await;
        let ticket = cluster.user().await.buy(&sale, &[7]).await.remove(0);
        let first = operator.try_check_in(&sale.performance_id, &ticket["code"], "North").await.json(201);
        let answer = operator.try_check_in(&sale.performance_id, &ticket["code"], "South").await;
        let problem = answer.problem(409, "ticket_used");
        assert_eq!((&problem["checkedInAt"], &problem["gate"]), (&first["checkedInAt"], &json!("North")));
        answer
    }
    "ticket_void" [] |cluster| {
        let operator = cluster.operator();
        let sale = Sale::open(&operator).await;
        let mut ada = cluster.user().await;
        let ticket = ada.buy(&sale, &[7]).await.remove(0);
        let (user, payment) = (&ada.user_id, ticket["paymentId"].as_str().unwrap());
        let path = format!("/api/v1/admin/users/{user}/payments/{payment}/refunds");
        operator.request("POST", &path).json(&json!({"reason": "Ill"})).send().await.json(201);
        operator.try_check_in(&sale.performance_id, &ticket["code"], "North").await
    }
    "ticket_invalid" [] |cluster| {
        let operator = cluster.operator();
        let sale = Sale::open(&operator).await;
        operator.try_check_in(&sale.performance_id, &json!("none"), "North").await
    }
}
