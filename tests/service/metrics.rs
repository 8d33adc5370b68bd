//! `GET /metrics`: what it exports is what `docs/metrics.md` lists, and it counts what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use seatline_tests::{Cluster, ClusterOptions, Sale, eventually};

/// A metric: its name, its type and its labels.
type Metric = (String, String, BTreeSet<String>);

/// What a service exported.
struct Exported(String);

impl Exported {
    async fn by(cluster: &Cluster) -> Self {
        let answer = cluster.operator().request("GET", "/metrics").send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        Self(answer.text())
    }

    /// The metrics that it has samples of.
    fn metrics(&self) -> BTreeSet<Metric> {
        let mut metrics: BTreeMap<&str, (&str, BTreeSet<String>)> = BTreeMap::new();
        for line in self.0.lines() {
            if let Some(described) = line.strip_prefix("# TYPE ") {
                let (name, kind) = described.split_once(' ').unwrap();
                assert!(metrics.insert(name, (kind, BTreeSet::new())).is_none(), "{name} is there twice");
            } else if !line.is_empty() && !line.starts_with('#') {
                let (sample, labels) = labels_of(line);
                let suffixes = ["", "_bucket", "_sum", "_count"].into_iter();
                let name = suffixes
                    .filter_map(|suffix| sample.strip_suffix(suffix))
                    .find(|name| metrics.contains_key(name));
                assert!(name.is_some(), "{line} has no type");
                let name = name.unwrap();
                metrics.entry(name).and_modify(|(_, known)| known.extend(labels));
            }
        }
        metrics.into_iter().map(|(name, (kind, labels))| (name.to_owned(), kind.to_owned(), labels)).collect()
    }

    /// The value of a sample.
    fn value(&self, sample: &str) -> Option<f64> {
        let value = |line: &str| line.strip_prefix(sample)?.strip_prefix(' ')?.parse().ok();
        self.0.lines().find_map(value)
    }

    /// The value of a sample that must be there.
    #[track_caller]
    fn expect(&self, sample: &str) -> f64 {
        let value = self.value(sample);
        assert!(value.is_some(), "{sample} is not in\n{}", self.0);
        value.unwrap()
    }
}

/// The name of a sample and those of its labels, without the bounds of buckets.
fn labels_of(line: &str) -> (&str, Vec<String>) {
    let Some((name, rest)) = line.split_once('{') else {
        return (line.split_once(' ').unwrap().0, Vec::new());
    };
    let (labels, _) = rest.rsplit_once('}').unwrap();
    let names = labels.split("\",").map(|label| label.split_once('=').unwrap().0.to_owned());
    (name, names.filter(|name| name != "le").collect())
}

/// What the document lists.
fn documented() -> BTreeSet<Metric> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/metrics.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `seatline_"));
    let metric = |row: &str| {
        let cells: Vec<_> = row.split('|').map(|cell| cell.trim().replace('`', "")).collect();
        assert!(cells.len() == 7 && !cells[4].is_empty() && !cells[5].is_empty(), "{row}");
        let labels = cells[3].split(',').map(str::trim).filter(|label| !label.is_empty());
        (cells[1].clone(), cells[2].clone(), labels.map(str::to_owned).collect())
    };
    rows.map(metric).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_what_is_documented() {
    let cluster = Cluster::start().await;
    cluster.client().get("/api/v1/concerts").send().await.json(200);
    let (exported, documented) = (Exported::by(&cluster).await.metrics(), documented());
    let undocumented: Vec<_> = exported.difference(&documented).collect();
    let missing: Vec<_> = documented.difference(&exported).collect();
    assert!(
        undocumented.is_empty() && missing.is_empty(),
        "undocumented: {undocumented:?}, missing: {missing:?}"
    );
    for (name, kind, _) in &exported {
        assert!(name.starts_with("seatline_"), "{name}");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name} is a {kind}");
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_count_who_joins_and_who_is_admitted() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let room = |name: &str| format!("seatline_room_{name}{{concert=\"{}\"}}", sale.concert_id);
    let first = cluster.user().await.enter(&sale).await;
    let mut second = cluster.user().await;
    second.join(&sale).await;
    second.try_join(&sale.concert_id).await.json(200);
    let exported = eventually("the figures of the room", async || {
        let exported = Exported::by(&cluster).await;
        (exported.value(&room("waiting")) == Some(1.0)).then_some(exported)
    })
    .await;
    assert_eq!(exported.value(&room("active")), Some(1.0));
    assert_eq!(exported.value(&room("joined_total")), Some(2.0));
    assert_eq!(exported.value(&room("admitted_total")), Some(1.0));
    first.leave().await;
    second.until("ACTIVE").await;
    eventually("the second person's admission", async || {
        let exported = Exported::by(&cluster).await;
        let figures = ["waiting", "active", "joined_total", "admitted_total"];
        (figures.map(|name| exported.value(&room(name))) == [0.0, 1.0, 2.0, 2.0].map(Some)).then_some(())
    })
    .await;
    cluster.end().await;
}

