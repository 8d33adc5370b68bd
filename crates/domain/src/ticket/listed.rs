use super::{TicketId, TicketState};
use crate::Timestamp;
use crate::id::{ConcertId, PaymentId, PerformanceId, UserId};
use crate::seat::SeatNumber;
use crate::seat::hall::Hall;

/// Where a ticket's seat is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketPlace {
    /// The section.
    pub section: String,
    /// The label of the row, where the hall has rows.
    pub row: Option<String>,
    /// The place in the row, from 1.
    pub place: Option<u32>,
}

impl TicketPlace {
    /// The place of a seat of this section, in a hall whose rows are not known.
    pub fn in_section(section: String) -> Self {
        Self { section, row: None, place: None }
    }

    /// The same place with the row that the seat has in this hall.
    #[must_use]
    pub fn in_hall(self, hall: &Hall, seat: SeatNumber) -> Self {
        let place = hall.place_of(seat);
        Self {
            row: place.map(|place| place.row.label.as_str().to_owned()),
            place: place.map(|place| place.place),
            ..self
        }
    }
}

/// A ticket as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The ticket's id.
    pub id: TicketId,
    /// The payment that bought it.
    pub payment_id: PaymentId,
    /// The concert.
    pub concert_id: ConcertId,
    /// Its title.
    pub title: String,
    /// Its venue.
    pub venue: String,
    /// The performance.
    pub performance_id: PerformanceId,
    /// Its start.
    pub starts_at: Timestamp,
    /// Where the seat is.
    pub place: TicketPlace,
    /// Its state.
    pub state: TicketState,
    /// The instant of its check-in.
    pub checked_in_at: Option<Timestamp>,
    /// The database's time when it was read.
    pub as_of: Timestamp,
}

/// A place in a user's list of tickets: by start, then by performance in the order of adding, then by payment in the order
/// of paying, then by seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketCursor {
    /// The start of the performance of the ticket at this place.
    pub starts_at: Timestamp,
    /// Its id.
    pub ticket_id: TicketId,
}

impl TicketCursor {
    /// The place of this ticket.
    pub const fn of(ticket: &Ticket) -> Self {
        Self { starts_at: ticket.starts_at, ticket_id: ticket.id }
    }
}

/// A ticket on the list of a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTicket {
    /// The ticket's id.
    pub id: TicketId,
    /// Where the seat is.
    pub place: TicketPlace,
    /// What its user wants to be called.
    pub name: Option<String>,
    /// Its state.
    pub state: TicketState,
    /// The instant of its check-in.
    pub checked_in_at: Option<Timestamp>,
}

/// What a gate must know of a ticket to check it in, and to greet whoever shows it. None of it ever changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketHolder {
    /// The concert.
    pub concert_id: ConcertId,
    /// The user who bought it.
    pub user_id: UserId,
    /// What they want to be called.
    pub name: Option<String>,
    /// Where the seat is.
    pub place: TicketPlace,
}
