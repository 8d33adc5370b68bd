use seatline_application::queue::QueueError;
use seatline_domain::id::ConcertId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::point::Amount;
use seatline_domain::queue::{RoomFigures, RoomStatus};
use seatline_domain::seat::SalesOfPerformance;
use serde::Serialize;

use crate::refusal::Refusal;
use crate::visit::Visit;
use crate::words::Words;

/// How the sale of a concert is going, over its performances.
pub(super) struct SaleFigures {
    pub(super) room: RoomFigures,
    pub(super) performances: Vec<SalesOfPerformance>,
    sums: Sums,
}

struct Sums {
    available: u64,
    held: u64,
    sold: u64,
    blocked: u64,
    checked_in: u64,
    revenue: Amount,
    refunded: Amount,
}

/// The figures as they are shown, by their names, and those that are drawn.
#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) waiting: String,
    pub(super) active: String,
    pub(super) available: String,
    pub(super) held: String,
    pub(super) sold: String,
    pub(super) blocked: String,
    pub(super) refunded: String,
    pub(super) revenue: String,
    #[serde(rename = "checkedIn")]
    pub(super) checked_in: String,
    pub(super) state: String,
    /// What is drawn: waiting, active, sold, and how many were admitted ever.
    pub(super) drawn: [u64; 4],
}

impl SaleFigures {
    /// Pages of performances that are read at most.
    const PAGES_MAX: usize = 10;

    pub(super) async fn of(visit: &Visit, concert: ConcertId) -> Result<Self, Refusal> {
        let (mut performances, mut after, mut room) = (Vec::new(), None, None);
        for _ in 0..Self::PAGES_MAX {
            let page = PageRequest { limit: PageLimit::largest(), after };
            let sales = visit.seatline().show_sales.execute(concert, page).await?;
            room = Some(sales.queue);
            performances.extend(sales.performances.items);
            after = sales.performances.next;
            if after.is_none() {
                break;
            }
        }
        let room = room.ok_or(Refusal::NotFound)?;
        let seats =
            |of: fn(&SalesOfPerformance) -> u32| performances.iter().map(|one| u64::from(of(one))).sum();
        let sums = Sums {
            available: seats(|one| one.available),
            held: seats(|one| one.held),
            sold: seats(|one| one.sold),
            blocked: seats(|one| one.blocked),
            checked_in: seats(|one| one.checked_in),
            revenue: performances.iter().map(|one| one.revenue).sum(),
            refunded: performances.iter().map(|one| one.refunded).sum(),
        };
        Ok(Self { room, performances, sums })
    }

    pub(super) fn is_open(&self) -> bool {
        self.room.status == RoomStatus::Open
    }

    pub(super) fn shown(&self, words: Words) -> Shown {
        let Self { room, sums, .. } = self;
        Shown {
            waiting: count(words, room.waiting),
            active: words.with(
                "of-capacity",
                [("count", room.active.into()), ("capacity", room.settings.capacity.get().into())],
            ),
            available: count(words, sums.available),
            held: count(words, sums.held),
            sold: count(words, sums.sold),
            blocked: count(words, sums.blocked),
            refunded: words.points(sums.refunded),
            revenue: words.points(sums.revenue),
            checked_in: count(words, sums.checked_in),
            state: words.text(if self.is_open() { "room-open" } else { "room-paused" }).into_owned(),
            drawn: [room.waiting, room.active, sums.sold, room.now_serving],
        }
    }
}

/// A number with its thousands set apart.
pub(super) fn count(words: Words, number: u64) -> String {
    words.with("number", [("count", number.into())])
}

impl From<QueueError> for Refusal {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::ConcertNotFound => Self::NotFound,
            QueueError::Storage(error) => error.into(),
        }
    }
}
