//! What statements on the path of a request cost before and after a long history.

mod explained;
mod plan;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use seatline_adapters_postgres::Postgres;
use seatline_application::Ports;
use seatline_local_postgres::{Durability, TemporaryCluster};
use seatline_test_support::history::{Journey, fill};
use seatline_test_support::{SequentialIds, Setup};
use tokio_postgres::{Client, NoTls};

use self::explained::{Explained, Explainer};
use crate::{report, room};

/// An index of one page becomes one of four levels; nothing else may cost more.
const DEEPER: f64 = 4.0;
/// Tables with history in them.
const TABLES: [&str; 7] = [
    "passes",
    "reservations",
    "reservation_seats",
    "seats",
    "ledger_entries",
    "payments",
    "idempotency_keys",
];

/// People make their way through a sale, through the ports and with every plan explained: on empty tables, and again once
/// so many rows of each kind lie behind them.
pub(crate) async fn measure(rows: u64) -> anyhow::Result<()> {
    let cluster = TemporaryCluster::start(Durability::Durable).await?;
    let url = cluster.url("postgres");
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
    let driver = tokio::spawn(connection);
    let ids = Arc::new(SequentialIds::default());

    let postgres = room::adapter(&url).await?;
    let journey = Journey::prepare(Setup::new(&Ports::from_adapter(postgres.clone(), ids.clone()))).await;
    shut_down(&postgres).await?;

    let young = played(&cluster, &client, &journey, &ids, 0).await?;
    add_history(&client, &journey, rows).await?;
    let old = played(&cluster, &client, &journey, &ids, 1).await?;
    show(&young, &old);
    drop(client);
    driver.await??;
    Ok(())
}

async fn shut_down(postgres: &Postgres) -> anyhow::Result<()> {
    ensure!(postgres.shut_down(Duration::from_secs(10)).await, "the lanes did not finish");
    Ok(())
}

/// Plays one round on connections of its own; gives what was executed, by statement.
async fn played(
    cluster: &TemporaryCluster,
    client: &Client,
    journey: &Journey,
    ids: &Arc<SequentialIds>,
    round: i64,
) -> anyhow::Result<BTreeMap<String, Explained>> {
    let explainer = Explainer::switch_on(client, cluster.log()).await?;
    let postgres = room::connect(&cluster.url("postgres"))?;
    journey.play(Setup::new(&Ports::from_adapter(postgres.clone(), ids.clone())), round).await;
    shut_down(&postgres).await?;
    explainer.switch_off().await
}

async fn add_history(client: &Client, journey: &Journey, rows: u64) -> anyhow::Result<()> {
    for (what, sql) in fill(journey, rows) {
        let begin = Instant::now();
        client.batch_execute(&sql).await?;
        eprintln!("{what}: {:.0} s", begin.elapsed().as_secs_f64());
    }
    for table in TABLES {
        client.batch_execute(&format!("VACUUM (ANALYZE) {table}")).await?;
        let count = client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await?;
        let (count, size) = (count.get::<_, i64>(0), size_of(client, table).await?);
        println!("{table:<20} {count:>12} rows {size:>10}");
    }
    Ok(())
}

async fn size_of(client: &Client, table: &str) -> anyhow::Result<String> {
    let sql = format!("SELECT pg_size_pretty(pg_total_relation_size('{table}'))");
    Ok(client.query_one(&sql, &[]).await?.get(0))
}

fn show(young: &BTreeMap<String, Explained>, old: &BTreeMap<String, Explained>) {
    println!("\nbuffers per execution: median, most (of which read from outside shared buffers)");
    println!("{:>3} {:<74} {:>14} {:>16}", "", "statement", "no history", "long history");
    let mut worst: f64 = 0.0;
    for (index, (text, after)) in old.iter().enumerate() {
        let before = young.get(text);
        let usual = before.map_or_else(|| "-".to_owned(), Explained::buffers);
        println!("{:>3} {:<74} {usual:>14} {:>16}", index + 1, after.name(), after.buffers());
        worst = worst.max(before.map_or(1.0, |before| after.per_row() / before.per_row().max(1.0)));
    }
    println!();
    report::at_most("buffers for each row of a statement, long history / none, worst", worst, DEEPER);
    for (index, (text, after)) in old.iter().enumerate() {
        println!("\n{} {}", index + 1, after.name());
        match young.get(text) {
            Some(before) if before.shape() == after.shape() => println!("  no history: the same plan"),
            Some(before) => print!("  no history:\n{}", before.plan()),
            None => println!("  no history: not asked"),
        }
        print!("  long history:\n{}", after.plan());
    }
}
