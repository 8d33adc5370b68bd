use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use seatline_tests::{Client, Cluster, ClusterOptions, Sale, eventually, together};

use super::as_deployed;

const PERFORMANCES: u64 = 4;
const BUYERS: usize = 20;

/// However they cut the pages that they ask for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_looks_at_a_tour_of_which_nothing_is_left_is_answered_and_so_are_those_who_buy() {
    let cluster = Cluster::start_with(as_deployed()).await;
    let tour = Sale::builder().seats(5_000).open(&cluster.operator()).await;
    for _ in 1..PERFORMANCES {
        Sale::builder().seats(5_000).add_performance(&cluster.operator(), &tour.concert_id).await;
    }
    cluster.database().execute("UPDATE seats SET blocked = true").await;
    let sale = Sale::builder().seats(20).open(&cluster.operator()).await;
    let done = Arc::new(AtomicBool::new(false));
    let crowd: Vec<_> =
        (0..16).map(|reader| read(cluster.client(), tour.clone(), reader, done.clone())).collect();
    let crowd = tokio::spawn(together(crowd));
    let buyers = cluster.users(BUYERS).await.into_iter().zip(1..).map(|(buyer, seat)| {
        let sale = sale.clone();
        async move {
            let buyer = buyer.enter(&sale).await;
            buyer.charge(Sale::PRICE).await;
            buyer.pay(&buyer.hold(&sale, &[seat]).await).await;
        }
    });
    together(buyers).await;
    done.store(true, Ordering::Relaxed);
    let read: u64 = crowd.await.unwrap().into_iter().sum();
    assert!(read > 0, "nobody looked meanwhile");
    assert_eq!(available(&cluster.client(), &sale).await, 0);
    cluster.end().await;
}

/// Reads pages until told to stop; gives how many.
async fn read(client: Client, tour: Sale, reader: u64, done: Arc<AtomicBool>) -> u64 {
    let path = format!("/api/v1/concerts/{}/performances", tour.concert_id);
    let mut pages = 0;
    while !done.load(Ordering::Relaxed) {
        let limit = (reader + pages) % 100 + 1;
        let page = client.get(&format!("{path}?limit={limit}")).send().await.json(200);
        let shown = page["items"].as_array().unwrap();
        assert_eq!(u64::try_from(shown.len()).unwrap(), limit.min(PERFORMANCES));
        assert!(shown.iter().all(|performance| performance["availableSeats"] == 0), "{page}");
        let bookable = client.get(&format!("{path}?limit={limit}&bookable=true")).send().await.json(200);
        assert_eq!(bookable["items"].as_array().unwrap().len(), 0);
        pages += 1;
    }
    pages
}

async fn available(client: &Client, sale: &Sale) -> u64 {
    let path = format!("/api/v1/concerts/{}/performances", sale.concert_id);
    client.get(&path).send().await.json(200)["items"][0]["availableSeats"].as_u64().unwrap()
}

/// What is told may be a second old, but never from before what this very instance has done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_is_counted_at_once_where_it_was_made_and_soon_elsewhere() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..as_deployed() }).await;
    let sale = Sale::builder().seats(10).seats_per_user(10).open(&cluster.operator()).await;
    let (here, there) = (cluster.client_of(0), cluster.client_of(1));
    let ada = cluster.user().await.enter(&sale).await;
    for _ in 0..5 {
        assert_eq!(available(&here, &sale).await, 10);
        eventually("the seats are free elsewhere", async || {
            (available(&there, &sale).await == 10).then_some(())
        })
        .await;
        let held = ada.hold(&sale, &[1, 2, 3]).await;
        assert_eq!(available(&here, &sale).await, 7);
        eventually("they are held elsewhere", async || (available(&there, &sale).await == 7).then_some(()))
            .await;
        ada.try_cancel(&held).await.nothing(204);
    }
    cluster.end().await;
}

/// Likewise what operators add, and how many people are in a room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_added_is_listed_at_once_where_it_was_added() {
    let cluster = Cluster::start_with(as_deployed()).await;
    let operator = cluster.operator();
    let count = async |path: &str| {
        let page = cluster.client().get(path).send().await.json(200);
        page["items"].as_array().unwrap().len()
    };
    for concerts in 1..=3 {
        assert_eq!(count("/api/v1/concerts").await, concerts - 1);
        let sale = Sale::builder().open(&operator).await;
        assert_eq!(count("/api/v1/concerts").await, concerts);
        let concert = format!("/api/v1/concerts/{}", sale.concert_id);
        assert_eq!(count(&format!("{concert}/performances")).await, 1);
        Sale::builder().add_performance(&operator, &sale.concert_id).await;
        assert_eq!(count(&format!("{concert}/performances")).await, 2);
        for active in 1..=3 {
            cluster.user().await.enter(&sale).await;
            let queue = cluster.client().get(&format!("{concert}/queue")).send().await.json(200);
            assert_eq!(queue["active"], active);
        }
    }
    cluster.end().await;
}
