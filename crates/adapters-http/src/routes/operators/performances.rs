//! Adding a performance with its seats.

use seatline_application::operators::AddedPerformance;
use seatline_domain::concert::{PerformanceError, PerformancePlan, policy};
use seatline_domain::id::ConcertId;
use seatline_domain::seat::hall::{HallError, SectionPlan, SectionSeats};
use seatline_domain::text::Text;
use serde::Deserialize;
use utoipa::ToSchema;

use super::section_bodies::NewSectionBody;
use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Operator, OperatorBody, OptionalKey, Path, amount, sentence};
use crate::problem::{Code, Problem};
use crate::routes::programme::PerformanceBody;
use crate::state::State;
use crate::wire::{AmountText, InstantText, Object};

pub(super) fn endpoint() -> Endpoint {
    endpoint!(add_performance).errors(&[Code::ConcertNotFound, Code::InvalidValue, Code::Unavailable])
}

/// Add a performance
///
/// With 1 to 100,000 seats, all of them free. Give either `sections`, which must not overlap, or `price` alone for seats 1
/// to 50 in one section. A section says its rows, or gets rows of at most 40 seats. Its date is that of its start in the
/// concert's time zone.
#[utoipa::path(
    post, path = "/api/v1/admin/concerts/{concertId}/performances", operation_id = "addPerformance",
    tag = "Operators",
    responses((status = 201, description = "The performance.", body = PerformanceBody,
               headers(("Idempotency-Replayed")))),
)]
async fn add_performance(
    operator: Operator,
    concert: Path<ConcertId>,
    key: OptionalKey,
    body: OperatorBody<NewPerformanceBody>,
    app: State,
) -> Result<Replayable<PerformanceBody>, Problem> {
    let body = body.read().await?;
    let single_price = body.price.is_some();
    let plan = body.parse()?;
    let added = app.seatline.add_performance.execute(operator.0, concert.0, plan, key.0).await;
    Ok(Replayable::new(added.map_err(|error| problem(&error, single_price))?, None))
}

impl From<AddedPerformance> for PerformanceBody {
    fn from(added: AddedPerformance) -> Self {
        Self::new(&added.performance, added.available_seats)
    }
}

/// `single_price` tells how the client wrote what became a section.
fn problem(error: &PerformanceError, single_price: bool) -> Problem {
    match error {
        PerformanceError::Hall(HallError::Price { .. }) if single_price => {
            Problem::invalid("price", sentence(error))
        }
        PerformanceError::StartsInPast => {
            Problem::invalid("startsAt", "The start is in the past. If it is meant, send allowPast: true.")
        }
        error => time_problem(error),
    }
}

/// What may be wrong with a performance whose sections are not asked about.
pub(super) fn time_problem(error: &PerformanceError) -> Problem {
    match error {
        PerformanceError::ConcertNotFound => Problem::new(Code::ConcertNotFound),
        PerformanceError::NotFound => Problem::new(Code::PerformanceNotFound),
        PerformanceError::Cancelled => Problem::new(Code::PerformanceCancelled),
        PerformanceError::SectionNotFound => Problem::new(Code::SectionNotFound),
        PerformanceError::KeyReused(reused) => (*reused).into(),
        PerformanceError::Storage(error) => error.clone().into(),
        PerformanceError::SalesOpenTooLate => Problem::invalid("salesOpenAt", sentence(error)),
        PerformanceError::SalesCloseTooEarly => Problem::invalid("salesCloseAt", sentence(error)),
        PerformanceError::StartsInPast => Problem::invalid("startsAt", sentence(error)),
        PerformanceError::Price => Problem::invalid("price", sentence(error)),
        PerformanceError::Hall(hall) => Problem::invalid(hall_field(*hall), sentence(error)),
    }
}

