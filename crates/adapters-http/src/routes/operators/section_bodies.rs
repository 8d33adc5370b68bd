//! Sections and rows as operators write them.

use seatline_domain::seat::hall::{RowPlan, SectionPlan, SectionSeats};
use seatline_domain::seat::policy;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{amount, text};
use crate::problem::Problem;
use crate::wire::{AmountText, Object};

/// Seats of one price: either from a first to a last, or in rows.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewSection)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewSectionBody {
    /// Its name. Trimmed and composed (NFC); different from the others', whatever their case and form.
    #[schema(min_length = 1, max_length = 50, example = "Floor")]
    name: String,
    /// Its first seat number. Not together with `rows`.
    #[schema(nullable = false, minimum = 1, maximum = 1_000_000, example = 1)]
    first_seat: Option<i64>,
    /// Its last seat number. Not together with `rows`.
    #[schema(nullable = false, minimum = 1, maximum = 1_000_000, example = 50)]
    last_seat: Option<i64>,
    /// Its rows, from the front; 5,000 at most over all sections.
    #[schema(value_type = Option<Vec<NewRowBody>>, nullable = false, min_items = 1, max_items = 5_000)]
    rows: Option<Vec<Object<NewRowBody>>>,
    /// The price of each of its seats, at most 10,000,000.
    price: AmountText,
}

/// A row of seats: `firstSeat + i` is its place `i + 1`, at `(x + i·dx, y + i·dy)`. Coordinates are seats' widths, to the
/// right and away from the front; those that are left out are chosen, `dx` as 1 and `dy` as 0.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewRow)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewRowBody {
    /// Its label, different from those of the section's other rows, whatever their case and form.
    #[schema(min_length = 1, max_length = 10, example = "A")]
    label: String,
    /// Its first seat number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 1)]
    first_seat: i64,
    /// Its last seat number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 25)]
    last_seat: i64,
    /// How far to the right its first seat is.
    #[schema(minimum = -100_000, maximum = 100_000, example = 0.5)]
    x: Option<f64>,
    /// How far from the front its first seat is.
    #[schema(minimum = -100_000, maximum = 100_000, example = 0.5)]
    y: Option<f64>,
    /// The step to the right from each seat to the next.
    #[schema(minimum = -100_000, maximum = 100_000, example = 1)]
    dx: Option<f64>,
    /// The step away from the front from each seat to the next.
    #[schema(minimum = -100_000, maximum = 100_000, example = 0)]
    dy: Option<f64>,
}

impl NewSectionBody {
    /// The section with this place in the list.
    pub(super) fn parse(self, index: usize) -> Result<SectionPlan, Problem> {
        let field = |name: &str| format!("sections[{index}].{name}");
        let name = text(field("name"), &self.name)?;
        let seats = match (self.rows, self.first_seat, self.last_seat) {
            (Some(rows), None, None) => {
                let rows = rows.into_iter().enumerate();
                let parse = |(row, body): (usize, Object<NewRowBody>)| {
                    body.0.parse(|name| field(&format!("rows[{row}].{name}")))
                };
                SectionSeats::Rows(rows.map(parse).collect::<Result<_, _>>()?)
            }
            (Some(_), ..) => {
                return Err(Problem::invalid(field("rows"), "Give either rows, or firstSeat and lastSeat."));
            }
            (None, first_seat, last_seat) => SectionSeats::Range {
                first_seat: given(first_seat, || field("firstSeat"))?,
                last_seat: given(last_seat, || field("lastSeat"))?,
            },
        };
        Ok(SectionPlan { name, seats, price: amount(field("price"), &self.price)? })
    }
}

impl NewRowBody {
    fn parse(self, field: impl Fn(&str) -> String) -> Result<RowPlan, Problem> {
        let Self { label, first_seat, last_seat, x, y, dx, dy } = self;
        Ok(RowPlan {
            label: text(field("label"), &label)?,
            first_seat: seat(first_seat, || field("firstSeat"))?,
            last_seat: seat(last_seat, || field("lastSeat"))?,
            x,
            y,
            dx,
            dy,
        })
    }
}

/// A seat number without which a section that has no rows is not complete.
fn given(number: Option<i64>, field: impl Fn() -> String) -> Result<u32, Problem> {
    let missing = || Problem::malformed(format!("The field {} is missing.", field())).field(field());
    seat(number.ok_or_else(missing)?, &field)
}

fn seat(number: i64, field: impl Fn() -> String) -> Result<u32, Problem> {
    u32::try_from(number).map_err(|_| {
        let allowed = format!("A seat number must be 1 to {}.", policy::MAX_SEAT_NUMBER);
        Problem::invalid(field(), allowed)
    })
}
