//! Holding, paying and charging, and looking at seats.

pub(crate) mod growth;
pub(crate) mod instances;
mod lanes;
pub(crate) mod operations;
mod show;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use seatline_adapters_postgres::Postgres;
use seatline_local_postgres::{Durability, TemporaryCluster};

pub(crate) use show::{Customer, Show, accounts, texts};

use crate::load::Load;
use crate::pgbench::PlainSale;
use crate::server::Process;
use crate::{bare, report, room};

const CONNECTIONS: usize = 256;
/// Figures are taken in turns, and compared turn by turn.
const ROUNDS: usize = 3;
const PERFORMANCES: u32 = 100;
const SEATS: u32 = 1_000;
/// How many people hold and pay in a round.
const PEOPLE: u64 = 20_000;

/// Everything that a sale is measured by.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let cluster = TemporaryCluster::start(Durability::Durable).await?;
    let url = cluster.url("postgres");
    let postgres = room::adapter(&url).await?;
    let plain = PlainSale::open(&url).await?;
    let seatline = Process::seatline(&url)?;
    let load = Load { address: seatline.address, connections: CONNECTIONS };
    let mut taken = Figures::default();
    for round in 0..=ROUNDS {
        let figures = take(&postgres, load, &plain).await?;
        // The first round warms up.
        if round > 0 {
            taken.add(figures);
        }
    }
    taken.report();
    latency(&postgres, load, &taken).await?;
    for seats in [50, 20_000] {
        seat_map(&postgres, load, seats, [0.6, 0.5]).await?;
    }
    postgres.shut_down(Duration::from_secs(10)).await;
    Ok(())
}

/// What one round gives, or all of them: rates a second.
#[derive(Default)]
struct Figures {
    plain_holds: Vec<f64>,
    holds: Vec<f64>,
    best_holds: Vec<f64>,
    holds_by_lane: Vec<f64>,
    holds_of_the_present: Vec<f64>,
    plain_payments: Vec<f64>,
    payments: Vec<f64>,
    plain_charges: Vec<f64>,
    charges: Vec<f64>,
    refusals: Vec<f64>,
}

impl Figures {
    fn add(&mut self, round: Self) {
        self.plain_holds.extend(round.plain_holds);
        self.holds.extend(round.holds);
        self.best_holds.extend(round.best_holds);
        self.holds_by_lane.extend(round.holds_by_lane);
        self.holds_of_the_present.extend(round.holds_of_the_present);
        self.plain_payments.extend(round.plain_payments);
        self.payments.extend(round.payments);
        self.plain_charges.extend(round.plain_charges);
        self.charges.extend(round.charges);
        self.refusals.extend(round.refusals);
    }

    fn report(&self) {
        report::rate("pgbench, 32 clients: a hold as one statement", report::median(&self.plain_holds));
        report::rate("holds over HTTP, distinct seats of many performances", report::median(&self.holds));
        report::at_least("holds over HTTP / pgbench", report::ratio(&self.holds, &self.plain_holds), 1.0);
        report::rate(
            "holds over HTTP, the best seats of many performances",
            report::median(&self.best_holds),
        );
        report::at_least(
            "holds of the best seats / of named ones",
            report::ratio(&self.best_holds, &self.holds),
            0.5,
        );
        report::rate("holds, the lanes alone", report::median(&self.holds_by_lane));
        report::at_least(
            "holds through the lanes / pgbench",
            report::ratio(&self.holds_by_lane, &self.plain_holds),
            2.5,
        );
        report::rate(
            "holds, the lanes alone, of people who have been here",
            report::median(&self.holds_of_the_present),
        );
        report::at_least(
            "holds of people who have been here, through the lanes / pgbench",
            report::ratio(&self.holds_of_the_present, &self.plain_holds),
            2.5,
        );
        report::rate("refusals, everybody wants the same seat", report::median(&self.refusals));
        report::at_least("refusals / holds over HTTP", report::ratio(&self.refusals, &self.holds), 1.0);
        report::rate("pgbench: a payment as one statement", report::median(&self.plain_payments));
        report::rate("payments over HTTP", report::median(&self.payments));
        report::at_least(
            "payments over HTTP / pgbench",
            report::ratio(&self.payments, &self.plain_payments),
            1.0,
        );
        report::rate("pgbench: a charge as one statement", report::median(&self.plain_charges));
        report::rate("charges over HTTP, many wallets", report::median(&self.charges));
        report::at_least(
            "charges over HTTP / pgbench",
            report::ratio(&self.charges, &self.plain_charges),
            1.0,
        );
    }
}

