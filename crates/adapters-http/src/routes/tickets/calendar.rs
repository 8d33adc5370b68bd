//! A ticket as an event of a calendar (RFC 5545).

use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use seatline_domain::ticket::{Ticket, TicketState};

/// The calendar with the one event of a ticket. It has no end: nobody knows how long a concert lasts.
pub(super) fn event(ticket: &Ticket) -> String {
    let status = match ticket.state {
        TicketState::Valid | TicketState::Used => EventStatus::Confirmed,
        TicketState::Void => EventStatus::Cancelled,
    };
    let event = Event::new()
        .uid(&format!("{}@tickets.seatline", ticket.id))
        .timestamp(ticket.as_of)
        .starts(ticket.starts_at)
        .summary(&ticket.title)
        .location(&ticket.venue)
        .description(&seat(ticket))
        .status(status)
        .done();
    Calendar::empty()
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Seatline//Tickets//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .push(event)
        .done()
        .to_string()
}

/// Where the seat is, in words.
fn seat(ticket: &Ticket) -> String {
    let (section, number) = (&ticket.place.section, ticket.id.seat_number);
    match (&ticket.place.row, ticket.place.place) {
        (Some(row), Some(place)) => format!("{section}, row {row}, place {place} (seat {number})"),
        _ => format!("{section}, seat {number}"),
    }
}
