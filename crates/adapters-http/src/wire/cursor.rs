use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use seatline_domain::concert::PerformanceCursor;
use seatline_domain::id::{ConcertId, PaymentId, PerformanceId, ReservationId, UserId, WebhookId};
use seatline_domain::seat::SeatNumber;
use seatline_domain::ticket::{TicketCursor, TicketId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A place in a list, as bytes in a cursor.
pub(crate) trait Cursor: Sized {
    /// The bytes.
    fn write(&self) -> Vec<u8>;

    /// Reads what [`Self::write`] wrote.
    fn read(bytes: &[u8]) -> Option<Self>;
}

macro_rules! id_cursors {
    ($($id:ident)*) => { $(
        impl Cursor for $id {
            fn write(&self) -> Vec<u8> {
                self.uuid().as_bytes().to_vec()
            }

            fn read(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self::new)
            }
        }
    )* };
}

id_cursors! { ConcertId ReservationId PaymentId }

impl Cursor for i64 {
    fn write(&self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }
}

impl Cursor for u64 {
    fn write(&self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }
}

impl Cursor for PerformanceCursor {
    fn write(&self) -> Vec<u8> {
        [self.starts_at.timestamp_micros().write(), self.id.uuid().as_bytes().to_vec()].concat()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (starts_at, id) = bytes.split_first_chunk::<8>()?;
        let starts_at = DateTime::from_timestamp_micros(i64::from_be_bytes(*starts_at))?;
        Some(Self { starts_at, id: PerformanceId::new(Uuid::from_slice(id).ok()?) })
    }
}

impl Cursor for SeatNumber {
    fn write(&self) -> Vec<u8> {
        self.get().to_be_bytes().to_vec()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::parse(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
    }
}

impl Cursor for TicketCursor {
    fn write(&self) -> Vec<u8> {
        let TicketId { reservation_id, seat_number } = self.ticket_id;
        let starts_at = self.starts_at.timestamp_micros().write();
        [starts_at, reservation_id.uuid().as_bytes().to_vec(), seat_number.write()].concat()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (starts_at, ticket) = bytes.split_first_chunk::<8>()?;
        let (reservation_id, seat_number) = ticket.split_first_chunk::<16>()?;
        Some(Self {
            starts_at: DateTime::from_timestamp_micros(i64::from_be_bytes(*starts_at))?,
            ticket_id: TicketId {
                reservation_id: ReservationId::new(Uuid::from_bytes(*reservation_id)),
                seat_number: SeatNumber::read(seat_number)?,
            },
        })
    }
}

/// A list, with everything that makes it another list than others: whose it is, of what, and what it is filtered by. Gives
/// out cursors, and takes back only those that it gave out.
///
/// A cursor ends in a digest of the list and the place. It keeps clients from mixing up lists, not from making places up:
/// whoever computes one learns nothing that the list would not tell them. So there is no key, and every instance and
/// every version takes the cursors of the others.
#[derive(Clone)]
pub(crate) struct List(Sha256);

impl List {
    const DIGEST: usize = 12;

    /// The list of this name.
    pub(crate) fn named(name: &str) -> Self {
        Self(Sha256::new()).of(b"seatline list 1").of(name.as_bytes())
    }

    /// The part of it that belongs to something, or the same list filtered.
    fn of(mut self, what: &[u8]) -> Self {
        // Lengths keep what follows each other apart.
        self.0.update(u64::try_from(what.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(what);
        self
    }

    /// A user's own.
    pub(crate) fn of_user(self, user_id: UserId) -> Self {
        self.of(user_id.uuid().as_bytes())
    }

    /// A concert's.
    pub(crate) fn of_concert(self, concert_id: ConcertId) -> Self {
        self.of(concert_id.uuid().as_bytes())
    }

    /// A webhook's.
    pub(crate) fn of_webhook(self, webhook_id: WebhookId) -> Self {
        self.of(webhook_id.uuid().as_bytes())
    }

    /// A performance's.
    pub(crate) fn of_performance(self, performance_id: PerformanceId) -> Self {
        self.of(performance_id.uuid().as_bytes())
    }

    /// What a filter keeps of it. One that is not given keeps everything.
    pub(crate) fn filtered(self, filter: Option<impl ToString>) -> Self {
        match filter {
            None => self.of(b""),
            Some(filter) => self.of(filter.to_string().as_bytes()),
        }
    }

    /// The cursor of a place.
    pub(crate) fn give(&self, place: &impl Cursor) -> String {
        let place = place.write();
        URL_SAFE_NO_PAD.encode([place.as_slice(), &self.digest(&place)].concat())
    }

    /// The place of a cursor; `None` when this list did not give it out.
    pub(crate) fn take<C: Cursor>(&self, cursor: &str) -> Option<C> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (place, digest) = bytes.split_at_checked(bytes.len().checked_sub(Self::DIGEST)?)?;
        (self.digest(place) == digest).then(|| C::read(place)).flatten()
    }

    fn digest(&self, place: &[u8]) -> [u8; Self::DIGEST] {
        let whole: [u8; 32] = self.clone().of(place).0.finalize().into();
        whole.first_chunk().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatline_domain::samples;

    fn performances(date: Option<&str>, bookable: Option<bool>) -> List {
        List::named("performances").of_concert(samples::concert_id()).filtered(date).filtered(bookable)
    }

    #[test]
    fn a_list_takes_the_cursors_that_it_gave_out() {
        let list = performances(None, Some(true));
        let place = PerformanceCursor::of(&samples::performance());
        assert_eq!(list.take(&list.give(&place)), Some(place));
        assert_eq!(list.take(&list.give(&samples::concert_id())), Some(samples::concert_id()));
        for number in [0, 1, i64::MAX] {
            assert_eq!(list.take(&list.give(&number)), Some(number));
        }
    }

    #[test]
    fn and_no_others() {
        let place = PerformanceCursor::of(&samples::performance());
        let lists = [
            performances(None, None),
            performances(None, Some(true)),
            performances(None, Some(false)),
            performances(Some("true"), None),
            performances(Some("2026-12-24"), None),
            List::named("performances").of_concert(ConcertId::new(Uuid::nil())).filtered(None::<&str>),
            List::named("performances").of_user(samples::user_id()),
            List::named("sales").of_concert(samples::concert_id()),
        ];
        for (index, list) in lists.iter().enumerate() {
            for (other, given) in lists.iter().enumerate() {
                let taken = list.take::<PerformanceCursor>(&given.give(&place));
                assert_eq!(taken.is_some(), index == other, "{other} at {index}");
            }
        }
        let [list, ..] = lists;
        let given = list.give(&place);
        let (cut, longer, id) =
            (given.get(1..).unwrap(), format!("{given}AA"), samples::concert_id().to_string());
        for never in [cut, &longer, &id, "", "A", "7", "-1", "\u{0}", "é"] {
            assert_eq!(list.take::<PerformanceCursor>(never), None, "{never}");
        }
        assert_eq!(list.take::<ConcertId>(&given), None, "it is a place of another kind");
    }
}
