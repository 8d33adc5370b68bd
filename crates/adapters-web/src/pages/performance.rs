//! The seats of a performance, for those whose turn it is.

use actix_web::http::header;
use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use seatline_application::reservations::{HoldRequest, HoldSeatsError, PerformanceChoice, SeatChoice};
use seatline_domain::commands::HoldError;
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::seat::hall::{BestSeats, BestSeatsError};
use seatline_domain::seat::{SeatRefusal, SeatSelection};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::seat_list::{Picked, SectionView, sections};
use super::turn::{in_turn, not_in_turn, seats_of};
use crate::frame::Frame;
use crate::limits::Action;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::seating::Seating;
use crate::visit::{Visit, form_key, lead};
use crate::words::Words;

#[derive(Template)]
#[template(path = "performance.html")]
struct Page {
    frame: Frame,
    id: PerformanceId,
    concert_id: ConcertId,
    title: String,
    venue: String,
    moment: String,
    left: String,
    limit: u32,
    limit_text: String,
    sections: Vec<SectionView>,
    picked: Picked,
    open: String,
    key: String,
    /// A seat's name and price, for scripts to fill in.
    name_pattern: String,
    /// The same of a seat that can be reached without steps.
    accessible_pattern: String,
    has_accessible: bool,
}

pub(crate) async fn show(visit: Visit) -> Answer {
    let id = visit.id(PerformanceId::new)?;
    visit.admit(Action::SeeSeats, None)?;
    let turn = in_turn(&visit, id).await?;
    visit.admit(Action::SeeSeats, Some(&turn.user))?;
    let shown = seats_of(&visit, &turn, id).await?;
    let layout = visit.seatline().show_layout.execute(id).await?;
    let words = visit.words;
    let seating = Seating::of(&layout);
    let limit = turn.concert.max_seats_per_user.get();
    let picked = Picked::of(&visit, &shown, turn.user.id, limit);
    let open = visit.asked_for("open").unwrap_or_default();
    let sections = sections(words, &shown.map, &seating, turn.user.id, &picked, &open);
    let free: u32 = sections.iter().map(|section| section.free).sum();
    let left = [("count", free.into()), ("total", shown.performance.total_seats.into())];
    let page = Page {
        frame: visit.frame(),
        id,
        concert_id: turn.concert.id,
        title: turn.concert.title.as_str().to_owned(),
        venue: turn.concert.venue.as_str().to_owned(),
        moment: words.moment(shown.performance.starts_at, turn.concert.timezone),
        left: words.with("seats-left-of", left),
        limit,
        limit_text: words.with("seat-limit", [("count", limit.into())]),
        sections,
        picked,
        open: if open.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            open
        } else {
            String::new()
        },
        key: form_key()?,
        accessible_pattern: words.with("seat-accessible", [("seat", name_pattern(words).into())]),
        name_pattern: name_pattern(words),
        has_accessible: seating.accessible().next().is_some(),
    };
    let mut answer = visit.show(&page)?;
    answer.headers_mut().insert(header::VARY, header::HeaderValue::from_static("Accept-Language, Cookie"));
    Ok(answer)
}

fn name_pattern(words: Words) -> String {
    let name = [("section", "SECTION".into()), ("row", "ROW".into()), ("seat", "SEAT".into())];
    let name = words.with("seat-name", name);
    words.with("seat-with-price", [("seat", name.into()), ("price", "PRICE".into())])
}

#[derive(Deserialize)]
struct Hold {
    key: String,
    #[serde(default)]
    seats: String,
}

