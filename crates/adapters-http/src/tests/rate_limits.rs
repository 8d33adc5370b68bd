//! Clients that ask too often are refused before anything is done, and told how long to wait. What is asked for here is refused
//! anyway, a little later than by a limit: nothing but the look-up of users is ever called.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::test::TestRequest;
use metrics_exporter_prometheus::PrometheusBuilder;
use seatline_application::operator_keys::BearerKey;
use seatline_domain::ports::{MockAccounts, MockOperatorKeys};
use uuid::Uuid;

use super::world::{ADA, ADMIN_KEY, BOB, KEYS, Reply, Sender, World, get, operator_key, post};
use crate::TrustedProxies;

/// More than any burst and than what is refilled while a test sends them.
const MANY: usize = 1_000;
const HERE: &str = "192.0.2.1";
const ELSEWHERE: &str = "192.0.2.2";
/// The operations, by the name of their limit, and how much their users may do at once.
const OF_USERS: [(&str, usize); 6] =
    [("join", 20), ("hold", 20), ("charge", 10), ("pay", 20), ("seats", 30), ("list", 60)];

fn from(address: &str, request: TestRequest) -> TestRequest {
    request.peer_addr(SocketAddr::new(address.parse().unwrap(), 4_711))
}

/// Asks an operation for what it cannot do.
fn ask(operation: &str, access_token: &str) -> TestRequest {
    match operation {
        "register" => post("/api/v1/users", "junk"),
        "join" => post("/api/v1/concerts/junk/queue/tokens", "").bearer(access_token),
        "hold" => post("/api/v1/reservations", "junk").bearer(access_token),
        "pay" => post("/api/v1/payments", "junk").bearer(access_token),
        "seats" => get("/api/v1/performances/junk/seats").bearer(access_token),
        "list" => get("/api/v1/reservations?limit=junk").bearer(access_token),
        _ => post("/api/v1/points/charges", "junk").bearer(access_token),
    }
}

fn refused(replies: &[Reply]) -> Vec<&Reply> {
    replies.iter().filter(|reply| reply.status == 429).collect()
}

/// The first that was refused, after at least so many that were not.
#[track_caller]
fn first_refused(replies: &[Reply], burst: usize) -> &Reply {
    let first = replies.iter().position(|reply| reply.status == 429);
    assert!(first.is_some_and(|first| first >= burst), "{first:?} of {}", replies.len());
    &replies[first.unwrap()]
}

#[actix_web::test]
async fn a_user_has_a_limit_of_their_own_wherever_they_ask_from() {
    for (operation, burst) in OF_USERS {
        // A new address each time: none of them is limited.
        let asked = |user, index: usize| from(&format!("198.51.100.{}", index % 250), ask(operation, user));
        let mut requests: Vec<_> = (0..burst * 5).map(|index| asked(ADA, index)).collect();
        requests.push(asked(BOB, 0));
        let replies = World::new().send_all(requests).await;
        let (bob, replies) = replies.split_last().unwrap();
        assert!(bob.status.is_client_error() && bob.status != 429, "{operation}: {}", bob.text());
        let reply = first_refused(replies, burst);
        let problem = reply.problem(429, "rate_limited");
        assert_eq!(problem["retryAfterSeconds"].to_string(), reply.header("retry-after"));
        assert!((1..=2).contains(&problem["retryAfterSeconds"].as_u64().unwrap()), "{problem}");
    }
}

#[actix_web::test]
async fn an_address_has_a_limit_for_everybody_and_others_are_not_hit() {
    for (operation, burst) in [
        ("register", 100),
        ("join", 200),
        ("hold", 200),
        ("charge", 100),
        ("pay", 200),
        ("seats", 600),
        ("list", 600),
    ] {
        let (looked_up, mut world) = (Arc::new(AtomicUsize::new(0)), World::new());
        // Nobody, again and again: no user's limit is in the way.
        world.accounts = MockAccounts::new();
        let count = looked_up.clone();
        world.accounts.expect_user_with_token().returning(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(None)
        });
        let mut requests: Vec<_> = (0..MANY).map(|_| from(HERE, ask(operation, ADA))).collect();
        requests.push(from(ELSEWHERE, ask(operation, ADA)));
        let replies = world.send_all(requests).await;
        let (other, replies) = replies.split_last().unwrap();
        assert_ne!(other.status, 429, "{operation}: another address");
        first_refused(replies, burst).problem(429, "rate_limited");
        let told: Vec<u64> =
            refused(replies).iter().map(|reply| reply.header("retry-after").parse().unwrap()).collect();
        assert!(told.iter().all(|seconds| (1..=60).contains(seconds)), "{operation}: {told:?}");
        assert!(told.last() > told.first(), "{operation}: whoever asks later comes back later: {told:?}");
        let taken = MANY + 1 - refused(replies).len();
        let looked_up = looked_up.load(Ordering::Relaxed);
        assert_eq!(looked_up, if operation == "register" { 0 } else { taken }, "refused before any look-up");
    }
}

#[actix_web::test]
async fn an_address_may_be_wrong_only_so_often_about_the_operators_key() {
    let wrong = |address: &str| from(address, get("/metrics")).bearer("not the operators' key at all");
    let mut requests: Vec<_> = (0..100).map(|_| wrong(HERE)).collect();
    requests.push(wrong(ELSEWHERE));
    requests.push(from(HERE, get("/metrics").operator()));
    let replies = World::new().send_all(requests).await;
    let [wrong @ .., elsewhere, right] = replies.as_slice() else { panic!() };
    first_refused(wrong, 20).problem(429, "rate_limited");
    elsewhere.problem(401, "unauthenticated");
    assert_eq!(right.status, 200, "whoever has the key is never locked out by others");
}

