//! One instance beside two, on the same database and the same cores.

use std::sync::Arc;

use seatline_adapters_postgres::Postgres;
use seatline_local_postgres::{Durability, TemporaryCluster};

use super::{CONNECTIONS, PEOPLE, PERFORMANCES, SEATS, Show, holds, payments};
use crate::load::{Load, once_over};
use crate::server::Process;
use crate::{report, room};

const ROUNDS: usize = 4;

/// Holds and payments a second, by one instance and by two that share the load, in turns.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let cluster = TemporaryCluster::start(Durability::Durable).await?;
    let url = cluster.url("postgres");
    let postgres = room::adapter(&url).await?;
    let (first, second) = (Process::seatline(&url)?, Process::seatline(&url)?);
    let load = |server: &Process, connections| Load { address: server.address, connections };
    let (alone, halves) = (
        vec![load(&first, CONNECTIONS)],
        vec![load(&first, CONNECTIONS / 2), load(&second, CONNECTIONS / 2)],
    );
    let (mut by_one, mut by_two) = (Turns::default(), Turns::default());
    for round in 0..=ROUNDS {
        for (turns, loads) in [(&mut by_one, &alone), (&mut by_two, &halves)] {
            let (held, paid) = take(&postgres, loads).await?;
            if round > 0 {
                turns.holds.push(held);
                turns.payments.push(paid);
            }
        }
    }
    report::rate("holds over HTTP, one instance", report::median(&by_one.holds));
    report::rate("holds over HTTP, two instances together", report::median(&by_two.holds));
    report::at_least("holds, two instances / one", report::ratio(&by_two.holds, &by_one.holds), 0.9);
    report::rate("payments over HTTP, one instance", report::median(&by_one.payments));
    report::rate("payments over HTTP, two instances together", report::median(&by_two.payments));
    report::at_least("payments, two instances / one", report::ratio(&by_two.payments, &by_one.payments), 0.9);
    Ok(())
}

#[derive(Default)]
struct Turns {
    holds: Vec<f64>,
    payments: Vec<f64>,
}

async fn take(postgres: &Arc<Postgres>, loads: &[Load]) -> anyhow::Result<(f64, f64)> {
    let Some(any) = loads.first() else { anyhow::bail!("no instance") };
    let show = Show::open(*any, PERFORMANCES, SEATS).await?;
    let customers = show.enter(postgres, *any, PEOPLE).await?;
    // Each instance is to know everybody, as it would after a while in line.
    for (index, load) in loads.iter().enumerate() {
        let key = format!("charge {index}");
        load.once(customers.iter().map(|one| one.charge(&key)).collect()).await?;
    }
    let held = once_over(loads, holds(&show, &customers, 0)).await?.all_done()?;
    let paid = once_over(loads, payments(&customers, &held.bodies)?).await?.all_done()?;
    Ok((held.per_second, paid.per_second))
}
