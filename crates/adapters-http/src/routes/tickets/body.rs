use chrono::{DateTime, Utc};
use seatline_application::tickets::CodedTicket;
use seatline_domain::ticket::TicketState;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A ticket: one seat that was paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ticket)]
#[serde(rename_all = "camelCase")]
pub(super) struct TicketBody {
    /// The ticket's id: the reservation and the number of the seat.
    #[schema(example = "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e.7")]
    ticket_id: String,
    /// The payment that bought it.
    payment_id: Uuid,
    /// The concert's id.
    concert_id: Uuid,
    /// The performance's id.
    performance_id: Uuid,
    /// The concert's title.
    #[schema(example = "Winter Gala")]
    title: String,
    /// The venue.
    #[schema(example = "Grand Hall")]
    venue: String,
    /// The start of the performance.
    starts_at: DateTime<Utc>,
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
    /// Its state.
    state: TicketStateBody,
    /// What is shown at the gate: a JWS (`EdDSA`) of `ticketId`, `performanceId` and `revision`, verified with the keys of
    /// `/.well-known/jwks.json`. It proves which ticket it is, not that it is valid: a void ticket has one too.
    #[schema(example = "eyJhbGciOiJFZERTQSIsImtpZCI6Ii4uLiJ9.eyJ0aWNrZXRJZCI6Ii4uLiJ9.c2lnbmF0dXJl")]
    code: String,
    /// The instant at which it was used; null when it was not.
    #[schema(required)]
    checked_in_at: Option<DateTime<Utc>>,
}

/// State of a ticket.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = TicketState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::routes) enum TicketStateBody {
    /// It admits, once.
    Valid,
    /// Somebody was checked in with it.
    Used,
    /// It admits nobody any more: its seat was refunded, or its performance cancelled.
    Void,
}

impl TicketStateBody {
    /// Its name in JSON.
    pub(in crate::routes) const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Used => "USED",
            Self::Void => "VOID",
        }
    }
}

impl From<TicketState> for TicketStateBody {
    fn from(state: TicketState) -> Self {
        match state {
            TicketState::Valid => Self::Valid,
            TicketState::Used => Self::Used,
            TicketState::Void => Self::Void,
        }
    }
}

impl From<CodedTicket> for TicketBody {
    fn from(CodedTicket { ticket, code }: CodedTicket) -> Self {
        Self {
            ticket_id: ticket.id.to_string(),
            payment_id: ticket.payment_id.uuid(),
            concert_id: ticket.concert_id.uuid(),
            performance_id: ticket.performance_id.uuid(),
            title: ticket.title,
            venue: ticket.venue,
            starts_at: ticket.starts_at,
            section: ticket.place.section,
            row: ticket.place.row,
            place: ticket.place.place,
            seat_number: ticket.id.seat_number.get(),
            state: ticket.state.into(),
            code,
            checked_in_at: ticket.checked_in_at,
        }
    }
}