#[actix_web::test]
async fn guesses_of_keys_are_looked_up_only_so_often_and_known_keys_always() {
    let guess = |n: usize| from(HERE, get("/metrics")).bearer(&format!("slk_{n:0>43}"));
    let good = |address: &str| from(address, get("/metrics")).bearer(KEYS[0].0);
    let looked_up = Arc::new(AtomicUsize::new(0));
    let mut world = World::new();
    world.operator_keys = MockOperatorKeys::new();
    let counted = looked_up.clone();
    world.operator_keys.expect_with_hash().returning(move |hash| {
        let good = BearerKey::parse(KEYS[0].0).unwrap().hash() == hash;
        counted.fetch_add(usize::from(!good), Ordering::Relaxed);
        Ok(good.then(|| operator_key(KEYS[0].1, hash)))
    });
    let mut requests = vec![good(HERE)];
    requests.extend((0..MANY).map(guess));
    requests.push(good(HERE));
    requests.push(good(ELSEWHERE));
    let replies = world.send_all(requests).await;
    let [first, guesses @ .., again, elsewhere] = replies.as_slice() else { panic!() };
    first_refused(guesses, 20).problem(429, "rate_limited");
    let refused = refused(guesses).len();
    assert!(refused > MANY / 2, "{refused}");
    assert_eq!(looked_up.load(Ordering::Relaxed), MANY - refused, "refused before any look-up");
    assert_eq!([first, again, elsewhere].map(|reply| reply.status.as_u16()), [200; 3]);
}

#[actix_web::test]
async fn whoever_registers_with_the_operators_key_is_not_counted() {
    let with = |key: &str| from(HERE, ask("register", ADA).bearer(key));
    let ours = World::new().send_all((0..MANY).map(|_| with(ADMIN_KEY))).await;
    assert!(refused(&ours).is_empty());
    // Nor do they use up what others on the address have.
    let others = (0..MANY).map(|_| with(ADMIN_KEY)).chain((0..100).map(|_| from(HERE, ask("register", ADA))));
    assert!(refused(&World::new().send_all(others).await).is_empty());
    for key in [&ADMIN_KEY[1..], ADA, ""] {
        first_refused(&World::new().send_all((0..MANY).map(|_| with(key))).await, 100);
    }
    // It is good for that alone: everything else is a user's.
    let joins = (0..MANY).map(|_| from(HERE, ask("join", ADMIN_KEY)));
    first_refused(&World::new().send_all(joins).await, 200);
}

#[actix_web::test]
async fn only_a_trusted_proxy_says_for_whom_it_asks() {
    let forwarded =
        |address: &str| from(HERE, ask("register", ADA)).insert_header(("x-forwarded-for", address));
    let requests = || {
        let distinct = (0..MANY).map(|index| forwarded(&format!("10.0.{}.{}", index / 250, index % 250)));
        distinct.collect::<Vec<_>>()
    };
    assert!(!refused(&World::new().send_all(requests()).await).is_empty(), "nobody is trusted");
    let trusting = || {
        let mut world = World::new();
        world.settings.trusted_proxies = HERE.parse::<TrustedProxies>().unwrap();
        world
    };
    assert!(refused(&trusting().send_all(requests()).await).is_empty(), "each client for itself");
    let same = (0..MANY).map(|index| forwarded(&format!("junk, 10.0.0.{}, 203.0.113.7", index % 250)));
    first_refused(&trusting().send_all(same).await, 100);
}

#[actix_web::test]
async fn without_limits_and_on_other_routes_nobody_is_refused() {
    let mut world = World::new();
    world.settings.rate_limits = false;
    assert!(refused(&world.send_all((0..MANY).map(|_| from(HERE, ask("charge", ADA)))).await).is_empty());
    let polls = (0..MANY).map(|_| from(HERE, get("/api/v1/queue/token").ada().queue_token("junk")));
    assert!(refused(&World::new().send_all(polls).await).is_empty());
    let reads = (0..MANY).map(|_| from(HERE, get("/api/v1/reservations/junk").ada()));
    assert!(refused(&World::new().send_all(reads).await).is_empty());
}

#[actix_web::test]
async fn refusals_are_counted_by_operation_and_limit() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let recording = metrics::set_default_local_recorder(&recorder);
    let by_user = World::new().send_all((0..100).map(|_| from(HERE, ask("charge", ADA)))).await;
    let by_address = World::new().send_all((0..MANY).map(|_| from(HERE, ask("register", ADA)))).await;
    drop(recording);
    let text = recorder.handle().render();
    for (operation, limit, count) in [
        ("register", "address", refused(&by_address).len()),
        ("charge", "user", refused(&by_user).len()),
        ("charge", "address", 0),
        ("join", "user", 0),
        ("join", "address", 0),
        ("hold", "user", 0),
        ("hold", "address", 0),
        ("seats", "user", 0),
        ("list", "address", 0),
        ("operate", "address", 0),
        ("sign_in", "address", 0),
    ] {
        let line =
            format!("seatline_rate_limited_total{{operation=\"{operation}\",limit=\"{limit}\"}} {count}");
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains(HERE) && !text.contains(&Uuid::from_u128(0xada).to_string()), "{text}");
}
