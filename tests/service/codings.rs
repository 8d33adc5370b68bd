//! Large answers in fewer bytes, for those who accept that.

use seatline_tests::{Answer, Cluster, ClusterOptions, Fixture, Request, Sale};

/// The ways to ask for codings, and what they come to for a long answer.
const WAYS: &[(&str, Option<&str>)] = &[
    ("gzip", Some("gzip")),
    ("br", Some("br")),
    ("gzip, deflate, br, zstd", Some("gzip")),
    ("gzip;q=0.9, br", Some("br")),
    ("gzip;q=1.0, br;q=0.5", Some("gzip")),
    ("gzip, identity;q=0", Some("gzip")),
    ("*", Some("gzip")),
    ("br;q=0, *;q=0.5", Some("gzip")),
    ("identity", None),
    ("gzip;q=0, br;q=0", None),
    ("zstd", None),
    ("", None),
];

fn accepting(request: Request, codings: &str) -> Request {
    request.header("accept-encoding", codings)
}

fn varies(answer: &Answer) -> bool {
    answer.header("vary").is_some_and(|of| of == "accept-encoding")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_map_is_the_same_however_it_is_coded() {
    let sale = Sale::builder().seats(1_500).seats_per_user(3);
    let Fixture { cluster, sale, ada } = Fixture::start(ClusterOptions::default(), sale).await;
    let bob = cluster.user().await.enter(&sale).await;
    ada.hold(&sale, &[7, 8, 1_234]).await;
    let of_performance = format!("/api/v1/performances/{}/seats", sale.performance_id);
    let of_date = format!("/api/v1/concerts/{}/dates/{}/seats", sale.concert_id, sale.date);
    for (user, own) in [(&ada, 3), (&bob, 0)] {
        for path in [&of_performance, &format!("{of_performance}?available=false"), &of_date] {
            let plain = user.get(path).send().await;
            let tag = plain.header("etag").unwrap().to_owned();
            assert_eq!(plain.text().matches("\"mine\":true").count(), own, "{path}");
            assert_eq!(varies(&plain), plain.bytes().len() > 1_024);
            for (codings, expected) in WAYS {
                let coded = accepting(user.get(path), codings).send().await;
                let is_long = plain.bytes().len() > 1_024 || codings.contains("identity;q=0");
                assert_eq!(
                    coded.header("content-encoding"),
                    expected.filter(|_| is_long),
                    "{codings} {path}"
                );
                assert_eq!(coded.header("content-type"), Some("application/json"));
                let length = coded.header("content-length").map(str::to_owned);
                assert_eq!(length, Some(coded.bytes().len().to_string()));
                let is_coded = coded.header("content-encoding").is_some();
                let expected = if is_coded { format!("W/{tag}") } else { tag.clone() };
                assert_eq!(coded.header("etag"), Some(&*expected));
                assert!(varies(&coded) || !is_long);
                assert!(!is_coded || !is_long || own == 0 || coded.bytes().len() < plain.bytes().len());
                assert_eq!(coded.decoded().bytes(), plain.bytes(), "{codings} {path}");
            }
            for known in [&tag, &format!("W/{tag}")] {
                for codings in ["gzip", "br", "identity"] {
                    let again =
                        accepting(user.get(path), codings).header("if-none-match", known).send().await;
                    again.nothing(304);
                    assert!(varies(&again));
                    let is_weak = again.header("etag").unwrap().starts_with("W/");
                    assert_eq!(is_weak, codings != "identity");
                }
            }
        }
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_says_what_the_answer_would() {
    let Fixture { cluster, sale, ada } =
        Fixture::start(ClusterOptions::default(), Sale::builder().seats(2_000)).await;
    let path = format!("/api/v1/performances/{}/seats", sale.performance_id);
    for codings in ["gzip", "br", "identity"] {
        let got = accepting(ada.get(&path), codings).send().await;
        let head = accepting(ada.request("HEAD", &path), codings).send().await;
        assert_eq!((head.status, head.bytes().len()), (200, 0));
        for name in ["content-encoding", "content-length", "content-type", "etag", "vary"] {
            assert_eq!(head.header(name), got.header(name), "{name} {codings}");
        }
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_short_secret_or_a_stream_is_sent_as_it_is() {
    let Fixture { cluster, sale, ada } =
        Fixture::start(ClusterOptions::default(), Sale::builder().seats(2_000)).await;
    let concert = format!("/api/v1/concerts/{}", sale.concert_id);
    let short = accepting(cluster.client().get(&concert), "gzip").send().await;
    assert_eq!((short.status, short.header("content-encoding")), (200, None));
    let forced = accepting(cluster.client().get(&concert), "gzip, identity;q=0").send().await;
    assert_eq!(forced.header("content-encoding"), Some("gzip"));
    assert!(varies(&forced) && !varies(&short));
    assert_eq!(forced.decoded().bytes(), short.bytes());

    let polled = accepting(ada.get("/api/v1/queue/token"), "gzip, *;q=0").send().await;
    assert_eq!((polled.status, polled.header("content-encoding")), (200, None), "it carries a token");
    assert_eq!(polled.header("vary"), None);
    for path in [
        "/api/v1/queue/token/events".into(),
        format!("/api/v1/performances/{}/seats/events", sale.performance_id),
    ] {
        let stream = accepting(ada.get(&path), "gzip, *;q=0").send().await;
        assert_eq!((stream.status, stream.header("content-encoding")), (200, None), "{path}");
    }
    for nothing in ["identity;q=0", "*;q=0", "zstd, identity;q=0"] {
        accepting(cluster.client().get(&concert), nothing).send().await.problem(406, "not_acceptable");
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_length_around_a_kibibyte_is_decoded_to_the_same() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(40).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let (mut short, mut long) = (0, 0);
    for seats in 1..=30 {
        let sale = Sale::builder().seats(seats).add_performance(&cluster.operator(), &sale.concert_id).await;
        let path = format!("/api/v1/performances/{}/seats", sale.performance_id);
        let plain = ada.get(&path).send().await;
        let is_long = plain.bytes().len() > 1_024;
        *(if is_long { &mut long } else { &mut short }) += 1;
        for codings in ["gzip", "br"] {
            let coded = accepting(ada.get(&path), codings).send().await;
            assert_eq!(coded.header("content-encoding"), Some(codings).filter(|_| is_long));
            assert_eq!(coded.decoded().bytes(), plain.bytes());
        }
    }
    assert!(short > 3 && long > 3, "{short} {long}");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_public_is_coded_too() {
    let cluster = Cluster::start().await;
    for _ in 0..8 {
        Sale::open(&cluster.operator()).await;
    }
    let sale = Sale::builder().seats(2_000).open(&cluster.operator()).await;
    let layout = format!("/api/v1/performances/{}/layout", sale.performance_id);
    for path in ["/api/v1/concerts", "/api/openapi.json", &layout] {
        let plain = cluster.client().get(path).send().await;
        for codings in ["gzip", "br"] {
            let coded = accepting(cluster.client().get(path), codings).send().await;
            assert_eq!(coded.header("content-encoding"), Some(codings), "{path}");
            assert!(varies(&coded), "{path}: and says so once");
            assert!(coded.bytes().len() * 2 < plain.bytes().len(), "{path}");
            assert_eq!(coded.decoded().bytes(), plain.bytes(), "{path}");
        }
    }
    cluster.end().await;
}
