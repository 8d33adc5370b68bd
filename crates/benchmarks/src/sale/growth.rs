//! The same requests on a small database and on a large one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use seatline_adapters_postgres::Postgres;
use seatline_local_postgres::{Durability, TemporaryCluster};
use tokio_postgres::NoTls;

use super::{CONNECTIONS, Customer, Show, accounts, holds, payments};
use crate::load::Load;
use crate::server::Process;
use crate::{report, room};

const ROUNDS: usize = 5;
const PEOPLE: u64 = 1_000;
/// How often each of them buys a seat in a round.
const VISITS: usize = 10;
const PERFORMANCES: u32 = 10_000;

/// A million users with a wallet and ten ledger entries each.
const HISTORY: &str = "
    INSERT INTO users (user_id, token_hash)
    SELECT id, sha256(id::text::bytea) FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, 1000000)) AS new;
    INSERT INTO wallets (user_id, balance, entries) SELECT user_id, 100, 10 FROM users
    ON CONFLICT DO NOTHING;
    INSERT INTO ledger_entries (user_id, sequence, entry_id, kind, amount, balance_after, created_at)
    SELECT user_id, sequence, gen_random_uuid(), 'CHARGE', 10, 10 * sequence, now()
    FROM wallets CROSS JOIN generate_series(1, 10) AS sequence WHERE entries = 10;
    CHECKPOINT;";

/// An instance, its database, and the people who buy.
struct Site {
    // Dropped first, so that it does not miss its database.
    _server: Process,
    _cluster: TemporaryCluster,
    postgres: Arc<Postgres>,
    load: Load,
    show: Show,
    customers: Vec<Customer>,
    /// How many seats were taken so far.
    taken: usize,
    rates: Rates,
}

#[derive(Default)]
struct Rates {
    holds: Vec<f64>,
    payments: Vec<f64>,
    polls: Vec<f64>,
    seat_maps: Vec<f64>,
}

/// Holds, payments, polls and seat maps beside one performance and a thousand users, and beside ten thousand
/// performances, a million users and ten million ledger entries, in turns.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let mut small = Site::open(1, 100_000, None).await?;
    let mut large = Site::open(PERFORMANCES, 50, Some(HISTORY)).await?;
    for round in 0..=ROUNDS {
        small.take(round > 0).await?;
        large.take(round > 0).await?;
    }
    let (small, large) = (small.close().await, large.close().await);
    for (what, small, large) in [
        ("a hold", &small.holds, &large.holds),
        ("a payment", &small.payments, &large.payments),
        ("a poll", &small.polls, &large.polls),
        ("a seat map", &small.seat_maps, &large.seat_maps),
    ] {
        report::rate(&format!("{what}, small database"), report::median(small));
        report::rate(&format!("{what}, large database"), report::median(large));
        report::at_most(&format!("cost of {what}, large database / small"), report::ratio(small, large), 1.2);
    }
    Ok(())
}

impl Site {
    async fn open(performances: u32, seats: u32, history: Option<&str>) -> anyhow::Result<Self> {
        let cluster = TemporaryCluster::start(Durability::Durable).await?;
        let url = cluster.url("postgres");
        let postgres = room::adapter(&url).await?;
        if let Some(history) = history {
            println!("filling the large database");
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
            let driver = tokio::spawn(connection);
            client.batch_execute(history).await?;
            drop(client);
            driver.await??;
        }
        let server = Process::seatline(&url)?;
        let load = Load { address: server.address, connections: CONNECTIONS };
        let show = Show::open(load, performances, seats).await?;
        let customers = show.join(load, accounts(&postgres, PEOPLE).await?).await?;
        for charge in 0..20 {
            let key = format!("charge {charge}");
            load.once(customers.iter().map(|one| one.charge(&key)).collect()).await?;
        }
        let rates = Rates::default();
        Ok(Self { _cluster: cluster, _server: server, postgres, load, show, customers, taken: 0, rates })
    }

    async fn take(&mut self, counts: bool) -> anyhow::Result<()> {
        for _ in 0..VISITS {
            let held = self.load.once(holds(&self.show, &self.customers, self.taken)).await?;
            self.taken += self.customers.len();
            let paid = self.load.once(payments(&self.customers, &held.bodies)?).await?;
            // Their turn is over: they join again.
            let people =
                std::mem::take(&mut self.customers).into_iter().map(Customer::into_account).collect();
            self.customers = self.show.join(self.load, people).await?;
            if counts {
                self.rates.holds.push(held.per_second);
                self.rates.payments.push(paid.per_second);
            }
        }
        let second = Duration::from_secs(1);
        let polls = Arc::new(self.customers.iter().map(Customer::poll).collect::<Vec<_>>());
        let polls = self.load.cycle(&polls, second).await?;
        // Of the same size in both, so that only the database differs.
        let of_fifty = Show::open(self.load, 1, 50).await?;
        let visitor = of_fifty.enter(&self.postgres, self.load, 1).await?.pop().context("nobody")?;
        let performance = of_fifty.performances.first().context("no performance")?;
        let maps = self.load.cycle(&Arc::new(vec![visitor.seats(performance)]), second).await?;
        if counts {
            self.rates.polls.push(polls);
            self.rates.seat_maps.push(maps);
        }
        Ok(())
    }

    async fn close(self) -> Rates {
        self.postgres.shut_down(Duration::from_secs(10)).await;
        self.rates
    }
}
