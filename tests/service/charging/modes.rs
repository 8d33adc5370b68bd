use seatline_tests::{ADMIN_KEY, Binary, Cluster, ClusterOptions, Database, QUEUE_KEY};
use serde_json::json;

/// How a start with these variables ends.
fn refusal(variables: &[(&str, &str)]) -> String {
    let output = Binary::run("serve", variables.iter().copied());
    assert!(!output.status.success(), "{variables:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_where_nobody_else_can_come_are_points_play_money_unasked() {
    let database = Database::create().await;
    let given = [
        ("DATABASE_URL", database.url()),
        ("SEATLINE_LISTEN", "127.0.0.1:0"),
        ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
        ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
    ];
    let mut messages = vec![refusal(&given), refusal(&[("SEATLINE_LISTEN", "0.0.0.0:0")])];
    for chosen in ["", "strpe", "PLAY"] {
        messages.push(refusal(&[&given[..], &[("SEATLINE_PAYMENTS", chosen)]].concat()));
    }
    for message in messages {
        assert_eq!(message.lines().count(), 1, "{message}");
        for part in ["SEATLINE_PAYMENTS", "play", "operator", "stripe", "toss"] {
            assert!(message.contains(part), "{message}");
        }
    }
    let message = refusal(&[&given[..], &[("SEATLINE_PAYMENTS", "stripe")]].concat());
    assert!(message.contains("SEATLINE_STRIPE_SECRET_KEY") && message.lines().count() == 1, "{message}");

    let mut running = Binary::serve(given.into_iter().chain([("SEATLINE_PAYMENTS", "play")]));
    let said = running.announcement("holds last");
    assert!(said.contains("play money"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn play_money_says_that_it_is() {
    let cluster = Cluster::start().await;
    let ada = cluster.user().await;
    let answer = ada.try_charge("once", 5).await;
    answer.json(201);
    assert_eq!(answer.header("seatline-payments"), Some("play"));
    cluster.client().post("/webhooks/stripe").json_bytes("{}").send().await.problem(404, "not_found");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_operators_credit_nobody_charges() {
    let cluster =
        Cluster::start_with(ClusterOptions { payments: "operator", ..ClusterOptions::default() }).await;
    let ada = cluster.user().await;
    ada.try_charge("once", 5).await.problem(403, "charging_closed");
    let credit = json!({"amount": 5, "reason": "A voucher"});
    cluster.operator().try_credit(&ada.user_id, "one", &credit).await.json(201);
    assert_eq!(ada.balance().await, json!(5));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_charge_without_money_is_found() {
    let cluster =
        Cluster::start_with(ClusterOptions { payments: "operator", ..ClusterOptions::default() }).await;
    let ada = cluster.user().await;
    let print = |reference: &str| {
        format!(
            "UPDATE wallets SET balance = balance + 5, entries = entries + 1 WHERE user_id = '{0}';
             INSERT INTO ledger_entries (user_id, sequence, entry_id, kind, amount, balance_after, reference_id, created_at)
             SELECT user_id, entries, gen_random_uuid(), 'CHARGE', 5, balance, {reference}, clock_timestamp()
             FROM wallets WHERE user_id = '{0}'",
            ada.user_id
        )
    };
    for reference in ["NULL", "gen_random_uuid()"] {
        cluster.database().execute(&print(reference)).await;
        let output = Binary::run("check", [("DATABASE_URL", cluster.database().url())]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.code() == Some(1) && said.contains("BROKEN I18"), "{said}");
        cluster
            .database()
            .execute("DELETE FROM ledger_entries; UPDATE wallets SET balance = 0, entries = 0")
            .await;
    }
    let paid = "INSERT INTO charges (charge_id, user_id, amount, currency, provider, state, created_at, settled_at,
                                     entry_id, look_ups)
                SELECT gen_random_uuid(), user_id, 5, 'KRW', 'stripe', 'PAID', now(), now(), gen_random_uuid(), 0
                FROM users LIMIT 1";
    cluster.database().execute(paid).await;
    let output = Binary::run("check", [("DATABASE_URL", cluster.database().url())]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("BROKEN I18"));
    cluster.stop().await;
}
