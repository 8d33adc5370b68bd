//! One instance beside two, on the same database and the same cores.

use std::sync::Arc;
use std::time::Instant;

use futures::future::try_join_all;
use seatline_adapters_postgres::Postgres;
use seatline_local_postgres::{Durability, TemporaryCluster};

use super::{CONNECTIONS, PEOPLE, PERFORMANCES, SEATS, Show, holds, payments};
use crate::load::{Load, Sent};
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
    // By the instance that will see them again, so that each knows its customers.
    together(loads, customers.iter().map(|one| one.charge("first")).collect()).await?;
    let held = together(loads, holds(&show, &customers, 0)).await?;
    let paid = together(loads, payments(&customers, &held.bodies)?).await?;
    Ok((held.per_second, paid.per_second))
}

/// Sends requests to all instances at the same time, to each its share.
async fn together(loads: &[Load], requests: Vec<Vec<u8>>) -> anyhow::Result<Sent> {
    let (begin, total) = (Instant::now(), requests.len());
    let mut shares = requests.chunks(total.div_ceil(loads.len())).map(<[Vec<u8>]>::to_vec);
    let sending = loads.iter().map(|load| load.once(shares.next().unwrap_or_default()));
    let mut bodies = Vec::with_capacity(total);
    for sent in try_join_all(sending).await? {
        bodies.extend(sent.bodies);
    }
    let per_second = f64::from(u32::try_from(total)?) / begin.elapsed().as_secs_f64();
    Ok(Sent { per_second, bodies, refused: 0 })
}
