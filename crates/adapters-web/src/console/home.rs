//! All sales at a glance; for those who only check tickets in or help, the way to where they do.

use askama::Template;
use futures::future::try_join_all;
use seatline_domain::concert::Concert;
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::PageRequest;
use uuid::Uuid;

use super::figures::{SaleFigures, Shown};
use super::frame::ConsoleFrame;
use super::staff::{Duty, Staff};
use crate::pages::programme::{limit, upcoming};
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, lead};

/// Concerts of one page.
const CONCERTS: u16 = 12;

#[derive(Template)]
#[template(path = "console/home.html")]
struct Page {
    frame: ConsoleFrame,
    sales: Vec<SaleRow>,
    next: Option<ConcertId>,
}

struct SaleRow {
    id: ConcertId,
    title: String,
    venue: String,
    open: bool,
    shown: Shown,
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    if !staff.may(Duty::Operate) {
        let path = if staff.may(Duty::Support) { "/console/people" } else { "/console/gates" };
        return Ok(lead(path, []));
    }
    let (concerts, next) = concerts(&visit).await?;
    let row = |concert: Concert| sale_row(&visit, concert);
    let sales = try_join_all(concerts.into_iter().map(row)).await?;
    visit.show(&Page { frame: ConsoleFrame::of(&visit, staff), sales, next })
}

async fn sale_row(visit: &Visit, concert: Concert) -> Result<SaleRow, Refusal> {
    let figures = SaleFigures::of(visit, concert.id).await?;
    Ok(SaleRow {
        id: concert.id,
        title: concert.title.as_str().to_owned(),
        venue: concert.venue.as_str().to_owned(),
        open: figures.is_open(),
        shown: figures.shown(visit.words),
    })
}

async fn concerts(visit: &Visit) -> Result<(Vec<Concert>, Option<ConcertId>), Refusal> {
    let after = visit.asked_for("after").and_then(|text| Uuid::try_parse(&text).ok()).map(ConcertId::new);
    let page = PageRequest { limit: limit(CONCERTS), after };
    let page = visit.seatline().list_concerts.execute(page).await?;
    Ok((page.items, page.next))
}

#[derive(Template)]
#[template(path = "console/gates.html")]
struct GatesPage {
    frame: ConsoleFrame,
    concerts: Vec<GatesOfConcert>,
    next: Option<ConcertId>,
}

struct GatesOfConcert {
    title: String,
    /// Performances with their starts.
    gates: Vec<(PerformanceId, String)>,
}

/// The performances at whose gates tickets are checked in.
pub(crate) async fn gates(visit: Visit, staff: Staff) -> Answer {
    let (concerts, next) = concerts(&visit).await?;
    let of = |concert: Concert| gates_of(&visit, concert);
    let concerts = try_join_all(concerts.into_iter().map(of)).await?;
    visit.show(&GatesPage { frame: ConsoleFrame::of(&visit, staff), concerts, next })
}

async fn gates_of(visit: &Visit, concert: Concert) -> Result<GatesOfConcert, Refusal> {
    let gate = |one: &seatline_domain::concert::PerformanceAvailability| {
        (one.performance.id, visit.words.moment(one.performance.starts_at, concert.timezone))
    };
    let gates = upcoming(visit, concert.id).await?.iter().map(gate).collect();
    Ok(GatesOfConcert { title: concert.title.as_str().to_owned(), gates })
}
