//! From "I want a seat" to "it is mine".

use seatline_tests::contract::{
    CONCERT, CONCERTS, DATES, ENTRIES, PAYMENT, PAYMENTS, PERFORMANCES, QUEUE, RESERVATION, RESERVATIONS,
    SEAT_MAP, SEATS_OF_DATE,
};
use seatline_tests::{Cluster, Sale, TestUser};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_books_a_seat() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let mut ada = cluster.user().await;
    look_around(&cluster, &sale).await;

    let charge = ada.charge(1_500).await;
    assert_eq!((&charge["amount"], &charge["balance"]), (&json!(1_500), &json!(1_500)));
    assert_eq!(charge["userId"], ada.user_id);

    let token = ada.join(&sale).await;
    assert_eq!((&token["number"], &token["state"]), (&json!(1), &json!("ACTIVE")));
    assert_eq!(
        (&token["position"], &token["ahead"], &token["etaSeconds"]),
        (&json!(0), &json!(0), &Value::Null)
    );
    assert_eq!((&token["userId"], &token["concertId"]), (&json!(ada.user_id), &json!(sale.concert_id)));
    assert!(token["expiresAt"].is_string());

    let map = ada.seats(&sale).await;
    let numbers: Vec<_> =
        map["seats"].as_array().unwrap().iter().map(|seat| seat["number"].clone()).collect();
    assert_eq!(numbers, (1..=50).map(Value::from).collect::<Vec<_>>(), "a price alone makes seats 1 to 50");
    assert_eq!((&map["totalSeats"], &map["availableSeats"]), (&json!(50), &json!(50)));
    assert!(map["seats"].as_array().unwrap().iter().all(|seat| seat["price"] == 1_000));

    let reservation = ada.hold(&sale, &[7]).await;
    assert_eq!((&reservation["state"], &reservation["amount"]), (&json!("HELD"), &json!(1_000)));
    assert_eq!(
        reservation["seats"],
        json!([{"number": 7, "section": map["seats"][6]["section"], "price": 1_000}])
    );
    assert_eq!(reservation["paymentId"], Value::Null);
    assert_eq!(ada.seat(&sale, 7).await, ("HELD".into(), true));

    let payment = ada.pay(&reservation).await;
    assert_eq!((&payment["amount"], &payment["balance"]), (&json!(1_000), &json!(500)));
    assert_eq!((&payment["state"], &payment["seats"]), (&json!("COMPLETED"), &json!([7])));
    assert_eq!(
        (&payment["userId"], &payment["reservationId"]),
        (&json!(ada.user_id), &reservation["reservationId"])
    );

    assert_eq!(ada.poll().await["state"], "COMPLETED");
    look_back(&ada, &sale, &reservation, &payment).await;
    let bob = cluster.user().await.enter(&sale).await;
    assert_eq!(bob.seat(&sale, 7).await, ("SOLD".into(), false));
    assert_eq!(bob.seats(&sale).await["availableSeats"], 49);
    cluster.end().await;
}

/// What anybody can see before they have an account.
async fn look_around(cluster: &Cluster, sale: &Sale) {
    let client = cluster.client();
    let concerts = client.get("/api/v1/concerts").send().await.of_kind(200, CONCERTS);
    let path = format!("/api/v1/concerts/{}", sale.concert_id);
    let concert = client.get(&path).send().await.of_kind(200, CONCERT);
    assert_eq!(concerts, json!({"items": [concert], "nextCursor": null}));
    assert_eq!((&concert["timezone"], &concert["maxSeatsPerUser"]), (&json!("Asia/Seoul"), &json!(1)));
    let dates = client.get(&format!("{path}/dates")).send().await.of_kind(200, DATES);
    assert_eq!(dates, json!({"concertId": sale.concert_id, "dates": [Sale::DATE], "complete": true}));
    let performances = client.get(&format!("{path}/performances")).send().await.of_kind(200, PERFORMANCES);
    let performance = &performances["items"][0];
    assert_eq!(
        (&performance["date"], &performance["startsAt"]),
        (&json!(Sale::DATE), &json!("2099-12-24T10:00:00Z"))
    );
    assert_eq!((&performance["totalSeats"], &performance["availableSeats"]), (&json!(50), &json!(50)));
    assert_eq!((&performance["priceFrom"], &performance["priceTo"]), (&json!(1_000), &json!(1_000)));
    assert_eq!(performance["salesOpenAt"], Value::Null);
    let queue = client.get(&format!("{path}/queue")).send().await.of_kind(200, QUEUE);
    assert_eq!(
        (&queue["state"], &queue["capacity"], &queue["admitPerMinute"]),
        (&json!("OPEN"), &json!(500), &Value::Null)
    );
}

