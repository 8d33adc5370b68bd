//! What an instance takes before and while it works: memory, and the time until it is ready.

use std::time::{Duration, Instant};

use seatline_local_postgres::{Durability, TemporaryCluster};

use crate::load::{Load, request};
use crate::server::Process;
use crate::{report, room};

const WAITING: u64 = 1_000_000;
const IDLE_CONNECTIONS: usize = 10_000;
const STARTS: usize = 11;

/// Memory of an instance: idle; with a million people waiting and ten thousand connections. Start to ready.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let cluster = TemporaryCluster::start(Durability::Durable).await?;
    let url = cluster.url("postgres");
    let postgres = room::adapter(&url).await?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(start(&url).await?.as_secs_f64());
    }
    println!("start to ready on an existing database: {:.0} ms", report::median(&starts) * 1_000.0);
    report::at_most("start to ready, in units of 300 ms", report::median(&starts) / 0.3, 1.0);
    let seatline = Process::seatline(&url)?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    mebibytes("memory, idle", seatline.memory()?, 40);
    let concert_id = room::open(&postgres, 1).await?;
    room::fill(&postgres, concert_id, WAITING, room::CALLERS).await?;
    let load = Load { address: seatline.address, connections: IDLE_CONNECTIONS };
    let queue = request("GET", &format!("/api/v1/concerts/{}/queue", concert_id.uuid()), &[]);
    let open = load.keep_open(&queue).await?;
    mebibytes(&format!("memory, {WAITING} waiting and {} connections", open.len()), seatline.memory()?, 400);
    postgres.shut_down(Duration::from_secs(10)).await;
    Ok(())
}

/// From the start of the process to its first answer that it is ready.
async fn start(url: &str) -> anyhow::Result<Duration> {
    let begin = Instant::now();
    let seatline = Process::seatline(url)?;
    let ready = request("GET", "/health/ready", &[]);
    Load { address: seatline.address, connections: 1 }.keep_open(&ready).await?;
    Ok(begin.elapsed())
}

fn mebibytes(what: &str, bytes: u64, most: u32) {
    let mebibytes = bytes >> 20;
    let verdict = if mebibytes <= u64::from(most) { "reached" } else { "MISSED" };
    println!("{what:<66} {mebibytes:>10} MiB  ({verdict}: at most {most} MiB)");
}
