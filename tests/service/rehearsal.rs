//! The rehearsal of a sale: what it reports is so, and what is broken it finds.

use nix::sys::signal::Signal;
use seatline_tests::{
    ADMIN_KEY, Binary, Cluster, ClusterOptions, Database, QUEUE_KEY, Rehearsal, Sale, TICKET_KEY, eventually,
    rehearse,
};

const ALL_PROMISES: [&str; 9] = [
    "seatsSoldOnce",
    "numbersUnique",
    "numberKept",
    "positionsNeverRise",
    "admittedInOrder",
    "moneyExact",
    "ticketsUsedOnce",
    "sameKeySameAnswer",
    "salesAgree",
];

fn urls(cluster: &Cluster, instances: usize) -> String {
    let urls: Vec<_> = (0..instances).map(|index| format!("http://{}", cluster.address(index))).collect();
    urls.join(",")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_buys_every_seat_and_the_report_says_so() {
    let cluster = Cluster::start().await;
    let crowd = "--people 300 --seats 50 --performances 2 --capacity 60 --price 1234.56 --seed 7 --tolerance 20s \
                 --hesitate 50ms --give-up 10% --lapse 0% --refresh 30% --retry 30% --refund 0% --check-in 40%";
    let rehearsed = rehearse(&urls(&cluster, 1), ADMIN_KEY, crowd).await;
    assert_eq!(rehearsed.code, Some(0), "{rehearsed:#?}");
    assert_eq!(rehearsed.promises("KEPT"), ALL_PROMISES);
    let report = &rehearsed.report;
    assert_eq!((&report["passed"], &report["verdict"]), (&true.into(), &"PASSED".into()));
    assert_eq!(report["ending"], "done");
    assert_eq!((rehearsed.people("bought"), &report["seats"]["sold"]), (50, &50.into()));
    assert_eq!(report["seats"]["points"], 61_728, "as a number: 50 times 1,234.56");
    assert!(rehearsed.people("gaveUp") > 0);
    assert_eq!(rehearsed.people("failed") + rehearsed.people("unfinished"), 0);
    let everybody: u64 = report["outcomes"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(everybody, 300);
    let registrations = &report["requests"][0];
    assert_eq!((&registrations["kind"], &registrations["count"]), (&"register".into(), &300.into()));
    assert!(rehearsed.text.contains("50 of 50 seats sold for 61,728 points"), "{}", rehearsed.text);
    let checked_in = report["seats"]["checkedIn"].as_u64().unwrap();
    assert!((1..50).contains(&checked_in), "{rehearsed:#?}");
    // The report is right about what is in the database.
    assert_eq!(cluster.database().query("SELECT count(*) FROM check_ins").await, [checked_in.to_string()]);
    let sold = "SELECT count(*) FROM payments";
    assert_eq!(cluster.database().query(sold).await, ["50"]);
    assert_eq!(cluster.database().query("SELECT count(*) FROM users").await, ["300"]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_with_browsers_loads_the_pages_too() {
    let cluster = Cluster::start().await;
    let crowd =
        "--pages --people 40 --seats 20 --capacity 30 --seed 7 --tolerance 20s --hesitate 50ms --lapse 0%";
    let rehearsed = rehearse(&urls(&cluster, 1), ADMIN_KEY, crowd).await;
    assert_eq!(rehearsed.code, Some(0), "{rehearsed:#?}");
    let pages = &rehearsed.report["pages"];
    let count = |kind: &str| {
        let all = rehearsed.report["requests"].as_array().unwrap();
        all.iter().find(|one| one["kind"] == kind).map_or(0, |one| one["count"].as_u64().unwrap())
    };
    assert_eq!(pages["errors"], 0);
    assert_eq!(pages["count"], count("page") + count("asset"));
    // Everybody looks around and gets in line; who buys sees seats and a reservation besides.
    assert!(count("page") >= 3 * 40 + 2 * 20, "{}", rehearsed.text);
    assert!(count("asset") >= 4 * 40, "{}", rehearsed.text);
    assert!(pages["bytes"].as_u64().unwrap() > 40 * 20_000, "{}", rehearsed.text);
    let without = rehearse(&urls(&cluster, 1), ADMIN_KEY, "--people 1 --seats 1 --hesitate 1ms").await;
    assert_eq!(without.report["pages"], serde_json::Value::Null);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_may_ask_any_instance_and_let_holds_lapse() {
    let options =
        ClusterOptions { instances: 2, hold_ttl: ClusterOptions::SHORT_HOLD, ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let crowd = "--people 300 --seats 50 --capacity 80 --seed 8 --tolerance 20s --hesitate 50ms --lapse 30% \
                 --refresh 30% --retry 30% --refund 0%";
    let rehearsed = rehearse(&urls(&cluster, 2), ADMIN_KEY, crowd).await;
    assert_eq!(rehearsed.code, Some(0), "{rehearsed:#?}");
    assert_eq!(rehearsed.promises("KEPT"), ALL_PROMISES);
    assert!(rehearsed.people("letLapse") > 0 && rehearsed.people("bought") <= 50, "{rehearsed:#?}");
    let payments = cluster.database().query("SELECT count(*) FROM payments").await;
    assert_eq!(payments, [rehearsed.people("bought").to_string()]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_far_back_takes_positions_from_the_board_and_polls_agree() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let crowd = "--people 400 --seats 400 --capacity 40 --admit-per-minute 2000 --seed 10 --tolerance 20s --hesitate 50ms \
                 --give-up 30% --lapse 0% --refund 0% --board --near 20 --compare 50%";
    let rehearsed = rehearse(&urls(&cluster, 2), ADMIN_KEY, crowd).await;
    assert_eq!(rehearsed.code, Some(0), "{rehearsed:#?}");
    assert!(rehearsed.promises("KEPT").contains(&"boardAgrees"), "{rehearsed:#?}");
    let requests = rehearsed.report["requests"].as_array().unwrap();
    let boards = requests.iter().find(|kind| kind["kind"] == "board").unwrap();
    assert!(boards["count"].as_u64().unwrap() > 100, "{rehearsed:#?}");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_that_promises_too_much_is_found() {
    let cluster = Cluster::start().await;
    // What is announced says that more people were served than are while it is announced: fewer would not be noticed.
    cluster
        .database()
        .execute(
            "CREATE FUNCTION boast() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN NEW.served := least(NEW.served + 30, NEW.last_number); RETURN NEW; END $$;
             CREATE TRIGGER boast BEFORE INSERT OR UPDATE ON announced_boards FOR EACH ROW EXECUTE FUNCTION boast()",
        )
        .await;
    let crowd = "--people 100 --seats 100 --capacity 5 --hesitate 50ms --give-up 0% --lapse 0% --refund 0% --check-in 0% \
                 --board --near 10 --compare 50%";
    let rehearsed = rehearse(&urls(&cluster, 1), ADMIN_KEY, crowd).await;
    assert_eq!(rehearsed.code, Some(1), "{rehearsed:#?}");
    assert!(rehearsed.promises("BROKEN").contains(&"boardAgrees"), "{rehearsed:#?}");
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_are_given_back_and_sold_again_while_tickets_are_checked_in() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let crowd = "--people 200 --seats 150 --capacity 40 --seed 9 --tolerance 20s --hesitate 20ms --give-up 5% --lapse 0% \
                 --retry 30% --refund 40% --check-in 60%";
    let rehearsed = rehearse(&urls(&cluster, 2), ADMIN_KEY, crowd).await;
    assert_eq!(rehearsed.code, Some(0), "{rehearsed:#?}");
    assert_eq!(rehearsed.promises("KEPT"), ALL_PROMISES);
    let seats = &rehearsed.report["seats"];
    let figure = |name: &str| seats[name].as_u64().unwrap();
    let (sold, refunded, checked_in) = (figure("sold"), figure("refunded"), figure("checkedIn"));
    assert_eq!((rehearsed.people("bought"), rehearsed.people("refunded")), (sold, refunded));
    assert!(refunded > 0 && checked_in > 0, "{rehearsed:#?}");
    for (table, count) in [("refunds", refunded), ("check_ins", checked_in), ("payments", sold + refunded)] {
        let counted = cluster.database().query(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(counted, [count.to_string()], "{table}");
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gate_that_opens_twice_is_found() {
    let cluster = Cluster::start().await;
    // Whoever is checked in is told so; but it is forgotten.
    cluster
        .database()
        .execute(
            "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
             CREATE TRIGGER forget BEFORE INSERT ON check_ins FOR EACH ROW EXECUTE FUNCTION forget()",
        )
        .await;
    let crowd =
        "--people 4 --seats 4 --hesitate 10ms --give-up 0% --lapse 0% --retry 0% --refund 0% --check-in 100%";
    let rehearsed = rehearse(&urls(&cluster, 1), ADMIN_KEY, crowd).await;
    assert_eq!(rehearsed.code, Some(1), "{rehearsed:#?}");
    assert_eq!(rehearsed.promises("BROKEN"), ["ticketsUsedOnce", "salesAgree"], "{rehearsed:#?}");
    assert!(rehearsed.text.contains("went in by a used ticket"), "{}", rehearsed.text);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_that_is_sold_again_and_again_is_found() {
    let cluster = Cluster::start().await;
    // Whoever buys seat 1 is told so; but it is free again.
    cluster
        .database()
        .execute(
            "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN NEW.state := 'RELEASED'; RETURN NEW; END $$;
             CREATE TRIGGER forget BEFORE UPDATE ON reservation_seats FOR EACH ROW
             WHEN (NEW.state = 'SOLD' AND NEW.seat_number = 1) EXECUTE FUNCTION forget()",
        )
        .await;
    // One after the other, so that everybody finds it free.
    let crowd = "--people 4 --seats 1 --capacity 1 --hesitate 10ms --give-up 0% --lapse 0% --tolerance 20s \
                 --refund 0% --check-in 0%";
    let rehearsed = rehearse(&urls(&cluster, 1), ADMIN_KEY, crowd).await;
    assert_eq!(rehearsed.code, Some(1), "{rehearsed:#?}");
    assert_eq!(rehearsed.promises("BROKEN"), ["seatsSoldOnce", "salesAgree"], "{rehearsed:#?}");
    assert!(rehearsed.text.contains("BROKEN   no seat is sold to two people"), "{}", rehearsed.text);
    assert!(rehearsed.text.contains("seat 1 of performance 0 was sold to person"), "{}", rehearsed.text);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_of_a_concert_that_is_there_are_bought_without_the_operators_key() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let crowd = format!(
        "--people 20 --rate 100 --hesitate 10ms --give-up 0% --lapse 0% --refund 50% --concert {}",
        sale.concert_id
    );
    let rehearsed = rehearse(&urls(&cluster, 1), "", &crowd).await;
    assert_eq!((rehearsed.code, rehearsed.people("bought")), (Some(0), 20), "{rehearsed:#?}");
    assert!(rehearsed.promises("UNKNOWN").contains(&"salesAgree"), "{rehearsed:#?}");
    // With it, the sales are those of the second crowd and not those of both.
    let rehearsed = rehearse(&urls(&cluster, 1), ADMIN_KEY, &crowd).await;
    assert_eq!((rehearsed.code, rehearsed.people("bought")), (Some(0), 20), "{rehearsed:#?}");
    assert!(rehearsed.promises("KEPT").contains(&"salesAgree"), "{rehearsed:#?}");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_turned_away_for_a_while_comes_again_and_is_counted() {
    let cluster = Cluster::start().await;
    let ada = cluster.user().await;
    let lock = cluster.database().lock("ledger_entries").await;
    let crowd = "--people 20 --seats 20 --hesitate 10ms --give-up 0% --lapse 0% --retry 50% --refund 0%";
    let rehearsing = Rehearsal::begin(&urls(&cluster, 1), ADMIN_KEY, crowd);
    eventually("somebody waits for the lock", async || {
        let waiting =
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'ledger_entries'::regclass";
        (cluster.database().query(waiting).await != ["0"]).then_some(())
    })
    .await;
    // By the second time, whoever waited before the first has been refused.
    for _ in 0..2 {
        ada.try_charge("key", 5).await.problem(503, "unavailable");
    }
    lock.release().await;
    let rehearsed = rehearsing.end().await;
    assert_eq!((rehearsed.code, rehearsed.people("bought")), (Some(0), 20), "{rehearsed:#?}");
    let errors = rehearsed.report["errors"].as_array().unwrap();
    let turned_away = errors.iter().any(|error| error["status"] == 503 && error["code"] == "unavailable");
    assert!(turned_away, "{rehearsed:#?}");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rehearsal_that_ends_early_reports_and_has_not_passed() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::open(&operator).await;
    operator.set_state(&sale.concert_id, "PAUSED").await;
    let crowd = format!("--people 30 --give-up 0% --concert {}", sale.concert_id);
    let rehearsing = Rehearsal::begin(&urls(&cluster, 1), ADMIN_KEY, &crowd);
    eventually("everybody waits", async || {
        let waiting = cluster.database().query("SELECT count(*) FROM passes WHERE state = 'WAITING'").await;
        (waiting == ["30"]).then_some(())
    })
    .await;
    rehearsing.interrupt();
    let rehearsed = rehearsing.end().await;
    assert_eq!((rehearsed.code, rehearsed.people("unfinished")), (Some(2), 30), "{rehearsed:#?}");
    let report = &rehearsed.report;
    assert_eq!((&report["ending"], &report["passed"]), (&"interrupted".into(), &false.into()));
    assert_eq!(report["verdict"], "INCOMPLETE");
    assert!(rehearsed.text.contains("INCOMPLETE: it was interrupted"), "{}", rehearsed.text);
    assert!(!rehearsed.text.contains("PASSED"), "{}", rehearsed.text);
    assert!(rehearsed.promises("BROKEN").is_empty());
    // Nor when patience ran out.
    let rehearsed = rehearse(&urls(&cluster, 1), ADMIN_KEY, &format!("{crowd} --patience 1s")).await;
    assert_eq!((rehearsed.code, &rehearsed.report["ending"]), (Some(2), &"outOfPatience".into()));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_opened_beyond_the_limit_of_an_address() {
    let database = Database::create().await;
    let url = database.url().to_owned();
    let serving = tokio::task::spawn_blocking(move || {
        Binary::serve([
            ("DATABASE_URL", url.as_str()),
            ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
            ("SEATLINE_PAYMENTS", "play"),
            ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
            ("SEATLINE_TICKET_KEYS", TICKET_KEY),
            ("SEATLINE_LISTEN", "127.0.0.1:0"),
            ("SEATLINE_RATE_LIMITS", "on"),
        ])
    });
    let running = serving.await.unwrap();
    // A hundred at once are the limit of an address.
    let crowd = "--people 130 --seats 130 --hesitate 10ms --give-up 0% --lapse 0% --refresh 0% --retry 0% \
                 --refund 0%";
    let rehearsed = rehearse(&format!("http://{}", running.address()), ADMIN_KEY, crowd).await;
    assert_eq!((rehearsed.code, rehearsed.people("bought")), (Some(0), 130), "{rehearsed:#?}");
    let metrics = running.client().get("/metrics").bearer(ADMIN_KEY).send().await.text();
    let refused = r#"seatline_rate_limited_total{operation="register",limit="address"} 0"#;
    assert!(metrics.lines().any(|line| line == refused), "{metrics}");
    let ended = tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
    assert_eq!(ended.0, Some(0), "{}", ended.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_keeps_it_from_being_held_is_said_clearly() {
    let cluster = Cluster::start().await;
    let here = urls(&cluster, 1);
    let nowhere = "01a1fc1c-874a-7689-b174-6ed1aebc6be5";
    let concert = |id: &str| format!("--concert {id}");
    for (url, key, arguments, expected) in [
        ("http://127.0.0.1:1", ADMIN_KEY, "", "cannot be reached"),
        (&here, "", "", "takes the operators' key"),
        (&here, "wrong-key", "", "does not take this admin key"),
        (&here, ADMIN_KEY, &concert(nowhere), "there is no such concert"),
        (&here, ADMIN_KEY, &concert("the-first"), "not a UUID"),
        (&here, ADMIN_KEY, "--seats 0", "--seats"),
        (&here, ADMIN_KEY, "--seats 2 --performances 3", "--performances 3 cannot share --seats 2"),
        (&here, ADMIN_KEY, "--seats 100001", "take more --performances"),
        ("ftp://host", ADMIN_KEY, "", "must begin with http"),
    ] {
        let rehearsed = rehearse(url, key, arguments).await;
        assert_eq!(rehearsed.code, Some(2), "{rehearsed:#?}");
        assert!(rehearsed.said.contains(expected), "{expected}: {rehearsed:#?}");
        assert!(!rehearsed.said.contains(ADMIN_KEY) && !rehearsed.said.contains("wrong-key"));
    }
    cluster.end().await;
}
