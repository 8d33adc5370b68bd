//! What the path names.

use chrono::NaiveDate;
use seatline_domain::id::{ConcertId, PaymentId, PerformanceId, ReservationId};
use uuid::Uuid;

use super::Call;
use crate::problem::Problem;
use crate::wire::{parse_date, parse_uuid};

/// An id that stands in paths.
pub(crate) trait PathId: From<PathUuid> {
    /// How paths call it.
    const NAME: &'static str;
}

/// The UUID at an id's place in a path.
pub(crate) struct PathUuid(Uuid);

macro_rules! path_ids {
    ($($id:ident $name:literal)*) => { $(
        impl PathId for $id {
            const NAME: &'static str = $name;
        }

        impl From<PathUuid> for $id {
            fn from(uuid: PathUuid) -> Self {
                Self::new(uuid.0)
            }
        }
    )* };
}

path_ids! {
    ConcertId "concertId"
    PerformanceId "performanceId"
    ReservationId "reservationId"
    PaymentId "paymentId"
}

impl Call {
    /// The id in the path.
    ///
    /// # Errors
    /// 400 when it is not a UUID.
    pub(crate) fn path_id<I: PathId>(&self) -> Result<I, Problem> {
        let uuid = self.request.match_info().get(I::NAME).and_then(parse_uuid);
        uuid.map(|uuid| PathUuid(uuid).into())
            .ok_or_else(|| Problem::malformed("An id in the path is not a UUID of 36 characters."))
    }

    /// The date in the path.
    ///
    /// # Errors
    /// 400 when it is not a date.
    pub(crate) fn path_date(&self) -> Result<NaiveDate, Problem> {
        let date = self.request.match_info().get("date").and_then(parse_date);
        date.ok_or_else(|| Problem::malformed("The date in the path is not a date of the form YYYY-MM-DD."))
    }
}
