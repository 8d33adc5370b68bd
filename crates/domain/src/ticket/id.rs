use std::fmt;

use uuid::Uuid;

use crate::id::ReservationId;
use crate::seat::SeatNumber;

/// A ticket's id: the reservation and the number of the seat, as `{reservationId}.{seatNumber}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// The number of the seat.
    pub seat_number: SeatNumber,
}

impl TicketId {
    /// No id is longer: a UUID, a full stop and the highest number.
    pub const LENGTH_MAX: usize = 36 + 1 + 7;

    /// Reads an id exactly as it is shown, and in no other form.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > Self::LENGTH_MAX {
            return None;
        }
        let (reservation, seat) = text.split_once('.')?;
        let id = Self {
            reservation_id: ReservationId::new(Uuid::try_parse(reservation).ok()?),
            seat_number: SeatNumber::parse(seat.parse().ok()?).ok()?,
        };
        (id.to_string() == text).then_some(id)
    }
}

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.reservation_id, self.seat_number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_shown_and_in_no_other_form() {
        let reservation = "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e";
        for good in [format!("{reservation}.1"), format!("{reservation}.1000000")] {
            assert_eq!(TicketId::parse(&good).unwrap().to_string(), good);
        }
        for bad in [
            String::new(),
            reservation.to_owned(),
            format!("{reservation}."),
            format!("{reservation}.0"),
            format!("{reservation}.01"),
            format!("{reservation}.+1"),
            format!("{reservation}.-1"),
            format!("{reservation}. 1"),
            format!("{reservation}.1.2"),
            format!("{reservation}.1000001"),
            format!("{reservation}.99999999999999999999"),
            format!("{}.1", reservation.to_uppercase()),
            format!("{}.1", reservation.replace('-', "")),
            format!("{{{reservation}}}.1"),
            format!("urn:uuid:{reservation}.1"),
        ] {
            assert_eq!(TicketId::parse(&bad), None, "{bad}");
        }
    }
}
