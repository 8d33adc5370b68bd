//! The list of a performance's tickets, for gates that must do without a network.

use actix_web::body::BoxBody;
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse, Responder};
use chrono::{DateTime, Utc};
use seatline_application::operators::PerformanceTicketsError;
use seatline_domain::id::PerformanceId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::seat::SeatNumber;
use seatline_domain::ticket::ListedTicket;
use serde::Serialize;
use utoipa::ToSchema;

use super::gate_list_csv::GateListCsv;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{ListFormat, Operator, Page, Path};
use crate::problem::{Code, Problem};
use crate::routes::tickets::TicketStateBody;
use crate::state::State;
use crate::wire::{List, PageBody};

type ListedTicketPage = PageBody<ListedTicketBody>;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(list_performance_tickets).errors(&[Code::PerformanceNotFound, Code::Unavailable]).produces(&[
        "application/json",
        "application/problem+json",
        ListFormat::CSV,
    ])
}

/// List the tickets of a performance
///
/// One for each seat that is sold, by seat number. A ticket that was refunded is not on the list: whoever is not on it is
/// not let in. With `Accept: text/csv` all of them come at once, whatever `limit` and `cursor` are, as they stand while
/// they are written. A text that a spreadsheet would take for a formula has a `'` before it there.
#[utoipa::path(
    get, path = "/api/v1/admin/performances/{performanceId}/tickets", operation_id = "listPerformanceTickets",
    tag = "Operators",
    responses((status = 200, description = "One page of them, or all of them as CSV (RFC 4180).",
               content((ListedTicketPage = "application/json"), (String = "text/csv")),
               headers(("Content-Disposition")))),
)]
async fn list_performance_tickets(
    _: Operator,
    performance: Path<PerformanceId>,
    format: ListFormat,
    page: Page,
    app: State,
) -> Result<GateList, Problem> {
    let tickets = &app.seatline.list_performance_tickets;
    let list = List::named("performance tickets").of_performance(performance.0);
    let page: PageRequest<SeatNumber> = page.of(&list)?;
    match format {
        ListFormat::Json => {
            let page = tickets.execute(performance.0, page).await?;
            Ok(GateList::Page(PageBody::render(page, &list, ListedTicketBody::from)))
        }
        ListFormat::Csv => {
            let first = PageRequest { limit: PageLimit::largest(), after: None };
            let first = tickets.execute(performance.0, first).await?;
            Ok(GateList::Whole(GateListCsv::new(tickets.clone(), performance.0, first)))
        }
    }
}

enum GateList {
    Page(ListedTicketPage),
    Whole(GateListCsv),
}

impl Responder for GateList {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Page(page) => Json(page).respond_to(request).map_into_boxed_body(),
            Self::Whole(csv) => csv.respond_to(request),
        }
    }
}

impl From<PerformanceTicketsError> for Problem {
    fn from(error: PerformanceTicketsError) -> Self {
        match error {
            PerformanceTicketsError::NotFound => Self::new(Code::PerformanceNotFound),
            PerformanceTicketsError::Storage(error) => error.into(),
        }
    }
}

/// A ticket on the list of a gate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedTicket)]
#[serde(rename_all = "camelCase")]
struct ListedTicketBody {
    /// The ticket's id.
    #[schema(example = "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e.7")]
    ticket_id: String,
    /// The seat's number.
    #[schema(minimum = 1, maximum = 1_000_000, example = 7)]
    seat_number: u32,
    /// The seat's section.
    #[schema(example = "Floor")]
    section: String,
    /// The label of the seat's row; null where the hall has none.
    #[schema(required, example = "A")]
    row: Option<String>,
    /// The seat's place in its row, from 1; null where the hall has no rows.
    #[schema(required, minimum = 1, example = 7)]
    place: Option<u32>,
    /// What its user wants to be called by.
    #[schema(required, example = "Ada")]
    name: Option<String>,
    /// Its state.
    state: TicketStateBody,
    /// The instant at which it was used; null when it was not.
    #[schema(required)]
    checked_in_at: Option<DateTime<Utc>>,
}

impl From<ListedTicket> for ListedTicketBody {
    fn from(ticket: ListedTicket) -> Self {
        Self {
            ticket_id: ticket.id.to_string(),
            seat_number: ticket.id.seat_number.get(),
            section: ticket.place.section,
            row: ticket.place.row,
            place: ticket.place.place,
            name: ticket.name,
            state: ticket.state.into(),
            checked_in_at: ticket.checked_in_at,
        }
    }
}
