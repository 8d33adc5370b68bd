//! Seats as a list: section, row, seat.

use std::collections::BTreeSet;

use seatline_application::programme::Layout;
use seatline_application::seats::PerformanceSeats;
use seatline_domain::id::UserId;
use seatline_domain::point::Amount;
use seatline_domain::seat::{Seat, SeatMap, SeatNumber, SeatState};
use serde::Serialize;

use crate::seating::{Row, Seating, Section};
use crate::visit::Visit;
use crate::words::Words;

/// So few seats are shown all at once.
const FEW: usize = 120;
/// So few rows are shown before their section is opened.
const FEW_ROWS: usize = 60;

/// A section of the list.
pub(super) struct SectionView {
    pub(super) name: String,
    pub(super) price: String,
    pub(super) free: u32,
    pub(super) left: String,
    /// Where its rows are shown, if they are not.
    pub(super) closed: Option<String>,
    pub(super) rows: Vec<RowView>,
}

pub(super) struct RowView {
    pub(super) name: String,
    pub(super) first: u32,
    pub(super) left: String,
    /// Where its seats are shown, if they are not.
    pub(super) closed: Option<String>,
    pub(super) seats: Vec<SeatView>,
}

/// A seat, as a button.
#[derive(Serialize)]
pub(super) struct SeatView {
    pub(super) number: u32,
    /// What is written on it.
    pub(super) place: String,
    pub(super) label: String,
    /// `free`, `held`, `sold`, `blocked` or `mine`.
    pub(super) state: &'static str,
    /// The price, without words.
    pub(super) price: String,
    /// Whether it can be reached without steps.
    pub(super) accessible: bool,
    #[serde(skip)]
    pub(super) picked: bool,
}

impl SeatView {
    pub(super) fn is_free(&self) -> bool {
        self.state == "free"
    }
}

/// The seats that were picked so far, and what they cost.
#[derive(Default)]
pub(super) struct Picked {
    pub(super) numbers: BTreeSet<u32>,
    pub(super) text: String,
}

impl Picked {
    /// Those of the query, less what is not free any more. `toggle` adds one or takes it out.
    pub(super) fn of(visit: &Visit, shown: &PerformanceSeats, user: UserId, limit: u32) -> Self {
        let asked = visit.asked_for("picked").unwrap_or_default();
        let mut wanted: Vec<u32> =
            asked.split(',').filter_map(|number| number.parse().ok()).take(100).collect();
        if let Some(toggled) = visit.asked_for("toggle").and_then(|number| number.parse().ok()) {
            if wanted.contains(&toggled) {
                wanted.retain(|number| *number != toggled);
            } else {
                wanted.push(toggled);
            }
        }
        // The newest stay where there are too many.
        let surplus = wanted.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
        let wanted: BTreeSet<u32> = wanted.into_iter().skip(surplus).collect();
        let prices = &shown.performance.section_prices;
        let free = shown
            .map
            .states()
            .filter(|(seat, state)| wanted.contains(&seat.key.number.get()) && kind(*state, user) == "free");
        let (numbers, prices): (BTreeSet<u32>, Vec<Amount>) =
            free.map(|(seat, _)| (seat.key.number.get(), prices.of(seat))).unzip();
        let total = visit.words.points(prices.into_iter().sum());
        let text = visit.words.with("picked", [("count", numbers.len().into()), ("total", total.into())]);
        Self { numbers, text }
    }

    pub(super) fn list(&self) -> String {
        self.numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
    }
}

pub(super) fn kind(state: SeatState, user: UserId) -> &'static str {
    match state {
        SeatState::Available => "free",
        SeatState::Held { user_id, .. } | SeatState::Sold { user_id, .. } if user_id == user => "mine",
        SeatState::Held { .. } => "held",
        SeatState::Sold { .. } => "sold",
        SeatState::Blocked => "blocked",
    }
}

