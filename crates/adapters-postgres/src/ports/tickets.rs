use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;
use std::sync::Arc;

use async_trait::async_trait;
use seatline_domain::commands::{CheckInError, CheckInTicketCommand};
use seatline_domain::id::{PerformanceId, UserId};
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Tickets;
use seatline_domain::seat::SeatNumber;
use seatline_domain::seat::hall::Hall;
use seatline_domain::storage::StorageError;
use seatline_domain::ticket::{
    CheckIn, ListedTicket, Ticket, TicketCursor, TicketHolder, TicketId, TicketPlace, policy,
};

use crate::lane::submit;
use crate::postgres::Postgres;
use crate::tables::tickets::{FindTicket, FindTicketHolder, FindTicketsAfter, FindTicketsOfPerformance};
use crate::tables::{CorruptRow, integer};

impl Postgres {
    /// Puts the rows in which seats are into their places. A hall that cannot be read has none: whoever has a ticket there
    /// sees it all the same.
    async fn put_in_rows(
        &self,
        seats: impl Iterator<Item = (PerformanceId, SeatNumber, &mut TicketPlace)>,
    ) -> Result<(), StorageError> {
        let mut halls: HashMap<PerformanceId, Option<Arc<Hall>>> = HashMap::new();
        for (performance_id, seat, place) in seats {
            let hall = match halls.entry(performance_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(match self.halls.of(performance_id).await {
                    Err(StorageError::Corrupt(_)) => None,
                    hall => hall?,
                }),
            };
            if let Some(hall) = hall {
                *place = mem::replace(place, TicketPlace::in_section(String::new())).in_hall(hall, seat);
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Tickets for Postgres {
    async fn tickets(
        &self,
        user_id: UserId,
        page: PageRequest<TicketCursor>,
    ) -> Result<Page<Ticket, TicketCursor>, StorageError> {
        let limit = i64::from(page.limit.get()) + 1;
        let after = page.after;
        let statement = FindTicketsAfter {
            user_id: user_id.uuid(),
            after_start: after.map(|after| after.starts_at),
            after_reservation_id: after.map(|after| after.ticket_id.reservation_id.uuid()),
            after_seat: after.map_or(0, |after| integer(after.ticket_id.seat_number.get())),
            payments_looked_at: policy::PAYMENTS_LISTED_MAX.into(),
            // Of the payment of the cursor, no seat may be left.
            payments_limit: limit + 1,
            limit,
        };
        let rows = self.shares.browsing.load(statement).await?;
        let mut tickets = rows.into_iter().map(Ticket::try_from).collect::<Result<Vec<_>, CorruptRow>>()?;
        let seats = tickets.iter_mut().map(|one| (one.performance_id, one.id.seat_number, &mut one.place));
        self.put_in_rows(seats).await?;
        Ok(Page::from_surplus(tickets, page.limit, TicketCursor::of))
    }

    async fn ticket(&self, user_id: UserId, id: TicketId) -> Result<Option<Ticket>, StorageError> {
        let statement = FindTicket {
            user_id: user_id.uuid(),
            reservation_id: id.reservation_id.uuid(),
            seat_number: integer(id.seat_number.get()),
        };
        let mut found = self.shares.browsing.load_one(statement).await?.map(Ticket::try_from).transpose()?;
        let seats = found.iter_mut().map(|one| (one.performance_id, id.seat_number, &mut one.place));
        self.put_in_rows(seats).await?;
        Ok(found)
    }

    async fn tickets_of_performance(
        &self,
        performance_id: PerformanceId,
        page: PageRequest<SeatNumber>,
    ) -> Result<Page<ListedTicket, SeatNumber>, StorageError> {
        let statement = FindTicketsOfPerformance {
            performance_id: performance_id.uuid(),
            after_seat: page.after.map_or(0, |after| integer(after.get())),
            limit: i64::from(page.limit.get()) + 1,
        };
        let rows = self.shares.browsing.load(statement).await?;
        let mut tickets =
            rows.into_iter().map(ListedTicket::try_from).collect::<Result<Vec<_>, CorruptRow>>()?;
        let seats = tickets.iter_mut().map(|one| (performance_id, one.id.seat_number, &mut one.place));
        self.put_in_rows(seats).await?;
        Ok(Page::from_surplus(tickets, page.limit, |last| last.id.seat_number))
    }

    async fn holder(
        &self,
        performance_id: PerformanceId,
        id: TicketId,
    ) -> Result<Option<TicketHolder>, StorageError> {
        let statement = FindTicketHolder {
            performance_id: performance_id.uuid(),
            reservation_id: id.reservation_id.uuid(),
            seat_number: integer(id.seat_number.get()),
        };
        let mut found = self.shares.browsing.load_one(statement).await?.map(TicketHolder::from);
        let seats = found.iter_mut().map(|one| (performance_id, id.seat_number, &mut one.place));
        self.put_in_rows(seats).await?;
        Ok(found)
    }

    async fn check_in(&self, command: CheckInTicketCommand) -> Result<Answer<CheckIn>, CheckInError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }
}