async fn take(postgres: &Arc<Postgres>, load: Load, plain: &PlainSale) -> anyhow::Result<Figures> {
    let show = Show::open(load, PERFORMANCES, SEATS).await?;
    let plain_holds = plain.holds().await?;
    let customers = show.enter(postgres, load, PEOPLE).await?;
    let charges =
        load.once(customers.iter().map(|customer| customer.charge("first")).collect()).await?.per_second;
    let held = load.once(holds(&show, &customers, 0)).await?;
    let payments = load.once(payments(&customers, &held.bodies)?).await?.per_second;
    let (plain_payments, plain_charges) = (plain.payments().await?, plain.charges().await?);
    let hopeful = show.enter(postgres, load, PEOPLE).await?;
    let hot = show.performances.last().context("no performance")?;
    let hot = load.once_whatever(hopeful.iter().map(|one| one.hold(hot, 1_000)).collect()).await?;
    ensure!(hot.refused + 1 == hot.bodies.len(), "{} of {} were refused", hot.refused, hot.bodies.len());
    let another = Show::open(load, PERFORMANCES, SEATS).await?;
    let undecided = another.enter(postgres, load, PEOPLE).await?;
    let chosen = another.performances.iter().cycle();
    let best = load.once(undecided.iter().zip(chosen).map(|(one, chosen)| one.hold_best(chosen)).collect());
    let best_holds = best.await?.per_second;
    let another = Show::open(load, PERFORMANCES, SEATS).await?;
    // More people, since the lanes take them so fast that the measurement would be short.
    let holds_by_lane = lanes::holds(postgres, &another, 3 * PEOPLE, false).await?;
    let another = Show::open(load, PERFORMANCES, SEATS).await?;
    let holds_of_the_present = lanes::holds(postgres, &another, 3 * PEOPLE, true).await?;
    Ok(Figures {
        plain_holds: vec![plain_holds],
        holds: vec![held.per_second],
        best_holds: vec![best_holds],
        holds_by_lane: vec![holds_by_lane],
        holds_of_the_present: vec![holds_of_the_present],
        plain_payments: vec![plain_payments],
        payments: vec![payments],
        plain_charges: vec![plain_charges],
        charges: vec![charges],
        refusals: vec![hot.per_second],
    })
}

/// Each customer holds a seat of their own, one performance after the other, from this place on.
pub(crate) fn holds(show: &Show, customers: &[Customer], from: usize) -> Vec<Vec<u8>> {
    let width = show.performances.len();
    let places = show.performances.iter().cycle().zip(0..).skip(from);
    let hold =
        |(one, (performance, place)): (&Customer, (&String, usize))| one.hold(performance, 1 + place / width);
    customers.iter().zip(places).map(hold).collect()
}

/// Each customer pays what they hold.
pub(crate) fn payments(customers: &[Customer], held: &[Vec<u8>]) -> anyhow::Result<Vec<Vec<u8>>> {
    let reservations = texts(held, "reservationId")?;
    Ok(customers.iter().zip(&reservations).map(|(one, reservation)| one.pay(reservation)).collect())
}

/// How long holds and payments take at half of the rate that they reach.
async fn latency(postgres: &Arc<Postgres>, load: Load, taken: &Figures) -> anyhow::Result<()> {
    let show = Show::open(load, PERFORMANCES, SEATS).await?;
    let customers = show.enter(postgres, load, 3 * PEOPLE).await?;
    load.once(customers.iter().map(|customer| customer.charge("first")).collect()).await?;
    let (quiet, busy) = customers.split_at(usize::try_from(PEOPLE)?);
    // The first are held beforehand, so that there is something to pay.
    let held = load.once(holds(&show, quiet, 0)).await?;
    let half = |figures: &[f64]| report::median(figures) / 2.0;
    let paid = load.at_rate(payments(quiet, &held.bodies)?, half(&taken.payments)).await?;
    percentiles("payments at half the peak rate", &paid);
    let wanted = holds(&show, busy, quiet.len());
    let held = load.at_rate(wanted, half(&taken.holds)).await?;
    percentiles("holds at half the peak rate", &held);
    Ok(())
}

fn percentiles(what: &str, times: &[f64]) {
    let at = |share: usize| times.get(times.len() * share / 1_000).copied().unwrap_or(f64::NAN);
    println!("{what:<50} p50 {:.2} ms, p99 {:.2} ms", at(500) * 1_000.0, at(990) * 1_000.0);
    report::at_most(&format!("{what}: p99 / p50"), at(990) / at(500), 10.0);
}

/// The seats of one performance, beside a bare handler that sends the same bytes: for people who have none of them, and for
/// people who hold one each.
async fn seat_map(postgres: &Arc<Postgres>, load: Load, seats: u32, least: [f64; 2]) -> anyhow::Result<()> {
    let show = Show::open(load, 1, seats).await?;
    let performance = show.performances.first().context("no performance")?;
    // One a connection: nobody is sent more than so much at a time.
    let customers = show.enter(postgres, load, u64::try_from(load.connections)?).await?;
    let maps =
        |customers: &[Customer]| customers.iter().map(|one| one.seats(performance)).collect::<Vec<_>>();
    let [of_anybody, of_holders] = least;
    compare_maps(load, maps(&customers), &format!("{seats} seats"), of_anybody).await?;
    let (holders, _) = customers.split_at(customers.len().min(usize::try_from(seats)?));
    load.once(holds(&show, holders, 0)).await?;
    compare_maps(load, maps(holders), &format!("{seats} seats, to holders"), of_holders).await
}

async fn compare_maps(load: Load, requests: Vec<Vec<u8>>, what: &str, least: f64) -> anyhow::Result<()> {
    bare::compare(load, requests, (&format!("seat maps of {what}"), what), least).await
}
