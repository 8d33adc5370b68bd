//! One key, one effect, one answer.

use futures::future::join_all;
use seatline_tests::contract::{CHARGE, PAYMENT, PERFORMANCE, QUEUE, REGISTERED, RESERVATION, TOKEN};
use seatline_tests::{ADMIN_KEY, Answer, Cluster, ClusterOptions, Operator, Sale, TestUser, eventually};
use serde_json::{Value, json};

/// Checks that an answer repeats the first one, and says so.
#[track_caller]
fn assert_repeats(answer: &Answer, first: &Answer) {
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(answer.header("idempotency-replayed"), Some("true"));
    assert_eq!(answer.json(first.status), first.json(first.status));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_charge_is_made_once_a_key() {
    let cluster = Cluster::start().await;
    let (ada, bob) = (cluster.user().await, cluster.user().await);
    for key in ["k", "order 7 / retry", &"k".repeat(255), "' OR 1=1--"] {
        let first = ada.try_charge(key, 100).await;
        first.of_kind(201, CHARGE);
        assert_repeats(&ada.try_charge(key, 100).await, &first);
        ada.try_charge(key, 101).await.problem(422, "idempotency_key_reused");
    }
    assert_eq!((ada.balance().await, ada.entries().await.len()), (json!(400), 4));
    let bobs = bob.try_charge("k", 100).await;
    assert_eq!(bobs.header("idempotency-replayed"), None, "another user's key is another key");
    assert_eq!(bobs.of_kind(201, CHARGE)["balance"], 100);
    // Later charges change nothing about the first answer.
    ada.charge(1).await;
    assert_eq!(ada.try_charge("k", 100).await.json(201)["balance"], 100);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reservation_with_a_key_is_made_once() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats_per_user(2).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let hold = async |seats: &[u64]| ada.hold_request(&sale, seats).key("key").send().await;
    let first = hold(&[7, 8]).await;
    let reservation = first.of_kind(201, RESERVATION);
    assert_repeats(&hold(&[7, 8]).await, &first);
    assert_repeats(&hold(&[8, 7]).await, &first);
    hold(&[7]).await.problem(422, "idempotency_key_reused");
    ada.try_charge("key", 1).await.problem(422, "idempotency_key_reused");
    ada.try_cancel(&reservation).await.nothing(204);
    let late = hold(&[7, 8]).await;
    assert_eq!(late.header("idempotency-replayed"), Some("true"));
    let late = late.of_kind(201, RESERVATION);
    assert_eq!(late["reservationId"], reservation["reservationId"], "no second hold");
    assert_eq!(late["state"], "CANCELLED", "as it stands now");
    assert_eq!(ada.seats(&sale).await["availableSeats"], 50);
    let another = ada.hold_request(&sale, &[7, 8]).key("another").send().await.of_kind(201, RESERVATION);
    assert_ne!(another["reservationId"], reservation["reservationId"]);
    let found = ada.hold_request(&sale, &[7, 8]).key("a third").send().await;
    assert_eq!(found.of_kind(200, RESERVATION), another);
    let found_again = ada.hold_request(&sale, &[7, 8]).key("a third").send().await;
    assert_repeats(&found_again, &found);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_retry_puts_nobody_back_in_line_who_has_left() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let operator = cluster.operator();
    let (sale, other) = (Sale::builder().capacity(1).open(&operator).await, Sale::open(&operator).await);
    cluster.user().await.enter(&sale).await;
    let mut ada = cluster.user_of(0).await;
    let there = ada.by(cluster.client_of(1));
    let join = async |user: &TestUser| user.join_request(&sale.concert_id).key("join").send().await;
    let first = join(&ada).await;
    let token = first.of_kind(201, TOKEN);
    let again = join(&there).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.of_kind(201, TOKEN)["number"], token["number"]);
    let elsewhere = ada.join_request(&other.concert_id).key("join").send().await;
    elsewhere.problem(422, "idempotency_key_reused");
    ada.join_request(&sale.concert_id).key("").send().await.problem(400, "idempotency_key_invalid");
    ada.queue_token = token["token"].as_str().map(str::to_owned);
    ada.leave().await;
    let late = join(&there).await;
    let told = late.of_kind(201, TOKEN);
    assert_eq!((&told["number"], &told["state"]), (&token["number"], &json!("LEFT")));
    let room = cluster.client().get(&format!("/api/v1/concerts/{}/queue", sale.concert_id)).send().await;
    assert_eq!(room.of_kind(200, QUEUE)["lastNumber"], token["number"]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_hold_is_shown_as_it_stands_now() {
    let options = ClusterOptions { hold_ttl: ClusterOptions::SHORT_HOLD, ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    bob.charge(Sale::PRICE).await;
    let hold = async |user: &TestUser, seat| user.hold_request(&sale, &[seat]).key("key").send().await;
    let (adas, bobs) = (hold(&ada, 7).await, hold(&bob, 8).await);
    let payment = bob.pay(&bobs.of_kind(201, RESERVATION)).await;
    let expired = eventually("expired", async || {
        let again = hold(&ada, 7).await.of_kind(201, RESERVATION);
        (again["state"] == "EXPIRED").then_some(again)
    })
    .await;
    assert_eq!(expired["reservationId"], adas.of_kind(201, RESERVATION)["reservationId"]);
    let paid = hold(&bob, 8).await.of_kind(201, RESERVATION);
    assert_eq!((&paid["state"], &paid["paymentId"]), (&json!("PAID"), &payment["paymentId"]));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_is_made_once_with_keys_and_without() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    ada.charge(3 * Sale::PRICE).await;
    let reservation = ada.hold(&sale, &[7]).await;
    let first = ada.pay_request(&reservation).key("key").send().await;
    let payment = first.of_kind(201, PAYMENT);
    assert_eq!(ada.poll().await["state"], "COMPLETED");
    assert_repeats(&ada.pay_request(&reservation).key("key").send().await, &first);
    assert_eq!(
        ada.try_pay(&reservation).await.of_kind(200, PAYMENT),
        payment,
        "the token is completed by then"
    );
    let other_key = ada.pay_request(&reservation).key("other").send().await;
    assert_eq!(other_key.header("idempotency-replayed"), None);
    assert_eq!(other_key.of_kind(200, PAYMENT), payment);
    let other = json!({"reservationId": sale.concert_id});
    let reused = ada.request("POST", "/api/v1/payments").key("key").json(&other).send().await;
    reused.problem(422, "idempotency_key_reused");
    assert_eq!(ada.balance().await, json!(2 * Sale::PRICE));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_leaves_its_key_free() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    let bobs = bob.hold(&sale, &[7]).await;
    let hold = async || ada.hold_request(&sale, &[7]).key("hold").send().await;
    hold().await.problem(409, "seat_held");
    bob.try_cancel(&bobs).await.nothing(204);
    let reservation = hold().await.of_kind(201, RESERVATION);
    let pay = async || ada.pay_request(&reservation).key("pay").send().await;
    pay().await.problem(402, "insufficient_points");
    ada.try_charge("charge", 10_000_001).await.problem(422, "invalid_value");
    ada.try_charge("charge", 1_000).await.json(201);
    assert_eq!(pay().await.of_kind(201, PAYMENT)["balance"], 0);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_one_printable_value() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let before = cluster.database().census().await;
    let body = json!({"amount": 1});
    let charge = || ada.request("POST", "/api/v1/points/charges").json(&body);
    for bad in [&b""[..], b"\xc3\xa9", b"tab\there", b"\xff", &[b'k'; 256]] {
        charge().header_bytes("idempotency-key", bad).send().await.problem(400, "idempotency_key_invalid");
        let hold = ada.hold_request(&sale, &[7]).header_bytes("idempotency-key", bad).send().await;
        hold.problem(400, "idempotency_key_invalid");
    }
    charge().key("one").key("two").send().await.problem(400, "idempotency_key_invalid");
    charge().send().await.problem(400, "idempotency_key_missing");
    assert_eq!(cluster.database().census().await, before, "nothing is left behind");
    cluster.end().await;
}

/// Two instances on one database.
fn two_instances() -> ClusterOptions {
    ClusterOptions { instances: 2, ..ClusterOptions::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_with_a_secret_key_is_made_once_and_shows_its_token_again() {
    let cluster = Cluster::start_with(two_instances()).await;
    let register = async |instance, key: &str, name: &str| {
        let request = cluster.client_of(instance).post("/api/v1/users").key(key);
        request.json(&json!({"name": name})).send().await
    };
    let key = "7f0f2d7e-3f0b-4f0a-9d59-2a0c3c1b2d4e";
    let first = register(0, key, "Ada").await;
    assert_repeats(&register(0, key, "Ada").await, &first);
    assert_repeats(&register(1, key, " Ada ").await, &first);
    register(1, key, "Bob").await.problem(422, "idempotency_key_reused");
    let ada = TestUser::known(cluster.client_of(1), &register(1, key, "Ada").await.json(201));
    ada.charge(5).await;
    assert_eq!(ada.profile().await["userId"], first.json(201)["userId"]);
    // A key that others may guess shows nobody a token that is not theirs.
    let short = register(0, "1", "Ada").await.of_kind(201, REGISTERED);
    let again = register(0, "1", "Ada").await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.json(201), json!({"userId": short["userId"], "name": "Ada", "accessToken": null}));
    let users = cluster.database().query("SELECT count(*) FROM users").await;
    assert_eq!(users, ["2"]);
    for bad in ["", &"k".repeat(256)] {
        register(0, bad, "Ada").await.problem(400, "idempotency_key_invalid");
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_of_another_address_is_another_key() {
    let options = ClusterOptions { trusted_proxies: "127.0.0.0/8", ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let register = async |address: &str| {
        let request = cluster.client().post("/api/v1/users").key("7f0f2d7e-3f0b-4f0a-9d59-2a0c3c1b2d4e");
        request.header("x-forwarded-for", address).json(&json!({})).send().await.of_kind(201, REGISTERED)
    };
    let (one, other) = (register("192.0.2.1").await, register("192.0.2.2").await);
    assert_ne!(one["userId"], other["userId"]);
    assert_ne!(one["accessToken"], other["accessToken"]);
    assert_eq!(register("192.0.2.1").await, one);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_change_once_a_key() {
    let cluster = Cluster::start_with(two_instances()).await;
    let operators = [0, 1].map(|instance| Operator::new(cluster.client_of(instance), ADMIN_KEY));
    let concert = json!({"title": "Winter Gala", "venue": "Hall", "maxSeatsPerUser": 2});
    let add = async |at: usize, key: &str, body: &Value| {
        operators[at].request("POST", "/api/v1/admin/concerts").key(key).json(body).send().await
    };
    let first = add(0, "concert", &concert).await;
    let again = add(1, "concert", &concert).await;
    assert_repeats(&again, &first);
    assert_eq!(again.header("location"), first.header("location"));
    let other = json!({"title": "Winter Gala", "venue": "Hall", "maxSeatsPerUser": 3});
    add(1, "concert", &other).await.problem(422, "idempotency_key_reused");
    let concert_id = first.json(201)["concertId"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/admin/concerts/{concert_id}");
    let performance = json!({"startsAt": Sale::STARTS_AT, "price": 5});
    let perform = async |at: usize, body: &Value| {
        let request = operators[at].request("POST", &format!("{path}/performances")).key("performance");
        request.json(body).send().await
    };
    let first = perform(0, &performance).await;
    let performance_id = first.of_kind(201, PERFORMANCE)["performanceId"].as_str().unwrap().to_owned();
    assert_repeats(&perform(1, &performance).await, &first);
    perform(0, &json!({"startsAt": Sale::STARTS_AT, "price": 6}))
        .await
        .problem(422, "idempotency_key_reused");
    let sale = Sale { concert_id: concert_id.clone(), performance_id, date: Sale::DATE.into() };
    cluster.user().await.enter(&sale).await.hold(&sale, &[1]).await;
    assert_eq!(perform(1, &performance).await.json(201)["availableSeats"], 49, "as it stands now");
    let configure = async |at: usize, body: &Value| {
        operators[at].request("PATCH", &format!("{path}/queue")).key("queue").json(body).send().await
    };
    configure(0, &json!({"capacity": 7})).await.of_kind(200, QUEUE);
    operators[0].configure(&concert_id, &json!({"capacity": 9})).await;
    let again = configure(1, &json!({"capacity": 7})).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.of_kind(200, QUEUE)["capacity"], 9, "what was changed since stays");
    configure(1, &json!({"capacity": 8})).await.problem(422, "idempotency_key_reused");
    assert_eq!(operators[0].audit(&concert_id).await.len(), 4, "each change once");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_with_one_key_on_two_instances_one_has_an_effect() {
    let cluster = Cluster::start_with(two_instances()).await;
    let concert = json!({"title": "Winter Gala", "venue": "Hall"});
    let concerts = join_all((0..16).map(|n| {
        let operator = Operator::new(cluster.client_of(n % 2), ADMIN_KEY);
        operator.request("POST", "/api/v1/admin/concerts").key("concert").json(&concert).send()
    }));
    let users = join_all((0..16).map(|n| {
        cluster
            .client_of(n % 2)
            .post("/api/v1/users")
            .key("a key that nobody guesses")
            .json(&json!({}))
            .send()
    }));
    let (concerts, users) = tokio::join!(concerts, users);
    for answers in [concerts, users] {
        let bodies: Vec<_> = answers.iter().map(|answer| answer.json(201)).collect();
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
        let first = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none());
        assert_eq!(first.count(), 1);
    }
    let counts = "SELECT count(*) FROM concerts UNION ALL SELECT count(*) FROM users";
    assert_eq!(cluster.database().query(counts).await, ["1", "1"]);
    cluster.end().await;
}

/// More records than one step removes; steps follow one another while there are more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_forgotten_after_a_day_and_may_be_used_anew() {
    let mut cluster = Cluster::start().await;
    let ada = cluster.user().await;
    let old = ada.try_charge("old", 100).await.json(201);
    ada.try_charge("young", 100).await.json(201);
    let age = "
        UPDATE idempotency_keys SET recorded_at = recorded_at - interval '24 hours' WHERE key = 'old';
        UPDATE idempotency_keys SET recorded_at = recorded_at - interval '23 hours' WHERE key = 'young';
        INSERT INTO idempotency_keys SELECT user_id, 'old ' || n, fingerprint, operation, reference_id, false, recorded_at
        FROM idempotency_keys, generate_series(1, 1700) AS n WHERE key = 'old'";
    cluster.database().execute(age).await;
    // Every instance looks as soon as it starts.
    cluster.add(ClusterOptions::default()).await;
    eventually("only the young key is remembered", async || {
        (cluster.database().query("SELECT key FROM idempotency_keys").await == ["young"]).then_some(())
    })
    .await;
    assert_eq!(ada.try_charge("young", 100).await.header("idempotency-replayed"), Some("true"));
    let anew = ada.try_charge("old", 100).await;
    assert_eq!(anew.header("idempotency-replayed"), None);
    assert_ne!(anew.of_kind(201, CHARGE)["entryId"], old["entryId"]);
    assert_eq!(ada.balance().await, json!(300));
    cluster.end().await;
}
