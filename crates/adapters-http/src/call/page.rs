//! Which page of a list.

use seatline_domain::id::{ConcertId, PaymentId, PerformanceId, ReservationId};
use seatline_domain::page::{PageLimit, PageRequest};

use super::Call;
use crate::problem::Problem;
use crate::wire::parse_uuid;

/// What a list's cursor is made of. Clients see an opaque text.
pub(crate) trait Cursor: Sized {
    /// Reads one that [`PageBody`](crate::wire::PageBody) wrote.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! id_cursors {
    ($($id:ident)*) => { $(
        impl Cursor for $id {
            fn read(text: &str) -> Option<Self> {
                parse_uuid(text).map(Self::new)
            }
        }
    )* };
}

id_cursors! { ConcertId PerformanceId ReservationId PaymentId }

impl Cursor for i64 {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Cursor for u64 {
    /// Databases count in signed numbers; what is beyond them was never given out.
    fn read(text: &str) -> Option<Self> {
        i64::read(text).and_then(|number| Self::try_from(number).ok())
    }
}

impl Call {
    /// The page that `limit` and `cursor` ask for.
    ///
    /// # Errors
    /// 400 when one cannot be read, 422 when the limit is not 1 to 100.
    pub(crate) fn page<C: Cursor>(&self) -> Result<PageRequest<C>, Problem> {
        let limit = self.query("limit").map(parse_limit).transpose()?.unwrap_or_default();
        let unknown = || Problem::malformed("The cursor is not one that this list gave out.");
        let after = self.query("cursor").map(|text| C::read(text).ok_or_else(unknown)).transpose()?;
        Ok(PageRequest { limit, after })
    }
}

fn parse_limit(text: &str) -> Result<PageLimit, Problem> {
    let number: i64 = text.parse().map_err(|_| Problem::malformed("The limit is not a whole number."))?;
    u16::try_from(number)
        .ok()
        .and_then(|number| PageLimit::parse(number).ok())
        .ok_or_else(|| Problem::invalid("limit", format!("The limit must be 1 to {}.", PageLimit::MAX)))
}