/// Other tests of this process count in the same recorder: what happens here is the least that is counted.
#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted_by_its_outcome() {
    let options = ClusterOptions { db_pool_size: 9, ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let sale = Sale::open(&cluster.operator()).await;
    let samples = [
        "seatline_users_registered_total",
        "seatline_holds_total{outcome=\"created\"}",
        "seatline_holds_total{outcome=\"repeated\"}",
        "seatline_holds_total{outcome=\"seat_held\"}",
        "seatline_payments_total{outcome=\"insufficient_points\"}",
        "seatline_payments_total{outcome=\"created\"}",
        "seatline_charges_total{outcome=\"created\"}",
        "seatline_lane_batch_size_count{lane=\"seats\"}",
        "seatline_lane_batch_duration_seconds_count{lane=\"wallets\"}",
    ];
    let before = Exported::by(&cluster).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    let held = ada.hold(&sale, &[7]).await;
    ada.try_hold(&sale, &[7]).await.json(200);
    bob.try_hold(&sale, &[7]).await.problem(409, "seat_held");
    ada.try_pay(&held).await.problem(402, "insufficient_points");
    ada.charge(Sale::PRICE).await;
    ada.poll().await;
    ada.pay(&held).await;
    cluster.client().get("/api/v1/nowhere").send().await.problem(404, "not_found");
    let after = Exported::by(&cluster).await;
    for sample in samples {
        assert!(after.expect(sample) > before.expect(sample), "{sample}");
    }
    for (method, route, status) in [
        ("GET", "/api/v1/queue/token", 200),
        ("POST", "/api/v1/concerts/{concertId}/queue/tokens", 201),
        ("POST", "/api/v1/reservations", 409),
        ("GET", "unmatched", 404),
    ] {
        let labels = format!("method=\"{method}\",route=\"{route}\"");
        let requests = after.expect(&format!("seatline_http_requests_total{{{labels},status=\"{status}\"}}"));
        let durations = after.expect(&format!("seatline_http_request_duration_seconds_count{{{labels}}}"));
        assert!(requests >= 1.0 && durations >= requests, "{labels}: {requests} {durations}");
    }
    let connections = |share: &str| after.value(&format!("seatline_db_connections_max{{share=\"{share}\"}}"));
    let shares = ["rooms", "booking", "browsing", "public", "upkeep"].map(connections);
    // The cell of the concert has connections of its own for its room and for bookings.
    let of_cells = if seatline_test_support::cells() > 1 { 2.0 } else { 1.0 };
    assert_eq!(shares, [2.0 * of_cells, 5.0 * of_cells, 2.0, 4.0, 3.0].map(Some));
    assert_eq!(after.value("seatline_lane_depth{lane=\"rooms\"}"), Some(0.0));
    for secret in [ada.user_id.as_str(), ada.access_token.as_str(), sale.performance_id.as_str(), "nowhere"] {
        assert!(!after.0.contains(secret), "{secret}");
    }
    cluster.end().await;
}
