use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use seatline_tests::contract::SEAT_MAP;
use seatline_tests::{ClusterOptions, Fixture, RawConnection, Sale, together};
use serde_json::Value;

use super::target::{SEATS_MAX, request_of};

/// It takes something again and again, but never as much as waits for it, for several times as long as one may take
/// nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_and_steady_reader_gets_all_of_a_large_answer() {
    let options = ClusterOptions { client_timeout: Duration::from_secs(4), ..ClusterOptions::default() };
    let fixture = Fixture::start(options, Sale::builder().seats(3_000)).await;
    let reservation = fixture.ada.hold(&fixture.sale, &[2_999]).await;
    let path = format!("/api/v1/performances/{}/seats", fixture.sale.performance_id);
    let request = request_of(&fixture.ada, &path).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let mut reader = RawConnection::open_narrow(fixture.cluster.address(0)).await;
    reader.send(request.as_bytes()).await;
    let answer = reader.read_slowly(4_096, Duration::from_millis(300)).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
    let map: Value = serde_json::from_str(body).unwrap();
    SEAT_MAP.check(&map);
    let mine: Vec<_> = map["seats"].as_array().unwrap().iter().filter(|seat| seat["mine"] == true).collect();
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0]["number"], reservation["seats"][0]["number"]);
    fixture.cluster.end().await;
}

/// A holder is shown other bytes than everybody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polls_go_on_while_a_holder_reads_the_largest_map_on_eight_connections() {
    const POLLS: usize = 100;
    let fixture = Fixture::start(ClusterOptions::default(), Sale::builder().seats(SEATS_MAX)).await;
    let Fixture { cluster, sale, ada } = fixture;
    ada.hold(&sale, &[7]).await;
    let line = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let _ahead = cluster.user().await.enter(&line).await;
    let mut bob = cluster.user().await;
    bob.join(&line).await;
    let path = format!("/api/v1/performances/{}/seats", sale.performance_id);
    let polls = Arc::new(AtomicUsize::new(0));
    let readers = together((0..8).map(|_| {
        let (ada, path, polls) = (ada.clone(), path.clone(), polls.clone());
        async move {
            let mut read = 0;
            while read == 0 || polls.load(Ordering::Relaxed) < POLLS {
                let answer = ada.get(&path).send().await;
                assert!([200, 429].contains(&answer.status), "{}", answer.status);
                read += usize::from(answer.status == 200);
            }
            read
        }
    }));
    let polling = async {
        for _ in 0..POLLS {
            assert_eq!(bob.poll().await["position"], 1);
            polls.fetch_add(1, Ordering::Relaxed);
        }
    };
    let (read, ()) = futures::join!(readers, polling);
    assert!(read.iter().all(|read| *read > 0), "{read:?}");
    cluster.end().await;
}
