use async_trait::async_trait;
use seatline_domain::Timestamp;
use seatline_domain::commands::{CheckInError, CheckInTicketCommand};
use seatline_domain::id::{PaymentId, PerformanceId, UserId};
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Tickets;
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::{SeatKey, SeatNumber, SeatState};
use seatline_domain::storage::StorageError;
use seatline_domain::ticket::{
    CheckIn, ListedTicket, Ticket, TicketCursor, TicketHolder, TicketId, TicketPlace, TicketStanding, policy,
};

use super::paging::page_of;
use super::{InMemory, State};

#[async_trait]
impl Tickets for InMemory {
    async fn tickets(
        &self,
        user_id: UserId,
        page: PageRequest<TicketCursor>,
    ) -> Result<Page<Ticket, TicketCursor>, StorageError> {
        let (state, now) = (self.state(), self.now());
        let newest = state.payments_of(user_id).into_iter().take(policy::PAYMENTS_LISTED_MAX.into());
        let mut placed: Vec<_> = newest
            .flat_map(|payment| {
                let paid = state.set.reservations.get(payment.reservation_id).unwrap();
                state.tickets_of(paid, payment.id, now)
            })
            .map(|ticket| (state.place_of(TicketCursor::of(&ticket)), ticket))
            .collect();
        placed.sort_by_key(|(place, _)| *place);
        let after = page.after.map(|after| state.place_of(after));
        let rest = placed.into_iter().filter(|(place, _)| after.is_none_or(|after| *place > after));
        let surplus = rest.map(|(_, ticket)| ticket).take(usize::from(page.limit.get()) + 1).collect();
        Ok(Page::from_surplus(surplus, page.limit, TicketCursor::of))
    }

    async fn ticket(&self, user_id: UserId, id: TicketId) -> Result<Option<Ticket>, StorageError> {
        let (state, now) = (self.state(), self.now());
        let Some(reservation) = state.set.reservations.of_user(id.reservation_id, user_id) else {
            return Ok(None);
        };
        let (ReservationState::Paid { payment_id, .. } | ReservationState::Refunded { payment_id, .. }) =
            reservation.state
        else {
            return Ok(None);
        };
        Ok(state.tickets_of(reservation, payment_id, now).into_iter().find(|ticket| ticket.id == id))
    }

    async fn tickets_of_performance(
        &self,
        performance_id: PerformanceId,
        page: PageRequest<SeatNumber>,
    ) -> Result<Page<ListedTicket, SeatNumber>, StorageError> {
        let state = self.state();
        let sold = state.seats_of(performance_id).filter_map(|seat| {
            let SeatState::Sold { reservation_id, user_id } = seat.state else { return None };
            let id = TicketId { reservation_id, seat_number: seat.key.number };
            let checked_in_at = state.checked_in_at(performance_id, id);
            Some(ListedTicket {
                id,
                place: state.seat_place(performance_id, seat.key.number, seat.section.to_string()),
                name: state.name_of(user_id),
                state: state.standing(performance_id, id).state(),
                checked_in_at,
            })
        });
        Ok(page_of(sold.collect::<Vec<_>>(), page, |ticket| ticket.id.seat_number))
    }

    async fn holder(
        &self,
        performance_id: PerformanceId,
        id: TicketId,
    ) -> Result<Option<TicketHolder>, StorageError> {
        let state = self.state();
        let reservation = state.set.reservations.get(id.reservation_id);
        let reservation = reservation.filter(|one| one.performance_id == performance_id);
        Ok(reservation.and_then(|reservation| {
            let seat = reservation.seats.iter().find(|seat| seat.number == id.seat_number)?;
            Some(TicketHolder {
                concert_id: reservation.concert_id,
                user_id: reservation.user_id,
                name: state.name_of(reservation.user_id),
                place: state.seat_place(performance_id, id.seat_number, seat.section.clone()),
            })
        }))
    }

    async fn check_in(&self, command: CheckInTicketCommand) -> Result<Answer<CheckIn>, CheckInError> {
        self.decide(&command)
    }
}

impl State {
    /// How many tickets of a performance were checked in.
    pub(super) fn check_ins_of(&self, performance_id: PerformanceId) -> u32 {
        let of_performance = self.set.check_ins.iter().filter(|((id, _), _)| *id == performance_id);
        of_performance.count().try_into().unwrap()
    }

    /// A place in the list of a user's tickets, as it is compared.
    fn place_of(&self, cursor: TicketCursor) -> impl Ord + Copy + use<> {
        let TicketId { reservation_id, seat_number } = cursor.ticket_id;
        let paid = self.set.reservations.get(reservation_id).unwrap();
        let added = self.performances.iter().position(|id| *id == paid.performance_id);
        let payment = self.set.payments.get(&reservation_id).unwrap();
        (cursor.starts_at, added, payment.paid_at, payment.id, seat_number)
    }

    fn name_of(&self, user_id: UserId) -> Option<String> {
        let account = self.set.accounts.iter().find(|account| account.user.id == user_id)?;
        account.user.name.as_ref().map(|name| name.as_str().to_owned())
    }

    /// Where a seat is in the hall of its performance.
    fn seat_place(&self, performance_id: PerformanceId, number: SeatNumber, section: String) -> TicketPlace {
        TicketPlace::in_section(section).in_hall(self.halls.get(&performance_id).unwrap(), number)
    }

    fn checked_in_at(&self, performance_id: PerformanceId, id: TicketId) -> Option<Timestamp> {
        self.set.check_ins.get(&(performance_id, id)).map(|check_in| check_in.at)
    }

    fn standing(&self, performance_id: PerformanceId, id: TicketId) -> TicketStanding {
        let seat = self.set.seats.get(&SeatKey { performance_id, number: id.seat_number }).unwrap();
        TicketStanding {
            is_sold: matches!(seat.state, SeatState::Sold { reservation_id, .. } if reservation_id == id.reservation_id),
            is_cancelled: self.set.performances.get(&performance_id).unwrap().is_cancelled(),
            is_checked_in: self.checked_in_at(performance_id, id).is_some(),
        }
    }

    /// The tickets of a reservation that was paid.
    fn tickets_of(&self, paid: &Reservation, payment_id: PaymentId, now: Timestamp) -> Vec<Ticket> {
        let concert = self.concert(paid.concert_id).unwrap();
        let performance = self.set.performances.get(&paid.performance_id).unwrap();
        let ticket = |seat: &seatline_domain::reservation::ReservedSeat| {
            let id = TicketId { reservation_id: paid.id, seat_number: seat.number };
            Ticket {
                id,
                payment_id,
                concert_id: concert.id,
                title: concert.title.as_str().to_owned(),
                venue: concert.venue.as_str().to_owned(),
                performance_id: performance.id,
                starts_at: performance.starts_at,
                place: self.seat_place(performance.id, seat.number, seat.section.clone()),
                state: self.standing(performance.id, id).state(),
                checked_in_at: self.checked_in_at(performance.id, id),
                as_of: now,
            }
        };
        paid.seats.iter().map(ticket).collect()
    }
}
