use std::path::Path;
use std::process::Output;

use nix::sys::signal::Signal;
use seatline_test_support::TestDatabase;
use seatline_tests::{
    ADMIN_KEY, Binary, QUEUE_KEY, Rehearsal, RehearsalResult, Running, TICKET_KEY, eventually, rehearse,
};

const KEYS: [(&str, &str); 5] = [
    ("SEATLINE_LISTEN", "127.0.0.1:0"),
    ("SEATLINE_PAYMENTS", "play"),
    ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
    ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
    ("SEATLINE_TICKET_KEYS", TICKET_KEY),
];

/// A crowd that uses nothing that the version before does not know.
const CROWD: &str = "--people 150 --seats 60 --performances 2 --capacity 30 --tolerance 20s --hesitate 50ms --give-up 10% \
                     --lapse 0% --refresh 20% --retry 30% --refund 0% --check-in 0%";

fn serve(path: &Path, url: &str) -> Running {
    Binary::serve_of(path, [("DATABASE_URL", url)].into_iter().chain(KEYS))
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn url(running: &Running) -> String {
    format!("http://{}", running.address())
}

/// How many payments an instance has made.
async fn bought(running: &Running) -> u64 {
    let metrics = running.client().get("/metrics").bearer(ADMIN_KEY).send().await.text();
    let made = |line: &str| line.strip_prefix(r#"seatline_payments_total{outcome="created"} "#)?.parse().ok();
    metrics.lines().find_map(made).unwrap()
}

/// Waits until an instance has made more payments.
async fn more_bought(running: &Running, before: u64) {
    eventually("somebody has bought", async || (bought(running).await > before).then_some(())).await;
}

/// Prints what came of a crowd, and checks that nothing was broken.
fn passed(which: &str, rehearsed: &RehearsalResult) {
    assert_eq!(rehearsed.code, Some(0), "{which}: {rehearsed:#?}");
    println!("{which}: {} bought, {} gave up", rehearsed.people("bought"), rehearsed.people("gaveUp"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_upgrade_loses_nothing_while_people_buy() {
    let (before, now) = (Binary::path_before(), Binary::path());
    let database = TestDatabase::empty().await;
    let database_url = database.url();
    succeeded(&Binary::run_of(&before, "migrate", [("DATABASE_URL", database_url)]));
    let old = serve(&before, database_url);

    // The schema is brought up to date below the old instance, while people buy.
    let buying = Rehearsal::begin(&url(&old), ADMIN_KEY, CROWD);
    more_bought(&old, 0).await;
    let migrated = Binary::run_of(now, "migrate", [("DATABASE_URL", database_url)]);
    succeeded(&migrated);
    println!("{}", String::from_utf8_lossy(&migrated.stdout).trim());
    passed("the version before, while the schema changes", &buying.end().await);

    let new = serve(now, database_url);
    let both = [url(&old), url(&new)].join(",");
    passed("both versions", &rehearse(&both, ADMIN_KEY, CROWD).await);

    // The old instance stops while people buy from both; they go on with the new one.
    let before = bought(&old).await;
    let buying = Rehearsal::begin(&both, ADMIN_KEY, CROWD);
    more_bought(&old, before).await;
    let ended = tokio::task::spawn_blocking(move || old.end_with(Signal::SIGTERM)).await.unwrap();
    assert_eq!(ended.0, Some(0), "{}", ended.1);
    let rehearsed = buying.end().await;
    assert!(rehearsed.promises("BROKEN").is_empty(), "{rehearsed:#?}");

    // What is new, once the last old instance is gone.
    let everything = CROWD.replace("--refund 0% --check-in 0%", "--refund 20% --check-in 40%");
    passed("the new version", &rehearse(&url(&new), ADMIN_KEY, &everything).await);
    let ended = tokio::task::spawn_blocking(move || new.end_with(Signal::SIGTERM)).await.unwrap();
    assert_eq!(ended.0, Some(0), "{}", ended.1);
    let checked = Binary::run("check", [("DATABASE_URL", database_url)]);
    succeeded(&checked);
    println!("{}", String::from_utf8_lossy(&checked.stdout).trim());
}
