use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;

use crate::concert::{Concert, Performance, PerformanceAvailability, PerformanceCursor, PerformanceFilter};
use crate::id::{ConcertId, PerformanceId};
use crate::page::{Page, PageRequest};
use crate::seat::SalesOfPerformance;
use crate::seat::hall::Hall;
use crate::storage::StorageError;

/// Reads the programme.
///
/// Lists are for looking at: they may be told as they were a second ago, or as long ago as the reading takes, but never as
/// they were before a change that was made through this adapter.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Programme: Send + Sync {
    /// Concerts in the order in which they were added, by the database. One that is added later comes later, whichever
    /// instance adds it: whoever pages on misses none.
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<Concert, ConcertId>, StorageError>;

    /// One concert, `None` when there is no such one. It may be as it was up to two seconds ago: it is shown, and nothing
    /// is decided by it.
    async fn concert(&self, id: ConcertId) -> Result<Option<Concert>, StorageError>;

    /// One performance, `None` when there is no such one. It may be as it was up to two seconds ago: it is shown, and
    /// nothing is decided by it but what never changes, such as its concert.
    async fn performance(&self, id: PerformanceId) -> Result<Option<Performance>, StorageError>;

    /// One performance as lists tell it, with the number of its free seats; `None` when there is no such one.
    async fn listed(&self, id: PerformanceId) -> Result<Option<PerformanceAvailability>, StorageError>;

    /// The performances of a concert that the filter keeps, by start, those that start together in the order in which
    /// they were added. An expired hold leaves its seats free, whether or not that was written yet. Empty when there is
    /// no such concert.
    ///
    /// A page may be shorter than asked for: at most [`MAX_SEATS_COUNTED`](crate::concert::policy::MAX_SEATS_COUNTED)
    /// seats are counted for it.
    async fn performances(
        &self,
        concert_id: ConcertId,
        filter: PerformanceFilter,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Page<PerformanceAvailability, PerformanceCursor>, StorageError>;

    /// The performances on one of a concert's dates, by start, as they are now. Empty when there is none.
    async fn performances_on(
        &self,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<Vec<Performance>, StorageError>;

    /// Performances with the numbers of their free seats, as they are now, in the order given. Costs the more the more
    /// seats they have.
    async fn availability(
        &self,
        performances: Vec<Performance>,
    ) -> Result<Vec<PerformanceAvailability>, StorageError>;

    /// The hall of a performance, `None` when there is no such performance. It never changes. Of a performance that was
    /// added before halls were stored, it is the one that [`Hall::plan`] chooses for its sections.
    async fn hall(&self, id: PerformanceId) -> Result<Option<Arc<Hall>>, StorageError>;

    /// What was sold of one performance until now, `None` when there is no such performance.
    async fn sales_of(&self, id: PerformanceId) -> Result<Option<SalesOfPerformance>, StorageError>;

    /// What was sold of each performance of a concert until now, in the order and with the bounds of [`performances`].
    ///
    /// [`performances`]: Self::performances
    async fn sales(
        &self,
        concert_id: ConcertId,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Page<SalesOfPerformance, PerformanceCursor>, StorageError>;
}
