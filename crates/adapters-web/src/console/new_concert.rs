//! Adding a concert.

use actix_web::http::StatusCode;
use askama::Template;
use chrono_tz::Tz;
use seatline_application::operators::ConcertRequest;
use seatline_domain::concert::ConcertError;
use seatline_domain::concert::policy::DEFAULT_TIMEZONE;
use seatline_domain::queue::{Capacity, RoomSettings};

use super::field::{Field, Kind};
use super::frame::ConsoleFrame;
use super::parse::{capacity, rate, seat_limit, text};
use super::staff::Staff;
use super::typed::Typed;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, form_key, lead};
use crate::words::Words;

#[derive(Template)]
#[template(path = "console/new_concert.html")]
struct Page {
    frame: ConsoleFrame,
    key: String,
    about: Vec<Field>,
    room: Vec<Field>,
}

impl Page {
    fn of(visit: &Visit, staff: Staff, typed: &Typed) -> Result<Self, Refusal> {
        let field = |name, label, there: &str| Field::new(visit.words, typed, name, label, there);
        let words = visit.words;
        let capacity = Capacity::default().get().to_string();
        Ok(Self {
            frame: ConsoleFrame::of(visit, staff),
            key: typed.get("key").map_or_else(form_key, |key| Ok(key.to_owned()))?,
            about: vec![
                field("title", "field-title", ""),
                field("venue", "field-venue", ""),
                field("timezone", "field-timezone", DEFAULT_TIMEZONE.name())
                    .hint(words.text("hint-timezone")),
                field("limit", "field-limit", "4").kind(Kind::Number).hint(words.text("hint-limit")),
            ],
            room: vec![
                field("capacity", "field-capacity", &capacity)
                    .kind(Kind::Number)
                    .hint(words.text("hint-capacity")),
                field("rate", "field-rate", "").kind(Kind::Number).hint(words.text("hint-rate")).optional(),
            ],
        })
    }
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    visit.show(&Page::of(&visit, staff, &Typed::nothing())?)
}

pub(crate) async fn add(visit: Visit, staff: Staff) -> Answer {
    let mut typed = Typed::of(&visit).await?;
    let key = typed.idempotency_key()?;
    let rooms = visit.site.console.new_rooms;
    let Some(request) = read(visit.words, &mut typed, rooms) else {
        return visit.show_wrong(StatusCode::UNPROCESSABLE_ENTITY, &Page::of(&visit, staff, &typed)?);
    };
    match visit.seatline().add_concert.execute(staff.operator(), request, Some(key)).await {
        Ok(added) => {
            Ok(lead(&Notice::CONCERT_ADDED.at(&format!("/console/concerts/{}", added.value.id)), []))
        }
        Err(ConcertError::KeyReused(_)) => Ok(lead(&Notice::AGAIN.at("/console/new-concert"), [])),
        Err(ConcertError::NotFound | ConcertError::SeatLimit) => Err(Refusal::Malformed),
        Err(ConcertError::Storage(error)) => Err(error.into()),
    }
}

fn read(words: Words, typed: &mut Typed, rooms: RoomSettings) -> Option<ConcertRequest> {
    let title = typed.take("title", text(words, typed.value("title")));
    let venue = typed.take("venue", text(words, typed.value("venue")));
    let timezone: Result<Tz, String> =
        typed.value("timezone").trim().parse().map_err(|_| words.text("wrong-timezone").into_owned());
    let timezone = typed.take("timezone", timezone);
    let limit = typed.take("limit", seat_limit(words, typed.value("limit")));
    let capacity = typed.take("capacity", capacity(words, typed.value("capacity")));
    let rate = typed.take("rate", rate(words, typed.value("rate")));
    let mut queue = rooms;
    (queue.capacity, queue.admit_per_minute) = (capacity?, rate?);
    Some(ConcertRequest {
        title: title?,
        venue: venue?,
        timezone: timezone?,
        max_seats_per_user: limit?,
        queue,
    })
}
