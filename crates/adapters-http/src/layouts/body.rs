use seatline_application::programme::Layout;
use seatline_domain::seat::hall::Row;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::Points;

/// Where each seat of a performance is, in seats' widths from the upper left; the front is above.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Layout)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LayoutBody<'l> {
    /// The performance's id.
    performance_id: Uuid,
    /// How far it reaches to the right.
    #[schema(minimum = 0, example = 25)]
    width: f64,
    /// How far it reaches from the front.
    #[schema(minimum = 0, example = 2)]
    height: f64,
    /// Its sections, by their first seats.
    sections: Vec<LayoutSectionBody<'l>>,
    /// The seats that can be reached without steps, ascending.
    #[schema(example = json!([1, 2]))]
    accessible_seats: Vec<u32>,
}

/// A section and its rows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LayoutSection)]
struct LayoutSectionBody<'l> {
    /// Its name.
    #[schema(example = "Floor")]
    name: &'l str,
    /// The price of each of its seats.
    price: Points,
    /// Its rows, from the front.
    rows: Vec<LayoutRowBody<'l>>,
}

/// A row of seats: `firstSeat + i` is its place `i + 1`, at `(x + i·dx, y + i·dy)`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LayoutRow)]
#[serde(rename_all = "camelCase")]
struct LayoutRowBody<'l> {
    /// Its label, which no other row of its section has.
    #[schema(example = "A")]
    label: &'l str,
    /// Its first seat number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 1)]
    first_seat: u32,
    /// Its last seat number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 25)]
    last_seat: u32,
    /// How far to the right its first seat is.
    #[schema(example = 0.5)]
    x: f64,
    /// How far from the front its first seat is.
    #[schema(example = 0.5)]
    y: f64,
    /// The step to the right from each seat to the next.
    #[schema(example = 1)]
    dx: f64,
    /// The step away from the front from each seat to the next.
    #[schema(example = 0)]
    dy: f64,
}

impl<'l> LayoutBody<'l> {
    /// A layout with the prices of now.
    pub(super) fn of(layout: &'l Layout) -> Self {
        let (hall, prices) = (&layout.hall, &layout.performance.section_prices);
        let sections = hall.sections().iter().map(|section| LayoutSectionBody {
            name: section.name.as_str(),
            price: prices.in_hall(section).into(),
            rows: section.rows.iter().map(LayoutRowBody::of).collect(),
        });
        Self {
            performance_id: layout.performance.id.uuid(),
            width: hall.width(),
            height: hall.height(),
            sections: sections.collect(),
            accessible_seats: hall.accessible_seats().iter().map(|seat| seat.get()).collect(),
        }
    }
}

impl<'l> LayoutRowBody<'l> {
    fn of(row: &'l Row) -> Self {
        Self {
            label: row.label.as_str(),
            first_seat: row.first_seat.get(),
            last_seat: row.last_seat.get(),
            x: row.x.get(),
            y: row.y.get(),
            dx: row.dx.get(),
            dy: row.dy.get(),
        }
    }
}
