use nix::sys::signal::Signal;
use seatline_tests::contract::TICKET_KEYS;
use seatline_tests::{
    ADMIN_KEY, Binary, Client, Cluster, Database, Operator, QUEUE_KEY, RawConnection, Sale, TICKET_KEY,
    TestUser,
};
use serde_json::Value;

fn on(database: &Database) -> Vec<(&str, &str)> {
    vec![
        ("DATABASE_URL", database.url()),
        ("SEATLINE_LISTEN", "127.0.0.1:0"),
        ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
        ("SEATLINE_PAYMENTS", "play"),
        ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
        ("SEATLINE_TICKET_KEYS", TICKET_KEY),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_prints_the_document_that_it_serves() {
    let cluster = Cluster::start().await;
    let printed = Binary::run("openapi", []);
    assert!(printed.status.success());
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(printed, cluster.document().await);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journey_works_and_signals_end_it_in_order() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let database = Database::create().await;
        let mut running = Binary::serve(on(&database));
        let said = running.announcement("holds last").to_owned();
        for word in ["/docs", "DATABASE_URL", "SEATLINE_ADMIN_KEY"] {
            assert!(said.contains(word), "{said}");
        }
        assert!(!said.contains(ADMIN_KEY) && !said.contains(database.url()), "secrets are not shown: {said}");
        let sale = Sale::open(&Operator::new(running.client(), ADMIN_KEY)).await;
        let ada = TestUser::register(running.client()).await.enter(&sale).await;
        ada.charge(Sale::PRICE).await;
        ada.pay(&ada.hold(&sale, &[7]).await).await;
        // Ada's connection stays open, as a browser's would.
        let (code, log) = tokio::task::spawn_blocking(move || running.end_with(signal)).await.unwrap();
        assert_eq!(code, Some(0), "{log}");
        let queue_token = ada.queue_token.as_deref().unwrap();
        for secret in [ada.access_token.as_str(), queue_token, ADMIN_KEY, QUEUE_KEY, TICKET_KEY] {
            assert!(!log.contains(secret), "a secret in the log: {log}");
        }
        database.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_brings_an_empty_database_up_to_date() {
    let database = seatline_test_support::TestDatabase::empty().await;
    let migrated = Binary::run("migrate", [("DATABASE_URL", database.url())]);
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    assert!(String::from_utf8_lossy(&migrated.stdout).contains("applied"));
    let again = Binary::run("migrate", [("DATABASE_URL", database.url())]);
    assert!(again.status.success());
    assert!(String::from_utf8_lossy(&again.stdout).contains("up to date"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_migrating_it_starts_on_a_schema_that_is_new_enough_and_on_no_other() {
    let database = seatline_test_support::TestDatabase::empty().await;
    let variables = [
        ("DATABASE_URL", database.url()),
        ("SEATLINE_NO_MIGRATE", "true"),
        ("SEATLINE_PAYMENTS", "play"),
        ("SEATLINE_LISTEN", "127.0.0.1:0"),
        ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
        ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
    ];
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    let refused = |missing: &str| {
        let output = Binary::run("serve", variables);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        for words in ["older than this version needs", "`seatline migrate`", missing] {
            assert!(said.contains(words), "{words}: {said}");
        }
    };
    refused("00000000000001");
    assert_eq!(database.query(tables).await, ["0"], "nothing was made");

    assert!(Binary::run("migrate", [("DATABASE_URL", database.url())]).status.success());
    // As that of the version before.
    let last = "SELECT max(version) FROM __diesel_schema_migrations";
    let last = database.query(last).await.remove(0);
    let remove = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{last}' RETURNING version");
    database.query(&remove).await;
    refused(&last);

    // As that of the version after.
    let add = format!(
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('{last}'), ('99990101000000') RETURNING version"
    );
    database.query(&add).await;
    let running = Binary::serve(variables);
    running.client().get("/health/ready").send().await.json(200);
    let (code, log) = tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn monitoring_has_an_address_of_its_own_that_asks_for_no_key() {
    let database = Database::create().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let monitoring = free.to_string();
    let variables = on(&database).into_iter().chain([("SEATLINE_METRICS_LISTEN", monitoring.as_str())]);
    let mut running = Binary::serve(variables);
    assert!(running.announcement("holds last").contains(&monitoring));
    let client = Client::new(free);
    for path in ["/metrics", "/health/live", "/health/ready"] {
        assert_eq!(client.get(path).send().await.status, 200, "{path}");
    }
    client.get("/api/v1/concerts").send().await.problem(404, "not_found");
    client.request("POST", "/metrics").send().await.problem(405, "method_not_allowed");
    running.client().get("/metrics").send().await.problem(401, "unauthenticated");
    let (code, log) = tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_ticket_keys_they_are_made_of_the_queue_keys() {
    let database = Database::create().await;
    let without = || on(&database).into_iter().filter(|(name, _)| *name != "SEATLINE_TICKET_KEYS");
    let mut told = Vec::new();
    for variables in [without().collect::<Vec<_>>(), without().collect(), on(&database)] {
        let running = Binary::serve(variables);
        told.push(running.client().get("/.well-known/jwks.json").send().await.of_kind(200, TICKET_KEYS));
        tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
    }
    assert!(told[0] == told[1] && told[1] != told[2], "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_not_start_without_good_keys() {
    let database = Database::create().await;
    let weak = "31-bytes-are-not-enough-for-one";
    let (none, good, repeated) = (None, Some(ADMIN_KEY), "a".repeat(40));
    for (admin_key, queue_keys, named) in [
        (none, good, "SEATLINE_ADMIN_KEY"),
        (good, none, "SEATLINE_QUEUE_KEYS"),
        (none, none, "SEATLINE_ADMIN_KEY"),
        (Some(weak), good, "SEATLINE_ADMIN_KEY"),
        (good, Some(weak), "SEATLINE_QUEUE_KEYS"),
        (good, Some("the-first-key-is-long-enough-012345,short"), "SEATLINE_QUEUE_KEYS"),
        (Some(""), good, "SEATLINE_ADMIN_KEY"),
        (Some(&repeated), good, "SEATLINE_ADMIN_KEY"),
        (good, Some(&repeated), "SEATLINE_QUEUE_KEYS"),
    ] {
        let mut variables = vec![("DATABASE_URL", database.url()), ("SEATLINE_LISTEN", "127.0.0.1:0")];
        variables.extend([("SEATLINE_TICKET_KEYS", TICKET_KEY), ("SEATLINE_PAYMENTS", "play")]);
        variables.extend(admin_key.map(|key| ("SEATLINE_ADMIN_KEY", key)));
        variables.extend(queue_keys.map(|key| ("SEATLINE_QUEUE_KEYS", key)));
        let refused = Binary::run("serve", variables);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{admin_key:?} {queue_keys:?}");
        assert!(said.contains(named) && said.contains("openssl rand -hex 32"), "{said}");
        assert!(!said.contains(&repeated), "{said}");
        assert!(!said.contains("panicked") && !said.contains(weak), "{said}");
    }
}

/// What it says when it does not start with these variables in the place of good ones.
fn refusal(database: &Database, variables: &[(&str, &str)]) -> String {
    let refused = Binary::run("serve", on(database).into_iter().chain(variables.iter().copied()));
    assert!(!refused.status.success(), "{variables:?}");
    String::from_utf8_lossy(&refused.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_why_it_does_not_start() {
    let database = Database::create().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().map(|address| (taken, address.to_string())).unwrap();
    for (variable, value, words) in [
        ("SEATLINE_LISTEN", taken.1.as_str(), &["SEATLINE_LISTEN", &taken.1][..]),
        ("SEATLINE_LISTEN", "8080", &["--listen", "127.0.0.1:8080", "localhost:8080"]),
        ("DATABASE_URL", "postgres://ada:secret@127.0.0.1:1/nothing", &["DATABASE_URL", "127.0.0.1:1"]),
        ("DATABASE_URL", "mysql://ada:secret@127.0.0.1/nothing", &["DATABASE_URL", "postgresql://"]),
        ("DATABASE_URL", "secret", &["DATABASE_URL"]),
    ] {
        let said = refusal(&database, &[(variable, value)]);
        for word in words {
            assert!(said.contains(word), "{value}: {said}");
        }
        assert!(!said.contains("secret") && !said.contains("panicked"), "{said}");
        assert!(!said.contains('\u{1b}'), "no colours in what is no terminal: {said:?}");
    }
    // Nothing can be made below a file.
    let embedded = [("DATABASE_URL", ""), ("SEATLINE_DATA_DIR", "/dev/null/data")];
    let said = refusal(&database, &embedded);
    assert!(said.contains("SEATLINE_DATA_DIR") && said.contains("/dev/null/data"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_listens_on_a_name_and_logs_without_colours() {
    let database = Database::create().await;
    let named = on(&database).into_iter().chain([("SEATLINE_LISTEN", "localhost:0")]);
    let running = Binary::serve(named.chain([("SEATLINE_SAMPLE_DATA", "on")]));
    running.client().get("/health/live").send().await.json(200);
    let (_, log) = tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
    assert!(log.contains("INFO") && !log.contains('\u{1b}'), "{log:?}");
}

/// Anybody can send them, as many as they like; whoever is called at night for errors must not be called for those.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_cannot_be_read_are_no_errors_in_the_log() {
    let database = Database::create().await;
    let running = Binary::serve(on(&database));
    for unreadable in ["no HTTP\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let (status, _) = RawConnection::exchange(running.address(), unreadable.as_bytes()).await;
        assert_eq!(status, 400);
    }
    let (_, log) = tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
    assert!(!log.contains("ERROR"), "{log}");
}
