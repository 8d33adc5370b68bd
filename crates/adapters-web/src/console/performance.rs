//! A performance as operators see it: its figures, its seats, and what can be corrected.

use actix_web::http::StatusCode;
use askama::Template;
use seatline_application::operators::CancellationStatus;
use seatline_application::programme::Layout;
use seatline_domain::Timestamp;
use seatline_domain::concert::{Concert, Performance, PerformanceError};
use seatline_domain::id::{ConcertId, PerformanceId};

use super::field::{Field, Kind};
use super::figures::count;
use super::frame::ConsoleFrame;
use super::parse::typed_moment;
use super::plan::PlanView;
use super::refused::{CLOSES, OPENS, PRICE, STARTS};
use super::staff::Staff;
use super::typed::Typed;
use crate::refusal::{Answer, Refusal};
use crate::seating::Seating;
use crate::visit::{Visit, form_key};
use crate::words::Words;

pub(super) const REFUNDABLE: &str = "refundable";
pub(super) const SECTION: &str = "section";
pub(super) const SEATS: &str = "seats";
pub(super) const REASON: &str = "reason";
pub(super) const TITLE: &str = "confirm";

/// A performance that was found, with its concert.
pub(super) struct Found {
    pub(super) performance: Performance,
    pub(super) concert: Concert,
}

impl Found {
    /// Whether an instant is another than that of the start, as forms show it.
    pub(super) fn differs(&self, at: Timestamp) -> bool {
        let typed = |at| typed_moment(at, self.concert.timezone);
        typed(at) != typed(self.performance.starts_at)
    }
}

pub(super) async fn found(visit: &Visit) -> Result<Found, Refusal> {
    let id = visit.id(PerformanceId::new)?;
    let performance = visit.seatline().show_performance.execute(id).await?.performance;
    let concert = visit.seatline().show_concert.execute(performance.concert_id).await?;
    Ok(Found { performance, concert })
}

pub(super) fn path(id: PerformanceId) -> String {
    format!("/console/performances/{id}")
}

#[derive(Template)]
#[template(path = "console/performance.html")]
struct Page {
    frame: ConsoleFrame,
    id: PerformanceId,
    concert_id: ConcertId,
    title: String,
    moment: String,
    figures: Vec<Figure>,
    plan: PlanView,
    cancelled: Option<Cancelled>,
    key: String,
    seats: Field,
    prices: Vec<PriceRow>,
    times: Vec<Field>,
    correcting: bool,
    reason: Field,
    confirm: Field,
}

/// A figure and what it counts.
struct Figure {
    label: String,
    value: String,
    /// Whether it takes much room.
    wide: bool,
}

struct PriceRow {
    section: String,
    price: String,
    wrong: Option<String>,
}

/// How far a cancellation is.
struct Cancelled {
    reason: String,
    done: u64,
    total: u64,
    text: String,
    goes_on: bool,
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    let shown = found(&visit).await?;
    page(&visit, staff, shown, &Typed::nothing()).await
}

/// The page, with what was typed into one of its forms.
pub(super) async fn page(visit: &Visit, staff: Staff, shown: Found, typed: &Typed) -> Answer {
    let Found { performance, concert } = &shown;
    let (words, zone) = (visit.words, concert.timezone);
    let seatline = visit.seatline();
    let sales = seatline.show_sales.of_performance(performance.id).await?;
    let layout = seatline.show_layout.execute(performance.id).await?;
    let status = seatline.show_cancellation.execute(performance.id).await.map_err(|error| match error {
        PerformanceError::Storage(error) => Refusal::from(error),
        _ => Refusal::NotFound,
    })?;
    let field = |name, label, there: &str| Field::new(words, typed, name, label, there);
    let instant = |at: Option<Timestamp>| at.map(|at| typed_moment(at, zone)).unwrap_or_default();
    let moment = |name, label, at| field(name, label, &instant(at)).kind(Kind::Moment);
    let figure = |id: &str, value, wide| Figure { label: words.text(id).into_owned(), value, wide };
    let number = |id: &str, value: u32| figure(id, count(words, value.into()), false);
    let page = Page {
        frame: ConsoleFrame::at(visit, staff, path(performance.id)),
        id: performance.id,
        concert_id: concert.id,
        title: concert.title.as_str().to_owned(),
        moment: words.moment(performance.starts_at, zone),
        figures: vec![
            number("figure-available", sales.available),
            number("figure-held", sales.held),
            number("figure-sold", sales.sold),
            number("figure-blocked", sales.blocked),
            number("figure-checked-in", sales.checked_in),
            figure("figure-revenue", words.points(sales.revenue), true),
            figure("figure-refunded", words.points(sales.refunded), true),
        ],
        plan: PlanView::of(&layout.hall),
        cancelled: cancelled(words, status),
        key: form_key()?,
        seats: field(SEATS, "field-seats", "").hint(words.text("hint-seats")),
        prices: prices(words, &layout, typed),
        correcting: typed.get(STARTS).is_some() || typed.get(SECTION).is_some(),
        times: vec![
            moment(STARTS, "field-starts", Some(performance.starts_at))
                .hint(words.with("hint-zone", [("zone", zone.name().into())])),
            moment(OPENS, "field-opens", performance.sales_open_at).hint(words.text("hint-opens")).optional(),
            moment(CLOSES, "field-closes", performance.sales_close_at)
                .hint(words.text("hint-closes"))
                .optional(),
            moment(REFUNDABLE, "field-refundable", performance.refundable_until)
                .hint(words.text("hint-refundable"))
                .optional(),
        ],
        reason: field(REASON, "field-reason", "").hint(words.text("hint-cancel")),
        confirm: field(TITLE, "field-confirm", "")
            .hint(words.with("hint-confirm", [("title", concert.title.as_str().into())])),
    };
    let status = if typed.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.show_wrong(status, &page)
}

fn prices(words: Words, layout: &Layout, typed: &Typed) -> Vec<PriceRow> {
    let row = |section: &crate::seating::Section<'_>| {
        let changing = typed.get(SECTION) == Some(section.name);
        PriceRow {
            section: section.name.to_owned(),
            price: words.points(section.price),
            wrong: if changing { typed.wrong(PRICE) } else { None },
        }
    };
    Seating::of(layout).sections.iter().map(row).collect()
}

fn cancelled(words: Words, status: CancellationStatus) -> Option<Cancelled> {
    let cancellation = status.performance.cancellation?;
    let refunds = status.refunds;
    let text = [
        ("done", refunds.done.into()),
        ("total", refunds.total.into()),
        ("amount", words.points(refunds.amount).into()),
    ];
    Some(Cancelled {
        reason: cancellation.reason.as_str().to_owned(),
        done: refunds.done,
        total: refunds.total,
        text: words.with("refunds-done", text),
        goes_on: refunds.done < refunds.total,
    })
}
