use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use seatline_adapters_postgres::Postgres;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::QueueReader;
use seatline_domain::queue::{BoardUpdate, BoardWatermark};
use seatline_local_postgres::{Durability, TemporaryCluster};
use serde_json::Value;

use crate::load::{Load, Requests, request};
use crate::server::Process;
use crate::{pgbench, report, room};

const CONNECTIONS: usize = 256;
const FEW: u64 = 1_000;
/// How many of those who wait are asked about.
const SAMPLE: u64 = 10_000;
/// Figures are taken in turns, and compared turn by turn: what else the machine does falls on all of them.
const ROUNDS: usize = 5;
const POLL_ROUNDS: usize = 15;
const POLL_ROUND: Duration = Duration::from_secs(1);

/// Everything that a waiting room is measured by, with so many people waiting.
pub(crate) async fn measure(people: u64) -> anyhow::Result<()> {
    let cluster = TemporaryCluster::start(Durability::Durable).await?;
    let url = cluster.url("postgres");
    let postgres = room::adapter(&url).await?;
    let plain = pgbench::plain_joins(&url).await?;
    report::rate("pgbench, 32 clients: counter row, insert, commit", plain);
    let seatline = Process::seatline(&url)?;
    settle().await;
    let empty = seatline.memory()?;
    let load = Load { address: seatline.address, connections: CONNECTIONS };

    let few = room::open(&postgres, 1).await?;
    room::fill(&postgres, few, 1, 1).await?;
    let polls_of_few = in_line(&postgres, load, few, FEW).await?;
    let many = room::open(&postgres, 1).await?;
    room::fill(&postgres, many, 1, 1).await?;
    let (mut polls_of_many, mut through_the_lane) = (Vec::new(), Vec::new());
    for _ in 0..10 {
        through_the_lane.push(room::fill(&postgres, many, (people - SAMPLE) / 10, room::CALLERS).await?);
        polls_of_many.extend(Arc::unwrap_or_clone(in_line(&postgres, load, many, SAMPLE / 10).await?));
    }
    settle().await;
    let full = seatline.memory()?;

    let joined = report::median(&through_the_lane);
    report::rate("joins of one room, the lane alone", joined);
    report::at_least("joins through the lane / pgbench", joined / plain, 15.0);
    polls(load, &polls_of_few, &Arc::new(polls_of_many)).await?;
    joins(&postgres, load, many, plain).await?;
    refreshes(&postgres).await?;
    let bytes_each =
        f64::from(u32::try_from(full.saturating_sub(empty))?) / f64::from(u32::try_from(people)?);
    println!("memory: {} MiB empty, {} MiB with {people} waiting", empty >> 20, full >> 20);
    report::at_most("bytes of memory for each of them", bytes_each, 64.0);
    postgres.shut_down(Duration::from_secs(10)).await;
    Ok(())
}

async fn settle() {
    tokio::time::sleep(Duration::from_secs(2)).await;
}

/// So many people with accounts join; gives their polls.
async fn in_line(
    postgres: &Arc<Postgres>,
    load: Load,
    concert_id: ConcertId,
    people: u64,
) -> anyhow::Result<Requests> {
    let accounts = room::register(postgres, people).await?;
    let joined = load.once(accounts.iter().map(|token| join(concert_id, token)).collect()).await?;
    let mut polls = Vec::new();
    for (account, body) in accounts.iter().zip(joined.bodies) {
        let answer: Value = serde_json::from_slice(&body)?;
        let token = answer.get("token").and_then(Value::as_str).context("no token")?;
        let bearer = format!("Bearer {account}");
        polls.push(request(
            "GET",
            "/api/v1/queue/token",
            &[("authorization", &bearer), ("queue-token", token)],
        ));
    }
    Ok(Arc::new(polls))
}

fn join(concert_id: ConcertId, account: &str) -> Vec<u8> {
    let path = format!("/api/v1/concerts/{}/queue/tokens", concert_id.uuid());
    request("POST", &path, &[("authorization", &format!("Bearer {account}"))])
}

