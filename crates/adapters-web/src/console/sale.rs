//! A sale while it runs: its figures, its waiting room, its performances.

use actix_web::http::StatusCode;
use askama::Template;
use seatline_domain::concert::Concert;
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::queue::{AdmitRate, Capacity, WaitForecast};

use super::field::{Field, Kind};
use super::figures::{SaleFigures, Shown, count};
use super::frame::ConsoleFrame;
use super::staff::Staff;
use super::typed::Typed;
use crate::refusal::Answer;
use crate::visit::{Visit, form_key, json};
use crate::words::Words;

pub(super) const CAPACITY: &str = "capacity";
pub(super) const RATE: &str = "rate";
pub(super) const REASON: &str = "reason";

#[derive(Template)]
#[template(path = "console/sale.html")]
struct Page {
    frame: ConsoleFrame,
    id: ConcertId,
    title: String,
    venue: String,
    open: bool,
    shown: Shown,
    rate: String,
    key: String,
    reason: Field,
    room: Vec<Field>,
    /// What new settings will do to the wait, where they are looked at before they are set.
    forecast: Option<String>,
    forecast_now: String,
    about: Vec<Field>,
    correcting: bool,
    performances: Vec<PerformanceRow>,
}

struct PerformanceRow {
    id: PerformanceId,
    moment: String,
    cancelled: bool,
    available: String,
    held: String,
    sold: String,
    revenue: String,
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    page(&visit, staff, &concert, &Typed::nothing(), None).await
}

/// The page, with what was typed into one of its forms.
pub(super) async fn page(
    visit: &Visit,
    staff: Staff,
    concert: &Concert,
    typed: &Typed,
    wanted: Option<(Capacity, Option<AdmitRate>)>,
) -> Answer {
    let figures = SaleFigures::of(visit, concert.id).await?;
    let (words, settings) = (visit.words, &figures.room.settings);
    let field = |name, label, there: &str| Field::new(words, typed, name, label, there);
    let rate = settings.admit_per_minute.map(AdmitRate::per_minute);
    let limit = concert.max_seats_per_user.get().to_string();
    let row = |one: &seatline_domain::seat::SalesOfPerformance| PerformanceRow {
        id: one.performance_id,
        moment: words.moment(one.starts_at, concert.timezone),
        cancelled: one.cancelled,
        available: count(words, one.available.into()),
        held: count(words, one.held.into()),
        sold: count(words, one.sold.into()),
        revenue: words.points(one.revenue),
    };
    let forecast_of = |(capacity, rate)| forecast(words, &figures, capacity, rate);
    let page = Page {
        frame: ConsoleFrame::at(visit, staff, format!("/console/concerts/{}", concert.id)),
        id: concert.id,
        title: concert.title.as_str().to_owned(),
        venue: concert.venue.as_str().to_owned(),
        open: figures.is_open(),
        shown: figures.shown(words),
        rate: rate.map_or_else(|| words.text("no-limit").into_owned(), |rate| count(words, rate.into())),
        key: form_key()?,
        reason: field(REASON, "field-reason", "").hint(words.text("hint-pause")).optional(),
        room: vec![
            field(CAPACITY, "field-capacity", &settings.capacity.get().to_string()).kind(Kind::Number),
            field(RATE, "field-rate", &rate.map(|rate| rate.to_string()).unwrap_or_default())
                .kind(Kind::Number)
                .hint(words.text("hint-rate"))
                .optional(),
        ],
        forecast: wanted.map(forecast_of),
        forecast_now: forecast_of((settings.capacity, settings.admit_per_minute)),
        correcting: typed.get("title").is_some(),
        about: vec![
            field("title", "field-title", concert.title.as_str()),
            field("venue", "field-venue", concert.venue.as_str()),
            field("limit", "field-limit", &limit).kind(Kind::Number),
        ],
        performances: figures.performances.iter().map(row).collect(),
    };
    let status = if typed.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.show_wrong(status, &page)
}

/// How long the last of those who wait now would wait, in words.
pub(super) fn forecast(
    words: Words,
    figures: &SaleFigures,
    capacity: Capacity,
    rate: Option<AdmitRate>,
) -> String {
    let room = &figures.room;
    if room.waiting == 0 {
        return words.text("forecast-nobody").into_owned();
    }
    let forecast = WaitForecast::of((room.waiting, room.active), capacity, rate, room.settings.pass_ttl());
    let waiting = ("count", room.waiting.into());
    let (least, most) = (words.about(forecast.at_least), words.about(forecast.at_most));
    if least == most {
        return words.with("forecast-one", [waiting, ("wait", most.into())]);
    }
    words.with("forecast", [waiting, ("least", least.into()), ("most", most.into())])
}

/// The figures, for the page's script.
pub(crate) async fn figures(visit: Visit, _: Staff) -> Answer {
    let figures = SaleFigures::of(&visit, visit.id(ConcertId::new)?).await?;
    json(&figures.shown(visit.words))
}

/// The forecast for settings that somebody is typing, for the page's script.
pub(crate) async fn forecast_of_typed(visit: Visit, _: Staff) -> Answer {
    let asked = |name| visit.asked_for(name).unwrap_or_default();
    let capacity = super::parse::capacity(visit.words, &asked(CAPACITY));
    let rate = super::parse::rate(visit.words, &asked(RATE));
    let (Ok(capacity), Ok(rate)) = (capacity, rate) else { return json(&None::<String>) };
    let figures = SaleFigures::of(&visit, visit.id(ConcertId::new)?).await?;
    json(&Some(forecast(visit.words, &figures, capacity, rate)))
}
