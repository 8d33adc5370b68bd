//! Points that operators add or take back.

use seatline_tests::Cluster;
use seatline_tests::contract::ENTRY;
use serde_json::{Value, json};

/// The concert of changes that belong to none.
const NO_CONCERT: &str = "00000000-0000-0000-0000-000000000000";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_add_points_and_take_back_what_is_there() {
    let cluster = Cluster::start().await;
    let (operator, ada) = (cluster.operator(), cluster.user().await);
    let credit = json!({"amount": "10.5", "reason": "Sorry for the wait"});
    let entry = operator.try_credit(&ada.user_id, "one", &credit).await.of_kind(201, ENTRY);
    assert_eq!((&entry["kind"], &entry["amount"]), (&json!("CREDIT"), &json!(10.5)));
    assert_eq!((&entry["balanceAfter"], &entry["referenceId"]), (&json!(10.5), &Value::Null));
    let again = operator.try_credit(&ada.user_id, "one", &credit).await;
    assert_eq!(
        (again.of_kind(201, ENTRY), again.header("idempotency-replayed")),
        (entry.clone(), Some("true"))
    );
    let other = json!({"amount": 11, "reason": "Sorry for the wait"});
    operator.try_credit(&ada.user_id, "one", &other).await.problem(422, "idempotency_key_reused");

    let debit = json!({"amount": -4.25, "reason": "By mistake"});
    let taken = operator.try_credit(&ada.user_id, "two", &debit).await.of_kind(201, ENTRY);
    assert_eq!((&taken["kind"], &taken["amount"]), (&json!("DEBIT"), &json!(-4.25)));
    assert_eq!(ada.entries().await, [taken.clone(), entry.clone()]);
    let too_much = json!({"amount": -6.26, "reason": "By mistake"});
    let short =
        operator.try_credit(&ada.user_id, "three", &too_much).await.problem(402, "insufficient_points");
    assert_eq!((&short["balance"], &short["required"]), (&json!(6.25), &json!(6.26)));
    assert_eq!(ada.balance().await, json!(6.25));

    for amount in [json!(0), json!(10_000_001), json!(-10_000_001), json!(0.001), json!("-0.001")] {
        let wrong = json!({"amount": amount, "reason": "Sorry"});
        let problem = operator.try_credit(&ada.user_id, "four", &wrong).await.problem(422, "invalid_value");
        assert_eq!(problem["field"], "amount");
    }
    for amount in [json!("--1"), json!("-"), json!("- 1"), json!(null)] {
        let wrong = json!({"amount": amount, "reason": "Sorry"});
        operator.try_credit(&ada.user_id, "five", &wrong).await.problem(400, "malformed_request");
    }
    let path = format!("/api/v1/admin/users/{}/points", ada.user_id);
    operator.request("POST", &path).json(&credit).send().await.problem(400, "idempotency_key_missing");
    let record = "SELECT count(*) FROM credits WHERE length(operator) = 8 AND reason = 'By mistake'";
    assert_eq!(cluster.database().query(record).await, ["1"]);
    let audit = operator.audit(NO_CONCERT).await;
    let [of_debit, of_credit] = audit.as_slice() else { panic!("{audit:?}") };
    assert_eq!((&of_credit["action"], &of_credit["at"]), (&json!("POINTS_CREDITED"), &entry["createdAt"]));
    assert_eq!(of_debit["action"], "POINTS_DEBITED");
    assert_eq!(of_debit["before"], json!({"userId": ada.user_id, "balance": 10.5}));
    let after = json!({
        "userId": ada.user_id, "balance": 6.25, "entryId": taken["entryId"], "amount": -4.25, "reason": "By mistake",
    });
    assert_eq!(of_debit["after"], after);
    cluster.end().await;
}
