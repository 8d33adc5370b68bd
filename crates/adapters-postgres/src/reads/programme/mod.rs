//! The programme, as it is read by many at once.
//!
//! What decides is read after it was asked for, with the connections of those who book. What is only looked at is
//! [remembered for a second](Recent), and read with the connections of the public; but for single concerts and performances,
//! which those who book ask for too.

mod by_id;
mod free_seats;
mod pages;

pub(crate) use free_seats::{FreeSeatsByPerformance, PerformanceOfSeats};
pub(crate) use pages::{Listed, PlaceOfPerformances};

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use seatline_domain::concert::{Concert, Performance, PerformanceCursor};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::storage::StorageError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::by_id::{ConcertsById, PerformancesByDate, PerformancesById};
use self::pages::{ConcertsAfter, PerformancesAfter};
use super::Recent;
use crate::changes::Changes;
use crate::lane::Reader;
use crate::metrics::LaneMetrics;
use crate::pool::Shares;
use crate::tables::seat_counts::FreeSeats;

/// Reads the programme.
pub(crate) struct ProgrammeReads {
    concerts_by_id: Recent<ConcertsById>,
    performances_by_id: Recent<PerformancesById>,
    performances_by_date: Reader<PerformancesByDate>,
    concert_pages: Recent<ConcertsAfter>,
    performance_pages: Recent<PerformancesAfter>,
    recent_free_seats: Recent<FreeSeatsByPerformance>,
}

impl ProgrammeReads {
    pub(crate) fn start(
        tasks: &TaskTracker,
        closing: &CancellationToken,
        shares: &Shares,
        changes: &Arc<Changes>,
    ) -> Self {
        let (booking, public) = (|| shares.booking.clone(), || shares.public.clone());
        let [programme, free_seats, listed] =
            [LaneMetrics::PROGRAMME, LaneMetrics::FREE_SEATS, LaneMetrics::LISTS].map(LaneMetrics::of);
        Self {
            concerts_by_id: Recent::start(
                tasks,
                closing,
                programme.clone(),
                changes.clone(),
                ConcertsById { pool: booking() },
            ),
            performances_by_id: Recent::start(
                tasks,
                closing,
                programme.clone(),
                changes.clone(),
                PerformancesById { pool: booking() },
            ),
            performances_by_date: Reader::start(
                tasks,
                closing,
                programme,
                PerformancesByDate { pool: booking() },
            ),
            concert_pages: Recent::start(
                tasks,
                closing,
                listed.clone(),
                changes.clone(),
                ConcertsAfter { pool: public() },
            ),
            performance_pages: Recent::start(
                tasks,
                closing,
                listed,
                changes.clone(),
                PerformancesAfter { pool: public() },
            ),
            recent_free_seats: Recent::start(
                tasks,
                closing,
                free_seats,
                changes.clone(),
                FreeSeatsByPerformance { pool: public() },
            ),
        }
    }

    /// One concert, as of a second ago at most.
    pub(crate) async fn concert(&self, id: ConcertId) -> Result<Option<Concert>, StorageError> {
        self.concerts_by_id.get(id).await?.transpose()
    }

    /// One performance, as of a second ago at most.
    pub(crate) async fn performance(&self, id: PerformanceId) -> Result<Option<Performance>, StorageError> {
        self.performances_by_id.get(id).await?.transpose()
    }

    /// The performances on a date of a concert, by start.
    pub(crate) async fn performances_on(
        &self,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<Vec<Performance>, StorageError> {
        let found = self.performances_by_date.get((concert_id, date)).await?;
        Ok(found.map(Arc::unwrap_or_clone).unwrap_or_default())
    }

    /// The concerts after a place in their list, as of a second ago at most.
    pub(crate) async fn concerts_after(
        &self,
        place: Option<ConcertId>,
    ) -> Result<Listed<ConcertId, Concert>, StorageError> {
        Ok(self.concert_pages.get(place).await?.unwrap_or_default())
    }

    /// The performances after a place in a list, as of a second ago at most.
    pub(crate) async fn performances_after(
        &self,
        place: PlaceOfPerformances,
    ) -> Result<Listed<PerformanceCursor, Performance>, StorageError> {
        Ok(self.performance_pages.get(place).await?.unwrap_or_default())
    }

    /// How many seats were free, a second ago at most.
    pub(crate) async fn recent_free_seats(
        &self,
        performances: &[Performance],
    ) -> Result<HashMap<PerformanceOfSeats, FreeSeats>, StorageError> {
        self.recent_free_seats.get_all(performances.iter().map(PerformanceOfSeats::of)).await
    }

    /// Tells whether all of them run.
    pub(crate) fn is_running(&self) -> bool {
        self.concerts_by_id.is_running()
            && self.performances_by_id.is_running()
            && self.performances_by_date.is_running()
            && self.concert_pages.is_running()
            && self.performance_pages.is_running()
            && self.recent_free_seats.is_running()
    }

    /// The numbers of calls whose read has not begun, by lane. Seats that are free now are read elsewhere.
    pub(crate) fn depths(&self, free_seats: usize) -> [(&'static str, usize); 3] {
        let programme =
            self.concerts_by_id.depth() + self.performances_by_id.depth() + self.performances_by_date.depth();
        let free_seats = free_seats + self.recent_free_seats.depth();
        let lists = self.concert_pages.depth() + self.performance_pages.depth();
        [
            (LaneMetrics::PROGRAMME, programme),
            (LaneMetrics::FREE_SEATS, free_seats),
            (LaneMetrics::LISTS, lists),
        ]
    }
}
