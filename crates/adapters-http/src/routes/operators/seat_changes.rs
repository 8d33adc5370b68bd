//! Keeping seats back from the sale.

use seatline_domain::commands::ChangeSeatsError;
use seatline_domain::id::PerformanceId;
use seatline_domain::seat::{RangesError, SalesOfPerformance, SeatNumber, SeatRefusal, SeatsChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Operator, OperatorBody, OptionalKey, Path, sentence};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::Object;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(change_seats).errors(&[
        Code::PerformanceNotFound,
        Code::PerformanceCancelled,
        Code::SeatNotFound,
        Code::SeatHeld,
        Code::SeatSold,
        Code::InvalidValue,
        Code::Unavailable,
    ])
}

/// Keep seats back from the sale, or give them back to it
///
/// All or none. What somebody holds or has bought is not blocked. Blocking what is blocked, and giving back what is not,
/// changes nothing. Every seat map shows it at once.
#[utoipa::path(
    patch, path = "/api/v1/admin/performances/{performanceId}/seats", operation_id = "changeSeats", tag = "Operators",
    responses((status = 200, description = "How many seats of the performance are in which state.",
               body = SeatCountsBody, headers(("Idempotency-Replayed")))),
)]
async fn change_seats(
    operator: Operator,
    performance: Path<PerformanceId>,
    key: OptionalKey,
    body: OperatorBody<SeatsChangeBody>,
    app: State,
) -> Result<Replayable<SeatCountsBody>, Problem> {
    let change = body.read().await?.parse()?;
    let answer = app.seatline.change_seats.execute(operator.0, performance.0, change, key.0).await;
    Ok(Replayable::new(answer.map_err(problem)?, None))
}

fn problem(error: ChangeSeatsError) -> Problem {
    match error {
        ChangeSeatsError::NotFound => Problem::new(Code::PerformanceNotFound),
        ChangeSeatsError::Cancelled => Problem::new(Code::PerformanceCancelled),
        ChangeSeatsError::SeatNotFound(seats) => listing(Code::SeatNotFound, &seats),
        ChangeSeatsError::SeatTaken(SeatRefusal::Sold, seats) => listing(Code::SeatSold, &seats),
        ChangeSeatsError::SeatTaken(SeatRefusal::Held, seats) => listing(Code::SeatHeld, &seats),
        ChangeSeatsError::SeatTaken(SeatRefusal::Blocked, seats) => listing(Code::SeatBlocked, &seats),
        ChangeSeatsError::KeyReused(reused) => reused.into(),
        ChangeSeatsError::Storage(error) => error.into(),
    }
}

/// The most seats that a problem lists.
const LISTED_MAX: usize = 100;

fn listing(code: Code, seats: &[SeatNumber]) -> Problem {
    let problem = Problem::new(code).seats(seats.iter().take(LISTED_MAX).map(|seat| seat.get().into()));
    match code {
        Code::SeatHeld => problem
            .detail("Somebody holds these seats. `seats` lists up to 100 of them. Nothing was changed."),
        Code::SeatSold => {
            problem.detail("These seats are sold. `seats` lists up to 100 of them. Nothing was changed.")
        }
        _ => problem.detail(
            "The performance has no such seats. `seats` lists up to 100 of them. Nothing was changed.",
        ),
    }
}

/// A change of which seats are blocked: at least one range, no seat twice, 1,000 ranges and 10,000 seats at most.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SeatsChange, min_properties = 1)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeatsChangeBody {
    /// Seats to keep back from the sale.
    #[schema(value_type = Option<Vec<SeatRangeBody>>, nullable = false, max_items = 1_000)]
    block: Option<Vec<Object<SeatRangeBody>>>,
    /// Seats to give back to the sale.
    #[schema(value_type = Option<Vec<SeatRangeBody>>, nullable = false, max_items = 1_000)]
    unblock: Option<Vec<Object<SeatRangeBody>>>,
}

/// Seats with successive numbers.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SeatRange)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeatRangeBody {
    /// The first seat number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 1)]
    first_seat: i64,
    /// The last seat number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 20)]
    last_seat: i64,
}

impl SeatsChangeBody {
    fn parse(self) -> Result<SeatsChange, Problem> {
        let ranges = |ranges: Option<Vec<Object<SeatRangeBody>>>| -> Vec<(i64, i64)> {
            ranges.into_iter().flatten().map(|range| (range.0.first_seat, range.0.last_seat)).collect()
        };
        let (block, unblock) = (ranges(self.block), ranges(self.unblock));
        let named = if block.is_empty() && !unblock.is_empty() { "unblock" } else { "block" };
        SeatsChange::parse(&block, &unblock).map_err(|error| {
            let field = match error {
                RangesError::Range { block, range } => {
                    format!("{}[{range}].lastSeat", if block { "block" } else { "unblock" })
                }
                RangesError::Nothing
                | RangesError::TooMany
                | RangesError::Overlap
                | RangesError::TooManySeats => named.to_owned(),
            };
            Problem::invalid(field, sentence(&error))
        })
    }
}

/// How many seats of a performance are in which state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeatCounts)]
#[serde(rename_all = "camelCase")]
struct SeatCountsBody {
    /// The performance's id.
    performance_id: Uuid,
    /// Free seats.
    #[schema(minimum = 0, maximum = 100_000, example = 42)]
    available: u32,
    /// Seats held, not paid.
    #[schema(minimum = 0, maximum = 100_000, example = 3)]
    held: u32,
    /// Seats sold.
    #[schema(minimum = 0, maximum = 100_000, example = 5)]
    sold: u32,
    /// Seats not for sale.
    #[schema(minimum = 0, maximum = 100_000, example = 0)]
    blocked: u32,
}

impl From<SalesOfPerformance> for SeatCountsBody {
    fn from(sales: SalesOfPerformance) -> Self {
        let SalesOfPerformance { performance_id, available, held, sold, blocked, .. } = sales;
        Self { performance_id: performance_id.uuid(), available, held, sold, blocked }
    }
}
