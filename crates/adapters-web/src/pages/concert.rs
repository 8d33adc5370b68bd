//! One concert: its performances with what is left, and the way into the line.

use askama::Template;
use seatline_application::queue::QueuePosition;
use seatline_domain::concert::{Concert, PerformanceAvailability};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::{PageLimit, PageRequest};
use serde::Serialize;

use super::line::standing;
use super::programme::{Sale, sale};
use crate::formats::machine;
use crate::frame::Frame;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, form_key, json};

#[derive(Template)]
#[template(path = "concert.html")]
struct Page {
    frame: Frame,
    id: ConcertId,
    title: String,
    venue: String,
    sale: Sale,
    limit: String,
    performances: Vec<Row>,
    key: String,
    standing: Standing,
}

/// A performance in the list.
struct Row {
    id: PerformanceId,
    date: String,
    time: String,
    machine: String,
    left: String,
    /// For styles.
    kind: &'static str,
    price: String,
    bookable: bool,
}

/// Where somebody stands.
#[derive(PartialEq, Eq)]
enum Standing {
    Outside,
    Waiting,
    InTurn,
}

/// What is left, for the script that keeps the page up to date.
#[derive(Serialize)]
struct Left {
    sale: (&'static str, String),
    performances: Vec<RowLeft>,
}

/// A performance, its kind, what is left of it, and whether it can be booked.
type RowLeft = (String, &'static str, String, bool);

pub(crate) async fn left(visit: Visit) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    let performances = not_started(&visit, concert.id).await?;
    let sale = sale(visit.words, &performances);
    let rows = performances.iter().map(|one| row(&visit, &concert, one));
    json(&Left {
        sale: (sale.kind, sale.text),
        performances: rows.map(|row| (row.id.to_string(), row.kind, row.left, row.bookable)).collect(),
    })
}

async fn not_started(visit: &Visit, concert: ConcertId) -> Result<Vec<PerformanceAvailability>, Refusal> {
    let page = PageRequest { limit: PageLimit::largest(), after: None };
    let all = visit.seatline().list_performances.execute(concert, None, None, page).await?.items;
    Ok(all.into_iter().filter(|one| !one.performance.has_started(one.as_of)).collect())
}

pub(crate) async fn show(visit: Visit) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    let performances = not_started(&visit, concert.id).await?;
    let (standing, forget) = match standing(&visit, concert.id).await? {
        None => (Standing::Outside, None),
        Some(status) => match status.position {
            QueuePosition::Waiting { .. } => (Standing::Waiting, None),
            QueuePosition::Active { .. } => (Standing::InTurn, None),
            QueuePosition::Ended { .. } => {
                (Standing::Outside, Some(visit.cookies().without_line(concert.id)))
            }
        },
    };
    let words = visit.words;
    let limit = words.with("seat-limit", [("count", concert.max_seats_per_user.get().into())]);
    let page = Page {
        frame: visit.frame(),
        id: concert.id,
        title: concert.title.as_str().to_owned(),
        venue: concert.venue.as_str().to_owned(),
        sale: sale(words, &performances),
        limit,
        performances: performances.iter().map(|one| row(&visit, &concert, one)).collect(),
        key: form_key()?,
        standing,
    };
    visit.show_with(&page, forget)
}

fn row(visit: &Visit, concert: &Concert, one: &PerformanceAvailability) -> Row {
    let (words, performance) = (visit.words, &one.performance);
    let opens = performance.opens_after(one.as_of);
    let (kind, left) = match opens {
        _ if performance.is_cancelled() => ("out", words.text("sale-cancelled").into_owned()),
        Some(at) => ("soon", words.with("opens-at", [("moment", words.moment(at, concert.timezone).into())])),
        None if performance.closed_at(one.as_of).is_some() => {
            ("none", words.text("sale-closed").into_owned())
        }
        None if one.available_seats == 0 => ("out", words.text("sale-sold-out").into_owned()),
        None => {
            let left = [("count", one.available_seats.into()), ("total", performance.total_seats.into())];
            ("open", words.with("seats-left-of", left))
        }
    };
    Row {
        id: performance.id,
        date: words.date(performance.date),
        time: words.time(performance.starts_at, concert.timezone),
        machine: machine(performance.starts_at),
        left,
        kind,
        price: words.prices(performance.price_from, performance.price_to),
        bookable: one.is_bookable(),
    }
}
