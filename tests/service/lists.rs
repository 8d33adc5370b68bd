//! Lists: in the order of the database, page by page, with cursors of their own, and never cut without saying so.

use std::time::Duration;

use futures::future::join_all;
use seatline_tests::contract::{CONCERTS, DATES, PERFORMANCES, SALES, SEATS_OF_DATE};
use seatline_tests::{ADMIN_KEY, Client, Cluster, ClusterOptions, Kind, Operator, Sale};
use serde_json::{Value, json};

/// The whole of a list, so many items a page.
async fn read(client: &Client, path: &str, limit: u32, kind: Kind) -> Vec<Value> {
    let (mut read, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}limit={limit}{cursor}")).send().await.of_kind(200, kind);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= usize::try_from(limit).unwrap());
        read.extend(items.iter().cloned());
        let Some(next) = page["nextCursor"].as_str() else { return read };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_concert_that_is_added_while_one_pages_is_told_whatever_its_id() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let operator = cluster.operator();
    let concert = |title: &str| json!({"title": title, "venue": "Hall"});
    // As an instance would have added it whose clock is far ahead.
    let ahead = "INSERT INTO concerts (concert_id, title, venue, timezone, max_seats_per_user)
                 VALUES ('ffffffff-0000-7000-8000-000000000000', 'Ahead', 'Hall', 'Asia/Seoul', 1)";
    cluster.database().execute(ahead).await;
    operator.add_concert(&concert("Second")).await;
    let page = cluster.client().get("/api/v1/concerts?limit=1").send().await.of_kind(200, CONCERTS);
    operator.add_concert(&concert("Third")).await;
    let next = format!("/api/v1/concerts?cursor={}", page["nextCursor"].as_str().unwrap());
    let rest = cluster.client_of(1).get(&next).send().await.of_kind(200, CONCERTS);
    let titles: Vec<_> = [&page, &rest]
        .into_iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|concert| concert["title"].as_str().unwrap())
        .collect();
    assert_eq!((titles, &rest["nextCursor"]), (vec!["Ahead", "Second", "Third"], &Value::Null));
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_belongs_to_one_list_with_one_filter() {
    let cluster = Cluster::start().await;
    let (operator, client) = (cluster.operator(), cluster.client());
    let (sale, other) = (Sale::open(&operator).await, Sale::open(&operator).await);
    for concert in [&sale, &other] {
        Sale::builder()
            .starts_at("2099-12-25T10:00:00Z")
            .add_performance(&operator, &concert.concert_id)
            .await;
    }
    let performances = |sale: &Sale| format!("/api/v1/concerts/{}/performances?limit=1", sale.concert_id);
    let cursor = async |path: &str| {
        let page = client.get(path).send().await.json(200);
        page["nextCursor"].as_str().unwrap().to_owned()
    };
    let (own, bookable) =
        (cursor(&performances(&sale)).await, cursor(&format!("{}&bookable=true", performances(&sale))).await);
    let (others, concerts) = (cursor(&performances(&other)).await, cursor("/api/v1/concerts?limit=1").await);
    let next = client.get(&format!("{}&cursor={own}", performances(&sale))).send().await;
    assert_eq!(next.of_kind(200, PERFORMANCES)["items"][0]["date"], "2099-12-25");
    let (date, random) = (Sale::DATE, "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e");
    for wrong in [
        format!("{}&cursor={bookable}", performances(&sale)),
        format!("{}&cursor={others}", performances(&sale)),
        format!("{}&cursor={concerts}", performances(&sale)),
        format!("{}&cursor={random}", performances(&sale)),
        format!("{}&bookable=true&cursor={own}", performances(&sale)),
        format!("{}&bookable=false&cursor={bookable}", performances(&sale)),
        format!("{}&date={date}&cursor={own}", performances(&sale)),
        format!("/api/v1/concerts?cursor={own}"),
        format!("/api/v1/concerts?cursor={random}"),
        format!("/api/v1/concerts?cursor={}", sale.concert_id),
    ] {
        client.get(&wrong).send().await.problem(400, "malformed_request");
    }
    let sales = format!("/api/v1/admin/concerts/{}/sales?limit=1", sale.concert_id);
    let first = operator.request("GET", &sales).send().await.of_kind(200, SALES);
    let given = first["nextCursor"].as_str().unwrap();
    let second = operator.request("GET", &format!("{sales}&cursor={given}")).send().await.of_kind(200, SALES);
    assert_eq!((second["performances"].as_array().unwrap().len(), &second["nextCursor"]), (1, &Value::Null));
    let refused = operator.request("GET", &format!("{sales}&cursor={own}")).send().await;
    refused.problem(400, "malformed_request");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn years_of_performances_are_no_hindrance() {
    let cluster = Cluster::start().await;
    let client = cluster.client();
    let sale = Sale::open(&cluster.operator()).await;
    let past = format!(
        "INSERT INTO performances (performance_id, concert_id, date, starts_at, total_seats, price_from, price_to)
         SELECT (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000')::uuid, '{}',
                (at AT TIME ZONE 'Asia/Seoul')::date, at, 1, 0, 0
         FROM (SELECT n, now() - n * interval '1 hour' AS at FROM generate_series(1, 1500) AS n) AS past",
        sale.concert_id
    );
    cluster.database().execute(&past).await;
    let path = format!("/api/v1/concerts/{}", sale.concert_id);
    let dates = client.get(&format!("{path}/dates")).send().await.of_kind(200, DATES);
    assert_eq!((&dates["dates"], &dates["complete"]), (&json!([Sale::DATE]), &json!(true)));
    let bookable = format!("{path}/performances?bookable=true&limit=1");
    let page = client.get(&bookable).send().await.of_kind(200, PERFORMANCES);
    assert_eq!(
        (&page["items"][0]["performanceId"], &page["nextCursor"]),
        (&json!(sale.performance_id), &Value::Null)
    );
    let all = read(&client, &format!("{path}/performances?"), 100, PERFORMANCES).await;
    assert_eq!(all.len(), 1_501);
    assert!(all.is_sorted_by_key(|performance| performance["startsAt"].as_str().unwrap().to_owned()));
    let over = read(&client, &format!("{path}/performances?bookable=false&"), 100, PERFORMANCES).await;
    assert_eq!(over.len(), 1_500);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_performances_can_be_added_at_once_and_are_shown_one_by_one() {
    const AT_ONCE: usize = 4;
    let cluster = Cluster::start().await;
    // They take turns: on a busy machine the last one waits for long.
    let operator = Operator::new(Client::with_timeout(cluster.address(0), Duration::from_mins(4)), ADMIN_KEY);
    let sale = Sale::builder().starts_at("2099-12-01T10:00:00Z").open(&operator).await;
    let large = Sale::builder().seats(100_000);
    let adding = (0..AT_ONCE).map(|_| large.add_performance(&operator, &sale.concert_id));
    let added = join_all(adding).await;
    let ada = cluster.user().await.enter(&sale).await;
    let path = format!("/api/v1/concerts/{}/dates/{}/seats", sale.concert_id, Sale::DATE);
    let shown = ada.get(&path).send().await.of_kind(200, SEATS_OF_DATE);
    let shown = shown["performances"].as_array().unwrap();
    assert_eq!(shown.len(), AT_ONCE);
    for one in shown {
        assert_eq!(
            (&one["totalSeats"], &one["availableSeats"], &one["seats"]),
            (&json!(100_000), &json!(100_000), &Value::Null)
        );
        assert!(added.iter().any(|sale| one["performanceId"] == sale.performance_id));
    }
    let map = ada.seats(&added[0]).await;
    let seats = map["seats"].as_array().unwrap();
    assert_eq!((seats.len(), &seats[99_999]["number"]), (100_000, &json!(100_000)));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_ones_own_says_how_many_seats_there_are_besides_the_newest_hundred() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let many = Sale::builder().seats_per_user(100).price(0).seats(100);
    let first = many.clone().open(&operator).await;
    let second = many.open(&operator).await;
    let ada = cluster.user().await;
    let all: Vec<u64> = (1..=100).collect();
    for (sale, seats) in [(&first, all.as_slice()), (&second, &[7, 8, 9])] {
        let ada = ada.clone().enter(sale).await;
        ada.pay(&ada.hold(sale, seats).await).await;
    }
    let profile = ada.profile().await;
    let seats = profile["seats"].as_array().unwrap();
    assert_eq!((seats.len(), &profile["seatsTotal"]), (100, &json!(103)));
    assert!(seats[..3].iter().all(|seat| seat["concertId"] == second.concert_id), "the newest come first");
    assert!(seats[3..].iter().all(|seat| seat["concertId"] == first.concert_id));
    cluster.end().await;
}