/// What the user sees of it afterwards.
async fn look_back(ada: &TestUser, sale: &Sale, reservation: &Value, payment: &Value) {
    let id = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    let profile = ada.profile().await;
    assert_eq!((&profile["balance"], &profile["name"]), (&json!(500), &json!("Ada")));
    let seat = &profile["seats"][0];
    assert_eq!((&seat["seatNumber"], &seat["title"]), (&json!(7), &json!("Winter Gala")));
    assert_eq!(
        (&seat["reservationId"], &seat["paidAt"]),
        (&reservation["reservationId"], &payment["paidAt"])
    );
    assert_eq!(
        (&seat["concertId"], &seat["performanceId"]),
        (&json!(sale.concert_id), &json!(sale.performance_id))
    );

    let path = format!("/api/v1/reservations/{}", id(reservation, "reservationId"));
    let paid = ada.get(&path).send().await.of_kind(200, RESERVATION);
    assert_eq!((&paid["state"], &paid["paymentId"]), (&json!("PAID"), &payment["paymentId"]));
    let reservations = ada.get("/api/v1/reservations").send().await.of_kind(200, RESERVATIONS);
    assert_eq!(reservations, json!({"items": [paid], "nextCursor": null}));

    let path = format!("/api/v1/payments/{}", id(payment, "paymentId"));
    assert_eq!(&ada.get(&path).send().await.of_kind(200, PAYMENT), payment);
    let payments = ada.get("/api/v1/payments").send().await.of_kind(200, PAYMENTS);
    assert_eq!(payments, json!({"items": [payment], "nextCursor": null}));

    let entries = ada.entries().await;
    let of_entry =
        |entry: &Value| (entry["kind"].clone(), entry["amount"].clone(), entry["balanceAfter"].clone());
    assert_eq!(entries.len(), 2);
    assert_eq!(of_entry(&entries[0]), (json!("PAYMENT"), json!(-1_000), json!(500)));
    assert_eq!(of_entry(&entries[1]), (json!("CHARGE"), json!(1_500), json!(1_500)));
    assert_eq!(
        (&entries[0]["referenceId"], &entries[1]["referenceId"]),
        (&payment["paymentId"], &Value::Null)
    );
    let first = ada.get("/api/v1/points/entries?limit=1").send().await.of_kind(200, ENTRIES);
    let rest = format!("/api/v1/points/entries?limit=1&cursor={}", id(&first, "nextCursor"));
    let rest = ada.get(&rest).send().await.of_kind(200, ENTRIES);
    assert_eq!((&first["items"][0], &rest["items"][0]), (&entries[0], &entries[1]));
    assert_eq!(rest["nextCursor"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_can_be_found_and_booked_by_concert_and_date() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats_per_user(2).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let path = format!("/api/v1/concerts/{}/dates/{}/seats", sale.concert_id, sale.date);
    let seats = ada.get(&path).send().await.of_kind(200, SEATS_OF_DATE);
    assert_eq!(seats["performances"], json!([ada.seats(&sale).await]));

    let body = json!({"concertId": sale.concert_id, "date": sale.date, "seatNumbers": [9, 8]});
    let answer = ada.request("POST", "/api/v1/reservations").json(&body).send().await;
    let reservation = answer.of_kind(201, RESERVATION);
    let location = answer.header("location").unwrap();
    assert_eq!(ada.get(location).send().await.of_kind(200, RESERVATION), reservation);
    assert_eq!(reservation["performanceId"], sale.performance_id);
    assert_eq!(reservation["amount"], 2_000);

    let free = ada.get(&format!("{path}?available=true")).send().await.of_kind(200, SEATS_OF_DATE);
    let free = &free["performances"][0];
    assert_eq!((free["seats"].as_array().unwrap().len(), &free["availableSeats"]), (48, &json!(48)));
    let again = ada.request("POST", "/api/v1/reservations").json(&body).send().await;
    assert_eq!(again.of_kind(200, RESERVATION), reservation, "its clock is not reset");
    ada.charge(2_000).await;
    assert_eq!(ada.pay(&reservation).await["seats"], json!([8, 9]));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sections_have_their_own_seats_and_prices() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let concert =
        json!({"title": "Gala", "venue": "Hall", "timezone": "Europe/London", "maxSeatsPerUser": 4});
    let concert = operator.add_concert(&concert).await;
    assert_eq!((&concert["timezone"], &concert["maxSeatsPerUser"]), (&json!("Europe/London"), &json!(4)));
    let concert_id = concert["concertId"].as_str().unwrap();
    let body = json!({
        "startsAt": "2099-06-30T23:30:00Z",
        "salesOpenAt": "2020-01-01T00:00:00Z",
        "sections": [
            {"name": "Balcony", "firstSeat": 900_000, "lastSeat": 900_001, "price": "45.5"},
            {"name": "Floor", "firstSeat": 1, "lastSeat": 2, "price": 99.99},
        ],
    });
    let performance = operator.add_performance(concert_id, &body).await;
    assert_eq!(performance["date"], "2099-07-01", "by the clock of the venue");
    assert_eq!((&performance["priceFrom"], &performance["priceTo"]), (&json!(45.5), &json!(99.99)));
    let sale = Sale {
        concert_id: concert_id.to_owned(),
        performance_id: performance["performanceId"].as_str().unwrap().to_owned(),
        date: "2099-07-01".to_owned(),
    };
    let ada = cluster.user().await.enter(&sale).await;
    let seat = |number: u32, section: &str, price: f64| json!({"number": number, "section": section, "price": price, "state": "AVAILABLE", "mine": false});
    let seats = [
        seat(1, "Floor", 99.99),
        seat(2, "Floor", 99.99),
        seat(900_000, "Balcony", 45.5),
        seat(900_001, "Balcony", 45.5),
    ];
    assert_eq!(ada.seats(&sale).await["seats"], json!(seats));
    let reservation = ada.hold(&sale, &[900_001, 1]).await;
    assert_eq!(reservation["amount"], 145.49);
    ada.charge("145.49").await;
    let payment = ada.pay(&reservation).await;
    assert_eq!((&payment["balance"], &payment["seats"]), (&json!(0), &json!([1, 900_001])));
    let sales = operator.sales(concert_id).await;
    let sold = &sales["performances"][0];
    assert_eq!((&sold["sold"], &sold["available"], &sold["revenue"]), (&json!(2), &json!(2), &json!(145.49)));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seat_maps_can_be_revalidated() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    let by_performance = format!("/api/v1/performances/{}/seats", sale.performance_id);
    let by_date = format!("/api/v1/concerts/{}/dates/{}/seats", sale.concert_id, sale.date);
    for (path, seat) in [(by_performance, 1), (by_date, 2)] {
        let first = ada.get(&path).send().await;
        let tag = first.header("etag").unwrap().to_owned();
        let known = ada.get(&path).header("if-none-match", &tag).send().await;
        known.nothing(304);
        assert_eq!(known.header("etag"), Some(tag.as_str()));
        let held = bob.hold(&sale, &[seat]).await;
        let changed = ada.get(&path).header("if-none-match", &tag).send().await;
        assert_eq!(changed.status, 200);
        assert_ne!(changed.header("etag"), Some(tag.as_str()));
        bob.try_cancel(&held).await.nothing(204);
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_given_up_is_free_at_once() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    let reservation = ada.hold(&sale, &[7]).await;
    bob.try_hold(&sale, &[7]).await.problem(409, "seat_held");
    for _ in 0..2 {
        ada.try_cancel(&reservation).await.nothing(204);
        assert_eq!(ada.reservation(&reservation).await["state"], "CANCELLED");
    }
    bob.hold(&sale, &[7]).await;
    ada.hold(&sale, &[8]).await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_dates_with_a_seat_to_be_had_are_bookable() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(1).open(&operator).await;
    let performances = [
        ("2020-01-01T12:00:00+09:00", None),
        ("2099-12-25T12:00:00+09:00", Some("2099-12-01T00:00:00Z")),
        ("2099-12-26T00:00:00+09:00", None),
    ];
    for (starts_at, sales_open_at) in performances {
        let body =
            json!({"startsAt": starts_at, "salesOpenAt": sales_open_at, "price": 1, "allowPast": true});
        operator.add_performance(&sale.concert_id, &body).await;
    }
    let (client, path) = (cluster.client(), format!("/api/v1/concerts/{}", sale.concert_id));
    let dates =
        async || client.get(&format!("{path}/dates")).send().await.of_kind(200, DATES)["dates"].clone();
    let listed = async |query: &str| {
        let page = client.get(&format!("{path}/performances{query}")).send().await.of_kind(200, PERFORMANCES);
        page["items"].as_array().unwrap().iter().map(|one| one["date"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(dates().await, json!(["2099-12-24", "2099-12-26"]));
    let ada = cluster.user().await.enter(&sale).await;
    let map = ada.hold(&sale, &[1]).await;
    assert_eq!(dates().await, json!(["2099-12-26"]), "the one seat is held");
    assert_eq!(listed("").await, ["2020-01-01", "2099-12-24", "2099-12-25", "2099-12-26"]);
    assert_eq!(listed("?bookable=true").await, ["2099-12-26"]);
    assert_eq!(listed("?bookable=false").await, ["2020-01-01", "2099-12-24", "2099-12-25"]);
    assert_eq!(listed("?date=2099-12-25").await, ["2099-12-25"]);
    assert_eq!(listed("?date=2099-12-31").await, [""; 0]);
    ada.try_cancel(&map).await.nothing(204);
    assert_eq!(dates().await, json!(["2099-12-24", "2099-12-26"]));
    let empty = operator.add_concert(&json!({"title": "Later", "venue": "Hall"})).await;
    let path = format!("/api/v1/concerts/{}/dates", empty["concertId"].as_str().unwrap());
    assert_eq!(client.get(&path).send().await.of_kind(200, DATES)["dates"], json!([]));
    let map = SEAT_MAP;
    map.check(&ada.seats(&sale).await);
    cluster.end().await;
}
