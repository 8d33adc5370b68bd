//! Nothing secret is logged, however much is logged and whatever goes wrong.

use nix::sys::signal::Signal;
use seatline_tests::{ADMIN_KEY, Binary, Database, Operator, QUEUE_KEY, Sale, TICKET_KEY, TestUser};
use serde_json::json;

const PASSWORD: &str = "the-database-password-of-these-tests";
const RETIRED_KEY: &str = "the-retired-queue-key-of-these-tests-0123456";

/// The URL with a password, and the password. Where the server trusts everybody the password is sent to nobody, but it
/// is in the configuration all the same.
fn with_password(url: &str) -> (String, String) {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (user, rest) = rest.split_once('@').unwrap();
    match user.split_once(':') {
        Some((_, password)) => (url.to_owned(), password.to_owned()),
        None => (format!("{scheme}://{user}:{PASSWORD}@{rest}"), PASSWORD.to_owned()),
    }
}

/// Booked, polled, watched and paid, and everything that can be refused on the way.
async fn journey_with_failures(operator: &Operator, client: &seatline_tests::Client) -> Vec<String> {
    let sale = Sale::open(operator).await;
    let ada = TestUser::register(client.clone()).await.enter(&sale).await;
    let (access, queue) = (ada.access_token.clone(), ada.queue_token.clone().unwrap());
    let bob = TestUser::register(client.clone()).await;
    ada.poll().await;
    ada.get("/api/v1/queue/token/events").send().await;
    ada.try_charge("key", Sale::PRICE).await.json(201);
    ada.try_charge("key", 1).await.problem(422, "idempotency_key_reused");
    ada.try_hold(&sale, &[999]).await.problem(404, "seat_not_found");
    let held = ada.hold(&sale, &[7]).await;
    bob.with_token(&queue).try_hold(&sale, &[7]).await.problem(403, "queue_token_mismatch");
    let forged = ada.with_token(&format!("{queue}x")).get("/api/v1/queue/token").send().await;
    forged.problem(401, "queue_token_invalid");
    client.get("/api/v1/points").bearer(&format!("{access}x")).send().await.problem(401, "unauthenticated");
    client
        .get("/api/v1/points")
        .header("authorization", &access)
        .send()
        .await
        .problem(401, "unauthenticated");
    let audit = format!("/api/v1/admin/concerts/{}/audit", sale.concert_id);
    client.get(&audit).bearer(&access).send().await.problem(403, "forbidden");
    client.get(&audit).bearer(&ADMIN_KEY[1..]).send().await.problem(401, "unauthenticated");
    client.get("/api/v1/points").bearer(ADMIN_KEY).send().await.problem(401, "unauthenticated");
    for misplaced in [access.as_str(), queue.as_str(), ADMIN_KEY] {
        client.get(&format!("/api/v1/concerts/{misplaced}")).send().await.problem(400, "malformed_request");
        client.get(&format!("/{misplaced}")).send().await.problem(404, "not_found");
        client
            .get(&format!("/api/v1/concerts?token={misplaced}"))
            .send()
            .await
            .problem(400, "malformed_request");
        let body = json!({"accessToken": misplaced});
        ada.request("POST", "/api/v1/payments").json(&body).send().await.problem(400, "malformed_request");
    }
    ada.pay(&held).await;
    ada.try_hold(&sale, &[8]).await.problem(401, "queue_token_expired");
    vec![access, queue, bob.access_token]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_logged_at_any_level() {
    for format in ["text", "json"] {
        let database = Database::create().await;
        let (url, password) = with_password(database.url());
        let keys = format!("{QUEUE_KEY},{RETIRED_KEY}");
        let running = Binary::serve([
            ("DATABASE_URL", url.as_str()),
            ("SEATLINE_LISTEN", "127.0.0.1:0"),
            ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
            ("SEATLINE_PAYMENTS", "play"),
            ("SEATLINE_QUEUE_KEYS", keys.as_str()),
            ("SEATLINE_TICKET_KEYS", TICKET_KEY),
            ("SEATLINE_LOG_FORMAT", format),
            ("RUST_LOG", "trace"),
        ]);
        let operator = Operator::new(running.client(), ADMIN_KEY);
        let tokens = journey_with_failures(&operator, &running.client()).await;
        let name = database.name().await;
        database.refuse_connections().await;
        operator.request("GET", "/api/v1/concerts").send().await.problem(503, "unavailable");
        database.accept_connections(&name).await;
        let ended = tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM)).await;
        let (code, log) = ended.unwrap();
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("TRACE") && log.contains("answered"), "the log is as long as it can be");
        let kept = [ADMIN_KEY, QUEUE_KEY, RETIRED_KEY, TICKET_KEY, password.as_str()].map(str::to_owned);
        for secret in tokens.iter().chain(&kept) {
            // Most of a secret is as good as the whole.
            let telling = &secret[4..secret.len() - 4];
            let leak = log.lines().find(|line| line.contains(telling));
            assert!(leak.is_none(), "{secret} in: {leak:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_used_does_not_give_its_password_away() {
    for url in [
        format!("postgres://nobody:{PASSWORD}@127.0.0.1:1/nothing"),
        format!("postgres://nobody:{PASSWORD}@127.0.0.1:port/nothing"),
        format!("postgres://nobody:{PASSWORD}"),
        format!("host=127.0.0.1 port=1 user=nobody password={PASSWORD}"),
        format!("host=127.0.0.1 user=nobody passwort={PASSWORD}"),
        format!("{PASSWORD}@nowhere"),
    ] {
        for command in ["serve", "migrate", "check"] {
            let traced = Binary::variables(&url).into_iter().chain([("RUST_LOG", "trace")]);
            let refused = Binary::run(command, traced);
            let said = [refused.stdout, refused.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert!(!refused.status.success(), "{command}");
            assert!(said.contains("seatline:") && !said.contains(PASSWORD), "{command}: {said}");
        }
    }
    let help = Binary::run(
        "--help",
        [
            ("DATABASE_URL", PASSWORD),
            ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
            ("SEATLINE_PAYMENTS", "play"),
            ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
            ("SEATLINE_TICKET_KEYS", TICKET_KEY),
        ],
    );
    let said = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(said.contains("DATABASE_URL"), "{said}");
    assert!(
        [PASSWORD, ADMIN_KEY, QUEUE_KEY, TICKET_KEY].iter().all(|secret| !said.contains(secret)),
        "{said}"
    );
}
