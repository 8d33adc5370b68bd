use seatline_application::reservations::{HoldRequest, PerformanceChoice};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::seat::{SeatSelection, SelectionError};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::sentence;
use crate::problem::{Code, Problem};
use crate::wire::{DateText, IdText};

/// Seats to hold: of `performanceId`, or of the one performance of `concertId` on `date`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = HoldSeats, example = json!({"performanceId": "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e", "seatNumbers": [7]}))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct HoldBody {
    /// The performance's id.
    #[schema(value_type = Option<Uuid>)]
    performance_id: Option<IdText>,
    /// The concert's id; goes with `date`.
    #[schema(value_type = Option<Uuid>)]
    concert_id: Option<IdText>,
    /// The date, in the venue's time zone; goes with `concertId`.
    #[schema(value_type = Option<NaiveDate>, example = "2026-12-24")]
    date: Option<DateText>,
    /// The numbers of the seats, each once.
    #[schema(min_items = 1, max_items = 100, example = json!([7]))]
    seat_numbers: Vec<i64>,
}

impl HoldBody {
    pub(super) fn parse(self, key: Option<IdempotencyKey>) -> Result<HoldRequest, Problem> {
        let performance = self.choice()?;
        Ok(HoldRequest { performance, seats: SeatSelection::parse(&self.seat_numbers)?, key })
    }

    fn choice(&self) -> Result<PerformanceChoice, Problem> {
        const ONE_WAY: &str = "Name the performance either by performanceId, or by concertId and date.";
        match (self.performance_id, self.concert_id, self.date) {
            (Some(id), None, None) => Ok(PerformanceChoice::Performance(PerformanceId::new(id.0))),
            (None, Some(id), Some(date)) => Ok(PerformanceChoice::Date(ConcertId::new(id.0), date.0)),
            (None, Some(_), None) => Err(Problem::invalid("date", ONE_WAY)),
            (None, None, Some(_)) => Err(Problem::invalid("concertId", ONE_WAY)),
            (None, None, None) | (Some(_), _, _) => Err(Problem::invalid("performanceId", ONE_WAY)),
        }
    }
}

impl From<SelectionError> for Problem {
    fn from(error: SelectionError) -> Self {
        match error {
            SelectionError::OutOfRange { number } => Self::new(Code::SeatNotFound).seats([number]),
            SelectionError::Empty
            | SelectionError::Repeated
            | SelectionError::TooMany
            | SelectionError::NotPositive => Self::invalid("seatNumbers", sentence(&error)),
        }
    }
}