/// The field that is wrong with a hall.
fn hall_field(error: HallError) -> String {
    match error {
        HallError::NoSection
        | HallError::TooManySections
        | HallError::RepeatedName
        | HallError::Overlap
        | HallError::TooManyRows
        | HallError::TooManySeats => "sections".to_owned(),
        HallError::SeatRange { section } => format!("sections[{section}].lastSeat"),
        HallError::Price { section } => format!("sections[{section}].price"),
        HallError::NoRow { section } => format!("sections[{section}].rows"),
        HallError::RowRange { section, row } => format!("sections[{section}].rows[{row}].lastSeat"),
        HallError::RepeatedLabel { section, row } => format!("sections[{section}].rows[{row}].label"),
        HallError::Coordinate { section, row, name } => format!("sections[{section}].rows[{row}].{name}"),
        HallError::NoStep { section, row } => format!("sections[{section}].rows[{row}].dx"),
        HallError::TooManyAccessible
        | HallError::AccessibleUnknown { .. }
        | HallError::AccessibleRepeated { .. } => "accessibleSeats".to_owned(),
    }
}

/// A performance to add.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewPerformance)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewPerformanceBody {
    /// Its start, with any offset, in the years 1970 to 9998; not in the past, unless `allowPast` says so.
    #[schema(value_type = DateTime<Utc>, example = "2026-12-24T19:00:00+09:00")]
    starts_at: InstantText,
    /// The instant from which its seats can be reserved, before the start; at once unless set.
    #[schema(value_type = Option<DateTime<Utc>>, example = "2026-11-24T10:00:00+09:00")]
    sales_open_at: Option<InstantText>,
    /// The instant from which none can be reserved any more, after sales open; its start unless set.
    #[schema(value_type = Option<DateTime<Utc>>, example = "2026-12-24T18:00:00+09:00")]
    sales_close_at: Option<InstantText>,
    /// The instant until which buyers may give seats back, before the start; never unless set.
    #[schema(value_type = Option<DateTime<Utc>>, example = "2026-12-17T19:00:00+09:00")]
    refundable_until: Option<InstantText>,
    /// Its sections. Not together with `price`.
    #[schema(value_type = Option<Vec<NewSectionBody>>, min_items = 1, max_items = 200)]
    sections: Option<Vec<Object<NewSectionBody>>>,
    /// The price of seats 1 to 50 in one section. Not together with `sections`.
    price: Option<AmountText>,
    /// The seats that can be reached without steps, each once.
    #[schema(max_items = 10_000, example = json!([1, 2]))]
    accessible_seats: Option<Vec<i64>>,
    /// Whether it may have started already.
    #[schema(default = false)]
    allow_past: Option<bool>,
}

impl NewPerformanceBody {
    fn parse(self) -> Result<PerformancePlan, Problem> {
        const ONE_WAY: &str = "Give either sections, or price alone.";
        let sections = match (self.sections, self.price) {
            (Some(sections), None) => sections
                .into_iter()
                .enumerate()
                .map(|(index, section)| section.0.parse(index))
                .collect::<Result<_, _>>()?,
            (None, Some(price)) => vec![default_section(&price)?],
            (Some(_), Some(_)) => return Err(Problem::invalid("price", ONE_WAY)),
            (None, None) => return Err(Problem::invalid("sections", ONE_WAY)),
        };
        let instant = |text: InstantText| text.0;
        Ok(PerformancePlan {
            starts_at: self.starts_at.0,
            sales_open_at: self.sales_open_at.map(instant),
            sales_close_at: self.sales_close_at.map(instant),
            refundable_until: self.refundable_until.map(instant),
            sections,
            accessible_seats: self.accessible_seats.unwrap_or_default(),
            allow_past: self.allow_past.unwrap_or_default(),
        })
    }
}

/// The one section of a performance that was given a price alone.
fn default_section(price: &AmountText) -> Result<SectionPlan, Problem> {
    let name = Text::parse(policy::DEFAULT_SECTION)
        .map_err(|error| Problem::new(Code::InternalError).because(&error))?;
    let seats = SectionSeats::Range { first_seat: 1, last_seat: policy::DEFAULT_SEATS };
    Ok(SectionPlan { name, seats, price: amount("price", price)? })
}
