//! What the scripts of the seats' page ask for: a row of the list, the map, and how the seats stand.

use std::fmt::Write;

use actix_web::HttpResponse;
use seatline_application::programme::Layout;
use seatline_domain::id::{PerformanceId, UserId};
use seatline_domain::seat::SeatMap;
use serde::Serialize;
use uuid::Uuid;

use super::seat_list::{Picked, kind, of_row, seat_views};
use super::turn::{in_turn, seats_of};
use crate::limits::Action;
use crate::refusal::{Answer, Refusal};
use crate::seating::{Seating, Section};
use crate::visit::{Visit, json};

/// The seats of one row, for the list.
pub(crate) async fn row(visit: Visit) -> Answer {
    let id = visit.id(PerformanceId::new)?;
    visit.admit(Action::SeeSeats, None)?;
    let turn = in_turn(&visit, id).await?;
    let shown = seats_of(&visit, &turn, id).await?;
    let first = visit.request.match_info().get("first").and_then(|first| first.parse().ok());
    let layout = visit.seatline().show_layout.execute(id).await?;
    let seating = Seating::of(&layout);
    let (section, row) = first.and_then(|first| seating.row_of(first)).ok_or(Refusal::NotFound)?;
    let states: Vec<_> = shown.map.states().map(|(seat, state)| (seat, kind(state, turn.user.id))).collect();
    let nothing = Picked::default();
    json(&seat_views(visit.words, &seating, section, row, of_row(&states, row), &nothing))
}

/// Where the seats are, to be drawn.
#[derive(Serialize)]
struct Plan {
    width: f64,
    height: f64,
    sections: Vec<PlanSection>,
    accessible: Vec<u32>,
    states: String,
}

#[derive(Serialize)]
struct PlanSection {
    name: String,
    price: String,
    amount: String,
    /// Label, first seat, last seat, and where it is.
    rows: Vec<(String, u32, u32, [f64; 4])>,
}

pub(crate) async fn map(visit: Visit) -> Answer {
    let id = visit.id(PerformanceId::new)?;
    visit.admit(Action::SeeSeats, None)?;
    let turn = in_turn(&visit, id).await?;
    visit.admit(Action::SeeSeats, Some(&turn.user))?;
    let shown = seats_of(&visit, &turn, id).await?;
    let layout = visit.seatline().show_layout.execute(id).await?;
    plan(&visit, &layout, &shown.map, turn.user.id)
}

/// The seats of a performance as operators see them: none is theirs.
pub(crate) fn operators_plan(visit: &Visit, layout: &Layout, map: &SeatMap) -> Answer {
    plan(visit, layout, map, UserId::new(Uuid::nil()))
}

fn plan(visit: &Visit, layout: &Layout, map: &SeatMap, user: UserId) -> Answer {
    let seating = Seating::of(layout);
    let section = |section: &Section<'_>| PlanSection {
        name: section.name.to_owned(),
        price: visit.words.points(section.price),
        amount: section.price.to_string(),
        rows: section
            .rows
            .iter()
            .map(|row| (row.label.to_owned(), row.first(), *row.seats.end(), row.at))
            .collect(),
    };
    json(&Plan {
        width: seating.width(),
        height: seating.height(),
        accessible: seating.accessible().collect(),
        sections: seating.sections.iter().map(section).collect(),
        states: runs(map, user),
    })
}

/// The states of all seats, by number.
pub(crate) async fn states(visit: Visit) -> Answer {
    let id = visit.id(PerformanceId::new)?;
    visit.admit(Action::SeeSeats, None)?;
    let turn = in_turn(&visit, id).await?;
    visit.admit(Action::SeeSeats, Some(&turn.user))?;
    let shown = seats_of(&visit, &turn, id).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(runs(&shown.map, turn.user.id)))
}

/// States in short: a letter, and how many seats in a row have it.
fn runs(map: &SeatMap, user: UserId) -> String {
    let mut text = String::new();
    let mut run: Option<(&str, u32)> = None;
    let mut write = |(state, count): (&str, u32)| {
        let _ = write!(text, "{}{count}", state.get(..1).unwrap_or_default());
    };
    for (_, state) in map.states() {
        let state = kind(state, user);
        run = match run {
            Some((known, count)) if known == state => Some((known, count + 1)),
            before => {
                before.into_iter().for_each(&mut write);
                Some((state, 1))
            }
        };
    }
    run.into_iter().for_each(&mut write);
    text
}
