//! Pages beside the calls of the API that they stand for, and the waiting room's page beside a bare handler.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use seatline_adapters_postgres::Postgres;
use seatline_local_postgres::{Durability, TemporaryCluster};

use crate::load::{Load, Requests, request};
use crate::sale::{Customer, Show, holds, texts};
use crate::server::Process;
use crate::{bare, report, room};

const CONNECTIONS: usize = 64;
const PERFORMANCES: u32 = 4;
const SEATS: u32 = 500;
/// Figures are taken in turns, and compared turn by turn; the first turn warms up.
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(800);

/// A page, and the calls that somebody would make who shows the same.
struct Measured {
    name: &'static str,
    page: Requests,
    calls: Vec<Requests>,
}

/// Everything that pages are measured by.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let cluster = TemporaryCluster::start(Durability::Durable).await?;
    let url = cluster.url("postgres");
    let postgres = room::adapter(&url).await?;
    let seatline = Process::seatline(&url)?;
    let load = Load { address: seatline.address, connections: CONNECTIONS };
    for measured in pages(&postgres, load).await? {
        compare(load, &measured).await?;
    }
    line(load).await?;
    postgres.shut_down(Duration::from_secs(10)).await;
    Ok(())
}

async fn pages(postgres: &Arc<Postgres>, load: Load) -> anyhow::Result<Vec<Measured>> {
    let show = Show::open(load, PERFORMANCES, SEATS).await?;
    let customers = show.enter(postgres, load, u64::try_from(CONNECTIONS)?).await?;
    load.once(customers.iter().map(|customer| customer.charge("first")).collect()).await?;
    let held = load.once(holds(&show, &customers, 0)).await?;
    let reservations = texts(&held.bodies, "reservationId")?;
    let concert = &show.concert_id;
    let performance = show.performances.first().context("no performance")?;
    let everybodys = |path: String| Arc::new(vec![request("GET", &path, &[("accept", "*/*")])]);
    let page_of =
        |path: &str| -> Requests { Arc::new(customers.iter().map(|one| one.page(concert, path)).collect()) };
    let call_of = |path: &str| -> Requests { Arc::new(customers.iter().map(|one| one.call(path)).collect()) };
    let own = |make: &dyn Fn(&Customer, &str) -> Vec<u8>| -> Requests {
        Arc::new(customers.iter().zip(&reservations).map(|(one, id)| make(one, id)).collect())
    };
    let performances = everybodys(format!("/api/v1/concerts/{concert}/performances"));
    let (layout, seats) = (
        everybodys(format!("/api/v1/performances/{performance}/layout")),
        call_of(&format!("/performances/{performance}/seats")),
    );
    Ok(vec![
        Measured {
            name: "the programme",
            page: everybodys("/".to_owned()),
            calls: vec![everybodys("/api/v1/concerts".to_owned()), performances.clone()],
        },
        Measured {
            name: "a concert",
            page: everybodys(format!("/concerts/{concert}")),
            calls: vec![everybodys(format!("/api/v1/concerts/{concert}")), performances],
        },
        Measured {
            name: "one's place in line",
            page: page_of(&format!("/concerts/{concert}/line/state")),
            calls: vec![call_of("/queue/token")],
        },
        Measured {
            name: "500 seats as a page",
            page: page_of(&format!("/performances/{performance}")),
            calls: vec![
                everybodys(format!("/api/v1/performances/{performance}")),
                layout.clone(),
                seats.clone(),
            ],
        },
        Measured {
            name: "500 seats as a map",
            page: page_of(&format!("/performances/{performance}/map")),
            calls: vec![layout, seats],
        },
        Measured {
            name: "a reservation",
            page: own(&|one, id| one.page(concert, &format!("/reservations/{id}"))),
            calls: vec![own(&|one, id| one.call(&format!("/reservations/{id}"))), call_of("/points")],
        },
        Measured {
            name: "an account",
            page: page_of("/account"),
            calls: vec![call_of("/users/me"), call_of("/points/entries")],
        },
        Measured { name: "tickets", page: page_of("/tickets"), calls: vec![call_of("/tickets")] },
    ])
}

/// What a page takes of the machine, beside its calls together.
async fn compare(load: Load, measured: &Measured) -> anyhow::Result<()> {
    let (mut pages, mut calls) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let page = 1.0 / load.cycle(&measured.page, ROUND).await?;
        let mut together = 0.0;
        for call in &measured.calls {
            together += 1.0 / load.cycle(call, ROUND).await?;
        }
        if round > 0 {
            pages.push(page);
            calls.push(together);
        }
    }
    let name = measured.name;
    report::rate(&format!("{name}: the page"), 1.0 / report::median(&pages));
    report::rate(&format!("{name}: its calls, all of them"), 1.0 / report::median(&calls));
    report::at_most(&format!("{name}: page / calls"), report::ratio(&pages, &calls), 2.0);
    Ok(())
}

/// The waiting room's page, beside a bare handler that sends the same bytes.
async fn line(load: Load) -> anyhow::Result<()> {
    let show = Show::open(load, 1, 50).await?;
    let path = format!("/concerts/{}/line?lang=en", show.concert_id);
    let requests = vec![request("GET", &path, &[("accept", "text/html")])];
    let page = load.once(requests.clone()).await?.bodies.pop().context("no page")?;
    ensure!(page.starts_with(b"<!doctype html>"), "it is no page");
    let name = "the waiting room's page";
    bare::compare(load, requests, (name, name), 0.7).await
}
