//! Adding a performance, with its hall.

use actix_web::http::StatusCode;
use askama::Template;
use seatline_domain::concert::{Concert, PerformancePlan};
use seatline_domain::id::ConcertId;
use seatline_domain::seat::hall::Hall;
use seatline_domain::seat::policy::MAX_SECTIONS;

use super::field::{Field, Kind};
use super::frame::ConsoleFrame;
use super::hall::{self, ACCESSIBLE, NAME, PRICE, ROWS};
use super::parse::{moment, optional_moment};
use super::plan::PlanView;
use super::refused::{self, CLOSES, OPENS, STARTS};
use super::staff::Staff;
use super::typed::Typed;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, form_key, json, lead};
use crate::words::Words;

const REFUNDABLE: &str = "refundable";
/// The button that was pressed.
const DO: &str = "do";

#[derive(Template)]
#[template(path = "console/new_performance.html")]
struct Page {
    frame: ConsoleFrame,
    id: ConcertId,
    title: String,
    key: String,
    times: Vec<Field>,
    sections: Vec<Vec<Field>>,
    accessible: Field,
    plan: Option<PlanView>,
    total: String,
}

impl Page {
    fn of(visit: &Visit, staff: Staff, concert: &Concert, typed: &Typed) -> Result<Self, Refusal> {
        let words = visit.words;
        let field = |name, label| Field::new(words, typed, name, label, "");
        let moment = |name, label| field(name, label).kind(Kind::Moment);
        let zone = words.with("hint-zone", [("zone", concert.timezone.name().into())]);
        let section = |index: usize| {
            let one = |name, label| field(name, label).one_of(index, typed);
            vec![
                one(NAME, "field-section"),
                one(PRICE, "field-price").kind(Kind::Amount),
                one(ROWS, "field-rows").kind(Kind::Lines).hint(words.text("hint-rows")),
            ]
        };
        Ok(Self {
            frame: ConsoleFrame::of(visit, staff),
            id: concert.id,
            title: concert.title.as_str().to_owned(),
            key: typed.get("key").map_or_else(form_key, |key| Ok(key.to_owned()))?,
            times: vec![
                moment(STARTS, "field-starts").hint(zone),
                moment(OPENS, "field-opens").hint(words.text("hint-opens")).optional(),
                moment(CLOSES, "field-closes").hint(words.text("hint-closes")).optional(),
                moment(REFUNDABLE, "field-refundable").hint(words.text("hint-refundable")).optional(),
            ],
            sections: (0..typed.all(NAME).len().max(1)).map(section).collect(),
            accessible: field(ACCESSIBLE, "field-accessible").hint(words.text("hint-accessible")).optional(),
            plan: None,
            total: String::new(),
        })
    }
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    visit.show(&Page::of(&visit, staff, &concert, &Typed::nothing())?)
}

/// Adds it, or shows what it would look like, or takes another section in.
pub(crate) async fn add(visit: Visit, staff: Staff) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    let mut typed = Typed::of(&visit).await?;
    let key = typed.idempotency_key()?;
    match typed.value(DO) {
        "section" => {
            if typed.all(NAME).len() < MAX_SECTIONS {
                typed.add(&[NAME, PRICE, ROWS]);
            }
            return visit.show(&Page::of(&visit, staff, &concert, &typed)?);
        }
        "preview" => {
            let read = hall::read(visit.words, &mut typed);
            let mut page = Page::of(&visit, staff, &concert, &typed)?;
            if let Some(read) = read {
                page.total = total(visit.words, &read.hall);
                page.plan = Some(PlanView::of(&read.hall));
            }
            return visit.show(&page);
        }
        button => {
            if let Some(section) = button.strip_prefix("without-").and_then(|section| section.parse().ok()) {
                typed.remove(&[NAME, PRICE, ROWS], section);
                return visit.show(&Page::of(&visit, staff, &concert, &typed)?);
            }
        }
    }
    if let Some(plan) = read(&visit, &concert, &mut typed) {
        let added = visit.seatline().add_performance.execute(staff.operator(), concert.id, plan, Some(key));
        match added.await {
            Ok(added) => {
                let path = format!("/console/performances/{}", added.value.performance.id);
                return Ok(lead(&Notice::PERFORMANCE_ADDED.at(&path), []));
            }
            Err(error) => {
                let (field, why) = refused::performance(visit.words, error)?;
                typed.refuse(field, why);
            }
        }
    }
    visit.show_wrong(StatusCode::UNPROCESSABLE_ENTITY, &Page::of(&visit, staff, &concert, &typed)?)
}

/// What a hall that is being typed would look like, for the page's script; `null` while it is not a hall yet.
pub(crate) async fn draw(visit: Visit, _: Staff) -> Answer {
    let mut typed = Typed::of(&visit).await?;
    let read = hall::read(visit.words, &mut typed);
    json(&read.map(|read| PlanView::of(&read.hall).drawn(visit.words, total(visit.words, &read.hall))))
}

fn total(words: Words, hall: &Hall) -> String {
    words.with("total-seats", [("count", hall.total_seats().into())])
}

fn read(visit: &Visit, concert: &Concert, typed: &mut Typed) -> Option<PerformancePlan> {
    let (words, zone) = (visit.words, concert.timezone);
    let starts_at = typed.take(STARTS, moment(words, typed.value(STARTS), zone));
    let mut optional = |name| {
        let read = optional_moment(words, typed.value(name), zone);
        typed.take(name, read)
    };
    let (opens, closes, refundable) = (optional(OPENS), optional(CLOSES), optional(REFUNDABLE));
    let hall = hall::read(words, typed)?;
    Some(PerformancePlan {
        starts_at: starts_at?,
        sales_open_at: opens?,
        sales_close_at: closes?,
        refundable_until: refundable?,
        sections: hall.sections,
        accessible_seats: hall.accessible,
        allow_past: false,
    })
}
