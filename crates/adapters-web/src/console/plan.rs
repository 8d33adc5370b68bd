use std::fmt::Write;

use seatline_domain::seat::hall::Hall;
use serde::Serialize;

use crate::words::Words;

/// How many colours sections have.
const COLOURS: usize = 6;
/// So many rows and not more have their labels written beside them.
const LABELLED_ROWS_MAX: usize = 120;

/// A hall as it will look: a dotted line for each row, in the colours of its sections.
pub(super) struct PlanView {
    pub(super) view_box: String,
    pub(super) rows: Vec<RowLine>,
    pub(super) accessible: Vec<(f64, f64)>,
    pub(super) sections: Vec<SectionKey>,
}

/// A row: from its first seat to its last, with a dot at each.
pub(super) struct RowLine {
    pub(super) from: (f64, f64),
    pub(super) to: (f64, f64),
    pub(super) step: f64,
    pub(super) colour: usize,
    pub(super) label: Option<String>,
}

/// A section in the key.
pub(super) struct SectionKey {
    pub(super) name: String,
    pub(super) colour: usize,
    pub(super) seats: u32,
}

/// Where a row begins and ends, its step, its section's colour, and its label.
type DrawnRow = (f64, f64, f64, f64, f64, usize, Option<String>);

/// A hall as the script of the hall builder draws it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DrawnPlan {
    view_box: String,
    total: String,
    rows: Vec<DrawnRow>,
    accessible: Vec<(f64, f64)>,
    /// What those are called in the key, if there are any.
    accessible_key: Option<String>,
    /// The name, colour and seats of each section.
    sections: Vec<(String, usize, u32)>,
}

impl PlanView {
    /// The same, to be drawn by a script.
    pub(super) fn drawn(self, words: Words, total: String) -> DrawnPlan {
        let row =
            |RowLine { from, to, step, colour, label }| (from.0, from.1, to.0, to.1, step, colour, label);
        let accessible_seats = words.text("accessible-seats");
        let any = !self.accessible.is_empty();
        let accessible_key = any.then(|| format!("{accessible_seats} ({})", self.accessible.len()));
        DrawnPlan {
            view_box: self.view_box,
            total,
            accessible_key,
            rows: self.rows.into_iter().map(row).collect(),
            accessible: self.accessible,
            sections: self.sections.into_iter().map(|one| (one.name, one.colour, one.seats)).collect(),
        }
    }

    pub(super) fn of(hall: &Hall) -> Self {
        let labelled = hall.rows().count() <= LABELLED_ROWS_MAX;
        let mut rows = Vec::new();
        let mut sections = Vec::new();
        for (index, section) in hall.sections().iter().enumerate() {
            let colour = index % COLOURS;
            sections.push(SectionKey {
                name: section.name.as_str().to_owned(),
                colour,
                seats: section.rows.iter().map(seatline_domain::seat::hall::Row::seats).sum(),
            });
            rows.extend(section.rows.iter().map(|row| RowLine {
                from: row.position(0),
                // A line of no length has no dot in every browser.
                to: match row.position(row.seats().saturating_sub(1)) {
                    to if row.seats() > 1 => to,
                    (x, y) => (x + 0.01, y),
                },
                step: row.dx.get().hypot(row.dy.get()),
                colour,
                label: labelled.then(|| row.label.as_str().to_owned()),
            }));
        }
        let places = hall.accessible_seats().iter().filter_map(|seat| hall.place_of(*seat));
        Self {
            view_box: view_box(hall),
            rows,
            accessible: places.map(|place| place.row.position(place.place - 1)).collect(),
            sections,
        }
    }
}

fn view_box(hall: &Hall) -> String {
    const MARGIN: f64 = 1.5;
    let mut text = String::new();
    let (width, height) = (hall.width() + 2.0 * MARGIN, hall.height() + 2.0 * MARGIN);
    let _ = write!(text, "{} {} {width} {height}", -MARGIN, -MARGIN);
    text
}
