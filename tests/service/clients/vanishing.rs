use seatline_tests::{
    ADMIN_KEY, Cluster, ClusterOptions, Fixture, RawConnection, Sale, TestUser, eventually,
};
use serde_json::{Value, json};

use super::{CLIENT_TIMEOUT, credentials, end, start};

/// One write of each kind, by somebody new, as the bytes that are sent.
async fn writes(fixture: &Fixture) -> Vec<(&'static str, Vec<u8>)> {
    let (cluster, sale) = (&fixture.cluster, &fixture.sale);
    let (leaver, holder) = (cluster.user().await.enter(sale).await, cluster.user().await.enter(sale).await);
    let (payer, quitter) = (holding(fixture).await, holding(fixture).await);
    let reservation = |user: &(TestUser, Value)| user.1["reservationId"].as_str().unwrap().to_owned();
    let joiner = cluster.user().await;
    let (concert, performance) = (&sale.concert_id, &sale.performance_id);
    let admin = format!("/api/v1/admin/concerts/{concert}");
    let seat = free_seat(&holder, sale).await;
    let operator = format!("Host: seatline\r\nAuthorization: Bearer {ADMIN_KEY}\r\n");
    let none = Value::Null;
    vec![
        ("register", write("POST", "/api/v1/users", "Host: seatline\r\n", &json!({"name": "Eve"}))),
        (
            "join",
            write("POST", &format!("/api/v1/concerts/{concert}/queue/tokens"), &credentials(&joiner), &none),
        ),
        ("leave", write("DELETE", "/api/v1/queue/token", &credentials(&leaver), &none)),
        (
            "charge",
            write("POST", "/api/v1/points/charges", &credentials(&fixture.ada), &json!({"amount": 1})),
        ),
        (
            "hold",
            write(
                "POST",
                "/api/v1/reservations",
                &credentials(&holder),
                &json!({"performanceId": performance, "seatNumbers": [seat]}),
            ),
        ),
        (
            "cancel",
            write(
                "DELETE",
                &format!("/api/v1/reservations/{}", reservation(&quitter)),
                &credentials(&quitter.0),
                &none,
            ),
        ),
        (
            "pay",
            write(
                "POST",
                "/api/v1/payments",
                &credentials(&payer.0),
                &json!({"reservationId": reservation(&payer)}),
            ),
        ),
        (
            "add a concert",
            write("POST", "/api/v1/admin/concerts", &operator, &json!({"title": "Gala", "venue": "Hall"})),
        ),
        (
            "add a performance",
            write(
                "POST",
                &format!("{admin}/performances"),
                &operator,
                &json!({"startsAt": "2099-12-25T19:00:00Z", "price": 1}),
            ),
        ),
        ("change a queue", write("PATCH", &format!("{admin}/queue"), &operator, &json!({"capacity": 700}))),
    ]
}

async fn holding(fixture: &Fixture) -> (TestUser, Value) {
    let user = fixture.cluster.user().await.enter(&fixture.sale).await;
    user.charge(Sale::PRICE).await;
    let reservation = user.hold(&fixture.sale, &[free_seat(&user, &fixture.sale).await]).await;
    (user, reservation)
}

async fn free_seat(user: &TestUser, sale: &Sale) -> u64 {
    let map = user.seats(sale).await;
    let mut seats = map["seats"].as_array().unwrap().iter();
    seats.find(|seat| seat["state"] == "AVAILABLE").unwrap()["number"].as_u64().unwrap()
}

fn write(method: &str, path: &str, headers: &str, body: &Value) -> Vec<u8> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    // Operators have many keys, one for each thing that they do.
    let (length, kind) = (body.len(), "Content-Type: application/json\r\nIdempotency-Key: once");
    format!("{method} {path} HTTP/1.1\r\n{headers}{kind}{path}\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

const HANG_UPS: [fn(RawConnection); 2] = [drop, RawConnection::reset];

/// Whatever has been sent of a request by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_hang_up_while_they_ask_leave_nothing_behind() {
    let fixture = start(50).await;
    let writes = writes(&fixture).await;
    let before = fixture.cluster.database().census().await;
    for (_, request) in &writes {
        for cut in (0..request.len()).step_by(11).chain([request.len() - 1]) {
            for hang_up in HANG_UPS {
                let mut connection = RawConnection::open(fixture.cluster.address(0)).await;
                connection.send(&request[..cut]).await;
                hang_up(connection);
            }
        }
    }
    // The lanes work in order: this is behind everything that those might have caused.
    fixture.ada.charge(1).await;
    let after = fixture.cluster.database().census().await;
    let changed: Vec<_> = after.iter().filter(|(table, rows)| before.get(*table) != Some(*rows)).collect();
    let names: Vec<_> = changed.iter().map(|(table, _)| table.as_str()).collect();
    assert_eq!(names, ["idempotency_keys", "ledger_entries", "total of balances"], "{changed:?}");
    end(fixture.cluster).await;
}

/// Whole requests whose clients do not wait for the answer are done, or not; never by halves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_hang_up_while_they_wait_leave_nothing_half_done() {
    for hang_up in HANG_UPS {
        let fixture = start(50).await;
        let writes = writes(&fixture).await;
        // Everything that changes anything waits for the lock.
        let lock = fixture
            .cluster
            .database()
            .lock("users, concerts, waiting_rooms, passes, reservations, wallets")
            .await;
        let mut connections = Vec::new();
        for (_, request) in &writes {
            let mut connection = RawConnection::open(fixture.cluster.address(0)).await;
            connection.send(request).await;
            connections.push(connection);
        }
        eventually("somebody waits for the lock", async || {
            let waiting = "SELECT count(*) FROM pg_stat_activity
                           WHERE datname = current_database() AND wait_event_type = 'Lock'";
            (fixture.cluster.database().query(waiting).await != ["0"]).then_some(())
        })
        .await;
        connections.into_iter().for_each(hang_up);
        lock.release().await;
        // What was asked for can be asked for again, and comes to the same.
        for (what, request) in &writes {
            let answer = eventually("an answer", async || {
                let mut connection = RawConnection::open(fixture.cluster.address(0)).await;
                connection.send(request).await;
                let answer = connection.read_until("\r\n\r\n").await;
                (!answer.contains(" 503 ")).then_some(answer)
            })
            .await;
            assert!(answer.starts_with("HTTP/1.1 20"), "{what}: {answer}");
        }
        assert_eq!(fixture.ada.balance().await, json!(1), "one key, one effect");
        end(fixture.cluster).await;
    }
}

/// The same in a storm, without a lock: at any moment between the request and the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_clients_that_hang_up_at_once_sells_no_seat_twice() {
    const BUYERS: usize = 60;
    let options = ClusterOptions { client_timeout: CLIENT_TIMEOUT, ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let sale = Sale::builder().seats(20).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let fixture = Fixture { cluster, sale, ada };
    let buyers = fixture.cluster.users(BUYERS).await;
    for (index, buyer) in buyers.into_iter().enumerate() {
        let buyer = buyer.enter(&fixture.sale).await;
        let body = json!({"performanceId": fixture.sale.performance_id, "seatNumbers": [index % 20 + 1]});
        let mut connection = RawConnection::open(fixture.cluster.address(0)).await;
        connection.send(&write("POST", "/api/v1/reservations", &credentials(&buyer), &body)).await;
        HANG_UPS[index % 2](connection);
    }
    fixture.ada.charge(1).await;
    end(fixture.cluster).await;
}
