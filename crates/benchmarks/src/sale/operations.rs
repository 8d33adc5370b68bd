//! What operators do to much of a performance at once, and what the people who buy notice of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use seatline_adapters_postgres::Postgres;
use seatline_local_postgres::{Durability, TemporaryCluster};
use serde_json::Value;
use tokio::time::sleep;

use super::{CONNECTIONS, PEOPLE, Show, holds, payments};
use crate::load::{Load, request, request_with};
use crate::server::{ADMIN_KEY, Process};
use crate::{report, room};

/// Seats of the performance that is cancelled, each sold to somebody else.
const SOLD: u32 = 20_000;
/// Seats that are blocked in one request, of twice as many.
const BLOCKED: u32 = 10_000;
/// How often seats are blocked and given back.
const ROUNDS: usize = 5;

/// The refunds of a cancelled performance, and the blocking of half a hall beside people who hold seats of it and join.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let cluster = TemporaryCluster::start(Durability::Durable).await?;
    let url = cluster.url("postgres");
    let postgres = room::adapter(&url).await?;
    let seatline = Process::seatline(&url)?;
    let load = Load { address: seatline.address, connections: CONNECTIONS };
    blocking(&postgres, load).await?;
    refunds(&postgres, load).await?;
    postgres.shut_down(Duration::from_secs(10)).await;
    Ok(())
}

/// How long it takes until everybody has their points back.
async fn refunds(postgres: &Arc<Postgres>, load: Load) -> anyhow::Result<()> {
    let show = Show::open(load, 1, SOLD).await?;
    let customers = show.enter(postgres, load, SOLD.into()).await?;
    load.once(customers.iter().map(|customer| customer.charge("first")).collect()).await?;
    let held = load.once(holds(&show, &customers, 0)).await?;
    load.once(payments(&customers, &held.bodies)?).await?;
    let path = cancellation(show.performances.first().context("no performance")?);
    let begin = Instant::now();
    load.once(vec![request_with("POST", &path, &[operator()], r#"{"reason":"The singer is ill"}"#)]).await?;
    loop {
        let body = load.once(vec![request("GET", &path, &[operator()])]).await?.bodies.pop();
        let status: Value = serde_json::from_slice(&body.context("no answer")?)?;
        let refunds = status.get("refunds").context("no refunds")?;
        let (total, done) = (refunds.get("total"), refunds.get("done"));
        if total == done {
            ensure!(total.and_then(Value::as_u64) == Some(SOLD.into()), "{status}");
            break;
        }
        sleep(Duration::from_millis(250)).await;
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!("{SOLD} refunds of a cancelled performance: {seconds:.1} s");
    report::at_most("refunds of a cancelled performance, in minutes", seconds / 60.0, 1.0);
    Ok(())
}

/// How long others wait for seats, and for a place in the line, while half of the hall is blocked and given back.
async fn blocking(postgres: &Arc<Postgres>, load: Load) -> anyhow::Result<()> {
    let show = Show::open(load, 1, 2 * BLOCKED).await?;
    let few = Load { connections: 4, ..load };
    let path = format!("/api/v1/admin/performances/{}/seats", show.performances.first().context("none")?);
    let change = |what| {
        let ranges = format!(r#"{{"{what}":[{{"firstSeat":{},"lastSeat":{}}}]}}"#, BLOCKED + 1, 2 * BLOCKED);
        request_with("PATCH", &path, &[operator()], &ranges)
    };
    let customers = show.enter(postgres, load, BLOCKED.into()).await?;
    let (first, second) = customers.split_at(customers.len() / 2);
    let alone = latencies(few, holds(&show, first, 0)).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, changes) = (stop.clone(), [change("block"), change("unblock")]);
    let operating = tokio::spawn(async move {
        let mut taken = Vec::new();
        for change in changes.iter().cycle().take(2 * ROUNDS).cloned() {
            let begin = Instant::now();
            Load { connections: 1, ..load }.once(vec![change]).await?;
            taken.push(begin.elapsed().as_secs_f64());
            sleep(Duration::from_millis(100)).await;
        }
        stopped.store(true, Ordering::Relaxed);
        anyhow::Ok(taken)
    });
    let newcomers = super::accounts(postgres, PEOPLE).await?;
    let mut newcomers = newcomers.chunks(50);
    let mut wanted = holds(&show, second, first.len()).into_iter();
    let (mut held, mut joined) = (Vec::new(), Vec::new());
    while !stop.load(Ordering::Relaxed) {
        let some: Vec<_> = wanted.by_ref().take(50).collect();
        ensure!(!some.is_empty(), "nobody is left who wants a seat");
        held.extend(latencies(few, some).await?);
        let people = newcomers.next().context("nobody is left who joins")?;
        let path = format!("/api/v1/concerts/{}/queue/tokens", show.concert_id);
        let joins = people.iter().map(|account| request("POST", &path, &[("authorization", account)]));
        joined.extend(latencies(few, joins.collect()).await?);
    }
    let mut taken = operating.await??;
    taken.sort_unstable_by(f64::total_cmp);
    println!(
        "{BLOCKED} seats blocked or given back in one request, longest: {:.0} ms",
        1_000.0 * last(&taken)
    );
    println!("holds of others in the same performance, alone, longest: {:.0} ms", 1_000.0 * last(&alone));
    for (what, mut times) in
        [("holds of others in the same performance", held), ("joins of the room", joined)]
    {
        times.sort_unstable_by(f64::total_cmp);
        println!("{what}, meanwhile, longest: {:.0} ms", 1_000.0 * last(&times));
        report::at_most(&format!("{what}, meanwhile, in units of 250 ms"), last(&times) / 0.25, 1.0);
    }
    Ok(())
}

/// How long each request took, as fast as they can be sent.
async fn latencies(load: Load, requests: Vec<Vec<u8>>) -> anyhow::Result<Vec<f64>> {
    load.at_rate(requests, 1_000.0).await
}

fn last(times: &[f64]) -> f64 {
    times.last().copied().unwrap_or(f64::NAN)
}

fn cancellation(performance: &str) -> String {
    format!("/api/v1/admin/performances/{performance}/cancellation")
}

/// The header of an operator.
fn operator() -> (&'static str, &'static str) {
    static KEY: LazyLock<String> = LazyLock::new(|| format!("Bearer {ADMIN_KEY}"));
    ("authorization", &KEY)
}
