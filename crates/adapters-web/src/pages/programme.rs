//! The programme: what, where, when, from how much, on sale or in how long.

use askama::Template;
use futures::future::try_join_all;
use seatline_domain::concert::{Concert, PerformanceAvailability};
use seatline_domain::id::ConcertId;
use seatline_domain::page::{PageLimit, PageRequest};
use uuid::Uuid;

use crate::frame::Frame;
use crate::refusal::{Answer, Refusal};
use crate::visit::Visit;
use crate::words::Words;

/// Concerts of one page.
const CONCERTS: u16 = 24;
/// Performances that are looked at of each concert.
const PERFORMANCES: u16 = 20;

#[derive(Template)]
#[template(path = "programme.html")]
struct Page {
    frame: Frame,
    concerts: Vec<Card>,
    next: Option<String>,
}

struct Card {
    id: ConcertId,
    title: String,
    venue: String,
    when: String,
    price: Option<String>,
    sale: Sale,
}

/// How the sale of a concert stands.
pub(super) struct Sale {
    /// For styles.
    pub(super) kind: &'static str,
    pub(super) text: String,
}

pub(crate) async fn show(visit: Visit) -> Answer {
    let after = visit.asked_for("after").and_then(|text| Uuid::try_parse(&text).ok()).map(ConcertId::new);
    let page = PageRequest { limit: limit(CONCERTS), after };
    let concerts = visit.seatline().list_concerts.execute(page).await?;
    let next = concerts.next.map(|id| format!("/?after={id}"));
    let cards = concerts.items.into_iter().map(|concert| card(&visit, concert));
    visit.show(&Page { frame: visit.frame(), concerts: try_join_all(cards).await?, next })
}

pub(crate) fn limit(items: u16) -> PageLimit {
    PageLimit::parse(items).unwrap_or_default()
}

async fn card(visit: &Visit, concert: Concert) -> Result<Card, Refusal> {
    let performances = upcoming(visit, concert.id).await?;
    let words = visit.words;
    let when = match performances.as_slice() {
        [] => words.text("no-dates").into_owned(),
        [only] => words.moment(only.performance.starts_at, concert.timezone),
        [first, .., last] => {
            let (first, last) = (words.date(first.performance.date), words.date(last.performance.date));
            if first == last {
                first
            } else {
                words.with("dates", [("from", first.into()), ("to", last.into())])
            }
        }
    };
    let price = performances.iter().map(|one| one.performance.price_from).min();
    Ok(Card {
        id: concert.id,
        title: concert.title.as_str().to_owned(),
        venue: concert.venue.as_str().to_owned(),
        when,
        price: price.map(|price| words.with("price-from", [("price", words.points(price).into())])),
        sale: sale(words, &performances),
    })
}

/// The performances that have not started: those that can be booked, or where there are none, the others.
pub(crate) async fn upcoming(
    visit: &Visit,
    concert: ConcertId,
) -> Result<Vec<PerformanceAvailability>, Refusal> {
    let list = &visit.seatline().list_performances;
    let page = PageRequest { limit: limit(PERFORMANCES), after: None };
    let bookable = list.execute(concert, None, Some(true), page).await?.items;
    if !bookable.is_empty() {
        return Ok(bookable);
    }
    let page = PageRequest { limit: PageLimit::largest(), after: None };
    let all = list.execute(concert, None, None, page).await?.items;
    let over = |one: &PerformanceAvailability| {
        one.performance.has_started(one.as_of) || one.performance.is_cancelled()
    };
    Ok(all.into_iter().filter(|one| !over(one)).collect())
}

/// How a sale of these performances, none of which has started, stands.
pub(super) fn sale(words: Words, performances: &[PerformanceAvailability]) -> Sale {
    let said = |kind, id: &str| Sale { kind, text: words.text(id).into_owned() };
    if performances.iter().any(PerformanceAvailability::is_bookable) {
        return said("open", "sale-open");
    }
    let opening =
        |one: &PerformanceAvailability| one.performance.opens_after(one.as_of).map(|at| at - one.as_of);
    if let Some(wait) = performances.iter().filter_map(opening).min() {
        let text = words.with("sale-opens", [("in", words.about(wait).into())]);
        return Sale { kind: "soon", text };
    }
    let open = |one: &&PerformanceAvailability| one.performance.is_on_sale(one.as_of);
    if performances.iter().any(|one| open(&one)) {
        said("out", "sale-sold-out")
    } else if performances.is_empty() {
        said("none", "sale-none")
    } else {
        said("none", "sale-closed")
    }
}
