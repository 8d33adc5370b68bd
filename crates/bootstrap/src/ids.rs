use seatline_domain::ports::Ids;
use uuid::Uuid;

/// New ids from the clock and the operating system's random numbers.
pub(crate) struct TimeOrderedIds;

impl Ids for TimeOrderedIds {
    #[expect(clippy::disallowed_methods, reason = "the one home of new ids")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
