//! The list of a performance's tickets as CSV (RFC 4180), written while it is read.

use std::borrow::Cow;
use std::error::Error;

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Responder};
use chrono::SecondsFormat;
use csv::{Terminator, WriterBuilder};
use futures::{Stream, stream};
use seatline_application::operators::ListPerformanceTickets;
use seatline_domain::id::PerformanceId;
use seatline_domain::page::{Page, PageLimit, PageRequest};
use seatline_domain::seat::SeatNumber;
use seatline_domain::ticket::ListedTicket;

use crate::answer::streamed;
use crate::routes::tickets::TicketStateBody;

/// The names of the columns, which are those of the JSON.
const COLUMNS: [&str; 8] =
    ["ticketId", "seatNumber", "section", "row", "place", "name", "state", "checkedInAt"];

/// The list from its first page on. The next page is read when the one before has been sent: no more is in memory,
/// however long the list is.
pub(super) struct GateListCsv {
    tickets: ListPerformanceTickets,
    performance_id: PerformanceId,
    next: Option<Page<ListedTicket, SeatNumber>>,
    after: Option<SeatNumber>,
    is_begun: bool,
}

impl GateListCsv {
    pub(super) fn new(
        tickets: ListPerformanceTickets,
        performance_id: PerformanceId,
        first: Page<ListedTicket, SeatNumber>,
    ) -> Self {
        Self { tickets, performance_id, next: Some(first), after: None, is_begun: false }
    }

    /// The next rows, and the rest of the list; `None` at its end.
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, Box<dyn Error>> {
        let page = match (self.next.take(), self.after.take()) {
            (Some(first), _) => first,
            (None, Some(after)) => {
                let page = PageRequest { limit: PageLimit::largest(), after: Some(after) };
                self.tickets.execute(self.performance_id, page).await.inspect_err(|error| {
                    tracing::error!(%error, performance_id = %self.performance_id, "a list of tickets broke off");
                })?
            }
            (None, None) => return Ok(None),
        };
        let rows = rows(&page.items, !self.is_begun)?;
        Ok(Some((rows, Self { after: page.next, is_begun: true, ..self })))
    }

    fn rows(self) -> impl Stream<Item = Result<Bytes, Box<dyn Error>>> {
        stream::try_unfold(self, Self::step)
    }
}

impl Responder for GateListCsv {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        let file = format!("attachment; filename=\"tickets-{}.csv\"", self.performance_id);
        response
            .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
            .insert_header((header::CONTENT_DISPOSITION, file));
        streamed(request, &mut response, self.rows()).unwrap_or_else(HttpResponse::from_error)
    }
}

fn rows(tickets: &[ListedTicket], with_header: bool) -> Result<Bytes, Box<dyn Error>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    if with_header {
        writer.write_record(COLUMNS)?;
    }
    for ticket in tickets {
        let text = |text: &Option<String>| text.as_deref().map(|text| plain(text).into_owned());
        let at = ticket.checked_in_at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        writer.write_record([
            ticket.id.to_string(),
            ticket.id.seat_number.to_string(),
            plain(&ticket.place.section).into_owned(),
            text(&ticket.place.row).unwrap_or_default(),
            ticket.place.place.map(|place| place.to_string()).unwrap_or_default(),
            text(&ticket.name).unwrap_or_default(),
            TicketStateBody::from(ticket.state).as_str().to_owned(),
            at.unwrap_or_default(),
        ])?;
    }
    Ok(writer.into_inner()?.into())
}

/// A text that no spreadsheet takes for a formula: one that begins like a formula has a `'` before it.
fn plain(text: &str) -> Cow<'_, str> {
    const BEGIN_FORMULAS: [char; 11] =
        ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    if text.starts_with(BEGIN_FORMULAS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use csv::ReaderBuilder;
    use seatline_domain::ticket::{TicketId, TicketPlace, TicketState};

    use super::*;

    fn ticket(section: &str, name: Option<&str>) -> ListedTicket {
        ListedTicket {
            id: TicketId::parse("019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e.7").unwrap(),
            place: TicketPlace { section: section.into(), row: Some("-A".into()), place: Some(3) },
            name: name.map(str::to_owned),
            state: TicketState::Used,
            checked_in_at: Some("2026-12-24T18:30:00.25Z".parse().unwrap()),
        }
    }

    #[test]
    fn rows_are_written_as_the_standard_says() {
        let written = rows(&[ticket("Floor, \"left\"", None)], true).unwrap();
        assert_eq!(
            String::from_utf8(written.to_vec()).unwrap(),
            "ticketId,seatNumber,section,row,place,name,state,checkedInAt\r\n\
             019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e.7,7,\"Floor, \"\"left\"\"\",'-A,3,,USED,2026-12-24T18:30:00.250Z\r\n"
        );
        assert!(rows(&[], false).unwrap().is_empty());
    }

    #[test]
    fn no_cell_is_a_formula() {
        for begin in ["=", "+", "-", "@", "\t", "\r", "\n", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}"] {
            let text = format!("{begin}HYPERLINK(\"https://evil.example\",\"Ada\")");
            let written = rows(&[ticket(&text, Some(&text))], false).unwrap();
            let mut read = ReaderBuilder::new().has_headers(false).from_reader(&*written);
            let record = read.records().next().unwrap().unwrap();
            assert_eq!((&record[2], &record[5]), (&*format!("'{text}"), &*format!("'{text}")));
        }
        assert_eq!(plain("Ada = 1"), "Ada = 1");
    }
}