async fn polls(load: Load, of_few: &Requests, of_many: &Requests) -> anyhow::Result<()> {
    let answer = load.once(of_many.first().cloned().into_iter().collect()).await?;
    let bytes = String::from_utf8(answer.bodies.into_iter().next().context("no answer")?)?;
    let server = Process::bare(&bytes)?;
    let bare = Load { address: server.address, ..load };
    let mut figures: [Vec<f64>; 3] = Default::default();
    for round in 0..=POLL_ROUNDS {
        for (figures, (load, requests)) in
            figures.iter_mut().zip([(bare, of_many), (load, of_few), (load, of_many)])
        {
            let figure = load.cycle(requests, POLL_ROUND).await?;
            // The first round warms up.
            if round > 0 {
                figures.push(figure);
            }
        }
    }
    let [bare, few, many] = &figures;
    report::rate("bare handler with the same bytes", report::median(bare));
    report::rate("polls, few waiting", report::median(few));
    report::rate("polls, many waiting", report::median(many));
    report::at_least("polls with many waiting / bare handler", report::ratio(many, bare), 0.7);
    report::at_most("cost of a poll, many waiting / few waiting", report::ratio(few, many), 1.2);
    Ok(())
}

/// Joins over HTTP, each the first request of its user.
async fn joins(postgres: &Arc<Postgres>, load: Load, many: ConcertId, plain: f64) -> anyhow::Result<()> {
    const PEOPLE: u64 = 20_000;
    let mut figures: [Vec<f64>; 2] = Default::default();
    for round in 0..=ROUNDS {
        // A room with few people does not stay one: each round has its own.
        let fresh = room::open(postgres, 1).await?;
        room::fill(postgres, fresh, FEW, room::CALLERS).await?;
        for (figures, concert_id) in figures.iter_mut().zip([fresh, many]) {
            let accounts = room::register(postgres, PEOPLE).await?;
            settle().await;
            let sent = load.once(accounts.iter().map(|token| join(concert_id, token)).collect()).await?;
            if round > 0 {
                figures.push(sent.per_second);
            }
        }
    }
    let [few, many] = &figures;
    report::rate("joins over HTTP, first request of each user, few waiting", report::median(few));
    report::rate("joins over HTTP, first request of each user, many waiting", report::median(many));
    report::at_least("joins over HTTP / pgbench", report::median(many) / plain, 4.0);
    report::at_most("cost of a join, many waiting / few waiting", report::ratio(few, many), 1.2);
    Ok(())
}

/// Refreshes of boards that are up to date, as they are and beside a thousand rooms with nobody in them.
async fn refreshes(postgres: &Arc<Postgres>) -> anyhow::Result<()> {
    const IDLE_ROOMS: usize = 1_000;
    let busy = refresh(postgres).await?;
    for _ in 0..IDLE_ROOMS {
        room::open(postgres, 1).await?;
    }
    let beside_idle = refresh(postgres).await?;
    println!("a refresh of all boards that are up to date: {:.2} ms", busy * 1_000.0);
    report::at_most("the same beside a thousand rooms with nobody in them", beside_idle / busy, 1.2);
    Ok(())
}

/// How long a refresh takes, in seconds.
async fn refresh(postgres: &Postgres) -> anyhow::Result<f64> {
    let up_to_date = |update: &BoardUpdate| {
        let seen =
            BoardWatermark { departures: update.departures_seen, now_serving: update.figures.now_serving };
        (update.figures.concert_id, seen)
    };
    let seen: BTreeMap<_, _> = postgres.news(BTreeMap::new()).await?.rooms.iter().map(up_to_date).collect();
    let mut figures = Vec::new();
    // Over a while: what else the server does comes and goes.
    for _ in 0..50 {
        for _ in 0..50 {
            let begin = Instant::now();
            postgres.news(seen.clone()).await?;
            figures.push(begin.elapsed().as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(report::median(&figures))
}
