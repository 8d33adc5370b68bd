//! Checking tickets in at a gate.

use chrono::{DateTime, Utc};
use seatline_application::operators::{CheckedIn, GateError};
use seatline_domain::commands::CheckInError;
use seatline_domain::id::PerformanceId;
use seatline_domain::ticket::GateName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Gate, JsonBody, OptionalKey, Path, text};
use crate::problem::{Code, Problem};
use crate::state::State;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(check_in_ticket).errors(&[
        Code::PerformanceNotFound,
        Code::TicketUsed,
        Code::TicketVoid,
        Code::TicketInvalid,
        Code::InvalidValue,
        Code::Unavailable,
    ])
}

/// Check a ticket in
///
/// By its code, once: of two gates at the same time one is answered 201, and the other 409 `ticket_used`. A repetition with
/// the same key is the 201 again.
#[utoipa::path(
    post, path = "/api/v1/admin/performances/{performanceId}/check-ins", operation_id = "checkInTicket",
    tag = "Operators",
    responses((status = 201, description = "The check-in.", body = CheckInBody, headers(("Idempotency-Replayed")))),
)]
async fn check_in_ticket(
    gate: Gate,
    performance: Path<PerformanceId>,
    key: OptionalKey,
    body: JsonBody<NewCheckInBody>,
    app: State,
) -> Result<Replayable<CheckInBody>, Problem> {
    let operator = gate.0;
    let NewCheckInBody { code, gate: name } = body.read().await?;
    let name: Option<GateName> = name.map(|name| text("gate", &name)).transpose()?;
    let checked_in =
        app.seatline.check_in_ticket.execute(operator, performance.0, &code, name, key.0).await?;
    Ok(Replayable::new(checked_in, None))
}

impl From<GateError> for Problem {
    fn from(error: GateError) -> Self {
        match error {
            GateError::PerformanceNotFound => Self::new(Code::PerformanceNotFound),
            GateError::CheckIn(CheckInError::Invalid) => Self::new(Code::TicketInvalid),
            GateError::CheckIn(CheckInError::Void) => Self::new(Code::TicketVoid),
            GateError::CheckIn(CheckInError::Used { at, gate }) => {
                Self::new(Code::TicketUsed).checked_in(at, gate.map(|gate| gate.as_str().to_owned()))
            }
            GateError::CheckIn(CheckInError::KeyReused(reused)) => reused.into(),
            GateError::CheckIn(CheckInError::Storage(error)) => error.into(),
        }
    }
}

/// A ticket that is shown at a gate.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewCheckIn)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewCheckInBody {
    /// The ticket's code, as the QR code has it.
    #[schema(example = "eyJhbGciOiJFZERTQSIsImtpZCI6Ii4uLiJ9.eyJ0aWNrZXRJZCI6Ii4uLiJ9.c2lnbmF0dXJl")]
    code: String,
    /// What the gate calls itself. Told to whoever shows the ticket again.
    #[schema(min_length = 1, max_length = 50, example = "North 2")]
    gate: Option<String>,
}

/// A ticket that was checked in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckIn)]
#[serde(rename_all = "camelCase")]
struct CheckInBody {
    /// The ticket's id.
    #[schema(example = "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e.7")]
    ticket_id: String,
    /// The seat's section.
    #[schema(example = "Floor")]
    section: String,
    /// The label of the seat's row; null where the hall has none.
    #[schema(required, example = "A")]
    row: Option<String>,
    /// The seat's place in its row, from 1; null where the hall has no rows.
    #[schema(required, minimum = 1, example = 7)]
    place: Option<u32>,
    /// The seat's number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 7)]
    seat_number: u32,
    /// What its user wants to be called by.
    #[schema(required, example = "Ada")]
    name: Option<String>,
    /// The instant of the check-in.
    checked_in_at: DateTime<Utc>,
}

impl From<CheckedIn> for CheckInBody {
    fn from(CheckedIn { check_in, holder }: CheckedIn) -> Self {
        Self {
            ticket_id: check_in.ticket_id.to_string(),
            section: holder.place.section,
            row: holder.place.row,
            place: holder.place.place,
            seat_number: check_in.ticket_id.seat_number.get(),
            name: holder.name,
            checked_in_at: check_in.at,
        }
    }
}