/// The list. `open` names a section, or a section and a row in it, by their places.
pub(super) fn sections(
    words: Words,
    map: &SeatMap,
    seating: &Seating<'_>,
    user: UserId,
    picked: &Picked,
    open: &str,
) -> Vec<SectionView> {
    let states: Vec<(&Seat, &'static str)> =
        map.states().map(|(seat, state)| (seat, kind(state, user))).collect();
    let (open_section, open_row) = open.split_once('.').unwrap_or((open, ""));
    let (few, few_rows) = (states.len() <= FEW, seating.rows().count() <= FEW_ROWS);
    let section = |(index, section): (usize, &Section<'_>)| {
        let here = open_section.parse() == Ok(index);
        let of_rows: Vec<_> = section.rows.iter().map(|row| of_row(&states, row)).collect();
        let left: u32 = of_rows.iter().map(|seats| free(seats)).sum();
        let shown = few || few_rows || here || seating.sections.len() == 1;
        let row = |(place, row): (usize, &Row<'_>)| {
            let seats = of_rows.get(place).copied().unwrap_or_default();
            let open = few || here && open_row.parse() == Ok(place);
            let has_picked = seats.iter().any(|(seat, _)| picked.numbers.contains(&seat.key.number.get()));
            let open = open || has_picked;
            RowView {
                name: words.with("row", [("row", row.label.into())]),
                first: row.first(),
                left: words.with("free-of", [("count", free(seats).into()), ("total", row.len().into())]),
                closed: (!open).then(|| format!("{index}.{place}")),
                seats: if open {
                    seat_views(words, seating, section, row, seats, picked)
                } else {
                    Vec::new()
                },
            }
        };
        SectionView {
            name: section.name.to_owned(),
            price: words.points(section.price),
            free: left,
            left: words.with("seats-left", [("count", left.into())]),
            closed: (!shown).then(|| index.to_string()),
            rows: if shown { section.rows.iter().enumerate().map(row).collect() } else { Vec::new() },
        }
    };
    seating.sections.iter().enumerate().map(section).collect()
}

pub(super) type States<'s> = [(&'s Seat, &'static str)];

fn free(seats: &States<'_>) -> u32 {
    u32::try_from(seats.iter().filter(|(_, state)| *state == "free").count()).unwrap_or(u32::MAX)
}

pub(super) fn of_row<'s, 'a>(states: &'s States<'a>, row: &Row<'_>) -> &'s States<'a> {
    let from = states.partition_point(|(seat, _)| seat.key.number.get() < *row.seats.start());
    let to = states.partition_point(|(seat, _)| seat.key.number.get() <= *row.seats.end());
    states.get(from..to).unwrap_or_default()
}

pub(super) fn seat_views(
    words: Words,
    seating: &Seating<'_>,
    section: &Section<'_>,
    row: &Row<'_>,
    seats: &States<'_>,
    picked: &Picked,
) -> Vec<SeatView> {
    let view = |(seat, state): &(&Seat, &'static str)| {
        let number = seat.key.number.get();
        let place = number - row.first() + 1;
        let (accessible, label) = (
            seating.is_accessible(number),
            seat_name(words, section.name, row.label, place, Some(section.price)),
        );
        SeatView {
            number,
            place: words.with("seat-place", [("seat", place.to_string().into())]),
            label: if accessible { words.with("seat-accessible", [("seat", label.into())]) } else { label },
            state,
            price: section.price.to_string(),
            accessible,
            picked: picked.numbers.contains(&number),
        }
    };
    seats.iter().map(view).collect()
}

/// A seat's name: "Floor, row A, seat 7, 77,000 points".
fn seat_name(words: Words, section: &str, row: &str, place: u32, price: Option<Amount>) -> String {
    let place = place.to_string();
    let name = [("section", section.into()), ("row", row.into()), ("seat", place.into())];
    let name = words.with("seat-name", name);
    match price {
        Some(price) => {
            words.with("seat-with-price", [("seat", name.into()), ("price", words.points(price).into())])
        }
        None => name,
    }
}

/// Where a seat is that somebody has: "Floor, row A, seat 7".
pub(super) fn where_is(words: Words, layout: &Layout, seat: SeatNumber) -> String {
    let known = Seating::place_of(layout, seat);
    let (section, row, place) = known.unwrap_or(("?", "?", seat.get()));
    seat_name(words, section, row, place, None)
}
