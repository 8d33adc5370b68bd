//! A ticket as an event of a calendar (RFC 5545).

use icalendar::{Calendar, Component, Event, EventLike};
use seatline_domain::ticket::Ticket;

/// The calendar with the one event of a ticket. It has no end: nobody knows how long a concert lasts.
pub(super) fn entry(ticket: &Ticket, place: &str) -> String {
    let event = Event::new()
        .uid(&format!("{}@tickets.seatline", ticket.id))
        .timestamp(ticket.as_of)
        .starts(ticket.starts_at)
        .summary(&ticket.title)
        .location(&ticket.venue)
        .description(place)
        .done();
    Calendar::empty()
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Seatline//Pages//EN"))
        .push(event)
        .done()
        .to_string()
}