/// Holds the seats that were picked, and leads to the reservation.
pub(crate) async fn hold(visit: Visit) -> Answer {
    let id = visit.id(PerformanceId::new)?;
    let Hold { key, seats } = visit.fields().await?;
    visit.admit(Action::Hold, None)?;
    let turn = in_turn(&visit, id).await?;
    visit.admit(Action::Hold, Some(&turn.user))?;
    let back = format!("/performances/{id}");
    let numbers: Vec<i64> = seats.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    let Ok(selection) = SeatSelection::parse(&numbers) else {
        return Ok(lead(&Notice::NO_SEAT.at(&back), []));
    };
    // The same form with other seats is another request.
    let key = IdempotencyKey::parse(&format!("{key} {}", short(&seats))).map_err(|_| Refusal::Malformed)?;
    let (performance, seats) = (PerformanceChoice::Performance(id), SeatChoice::Named(selection));
    let request = HoldRequest { performance, seats, key: Some(key) };
    let path = match visit.seatline().hold_seats.execute(&turn.claims, request).await {
        Ok(answer) => format!("/reservations/{}", answer.value.id),
        Err(error) => refused(error, turn.concert.id, &back)?,
    };
    Ok(lead(&path, []))
}

#[derive(Deserialize)]
struct Best {
    key: String,
    count: u32,
}

/// Holds the best seats that are free, side by side where that can be had, and leads to the reservation.
pub(crate) async fn hold_best(visit: Visit) -> Answer {
    let id = visit.id(PerformanceId::new)?;
    let Best { key, count } = visit.fields().await?;
    visit.admit(Action::Hold, None)?;
    let turn = in_turn(&visit, id).await?;
    visit.admit(Action::Hold, Some(&turn.user))?;
    let back = format!("/performances/{id}");
    let Ok(best) = BestSeats::parse(i64::from(count), true) else {
        return Ok(lead(&Notice::NO_SEAT.at(&back), []));
    };
    // The same form with another number is another request.
    let key = IdempotencyKey::parse(&format!("{key} best {count}")).map_err(|_| Refusal::Malformed)?;
    let (performance, seats) = (PerformanceChoice::Performance(id), SeatChoice::Best(best));
    let request = HoldRequest { performance, seats, key: Some(key) };
    let path = match visit.seatline().hold_seats.execute(&turn.claims, request).await {
        Ok(answer) => format!("/reservations/{}", answer.value.id),
        Err(error) => refused(error, turn.concert.id, &back)?,
    };
    Ok(lead(&path, []))
}

/// What tells lists of seats apart, however long they are.
fn short(seats: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(seats))
}

/// Where a refused hold leads.
fn refused(error: HoldSeatsError, concert: ConcertId, back: &str) -> Result<String, Refusal> {
    let notice = match error {
        HoldSeatsError::Turn(refusal) => return Err(not_in_turn(&refusal, concert)),
        HoldSeatsError::ConcertNotFound
        | HoldSeatsError::PerformanceNotFound
        | HoldSeatsError::DateNotFound => return Err(Refusal::NotFound),
        HoldSeatsError::Hold(error) => match error {
            HoldError::ReservationActive { reservation_id } => {
                return Ok(Notice::HELD_ALREADY.at(&format!("/reservations/{reservation_id}")));
            }
            HoldError::SeatTaken(SeatRefusal::Sold | SeatRefusal::Held | SeatRefusal::Blocked, _) => {
                Notice::SEAT_TAKEN
            }
            HoldError::NotChosen(BestSeatsError::NoAdjacentSeats) => Notice::NOT_TOGETHER,
            HoldError::NotChosen(BestSeatsError::SoldOut) => Notice::TOO_FEW_LEFT,
            HoldError::SeatNotFound(_) | HoldError::NotChosen(BestSeatsError::SectionNotFound) => {
                Notice::NO_SEAT
            }
            HoldError::SeatLimitExceeded { .. } => Notice::TOO_MANY_SEATS,
            HoldError::SalesNotOpen { .. } => Notice::NOT_ON_SALE,
            HoldError::SalesClosed { .. } => Notice::SALE_CLOSED,
            HoldError::PerformanceStarted { .. } => Notice::STARTED,
            HoldError::PerformanceCancelled => Notice::CANCELLED,
            HoldError::DateAmbiguous(_) | HoldError::KeyReused(_) => Notice::AGAIN,
            HoldError::Storage(error) => return Err(error.into()),
        },
    };
    Ok(notice.at(back))
}
