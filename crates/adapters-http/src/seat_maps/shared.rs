use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use actix_web::web;
use seatline_application::seats::PerformanceSeats;
use seatline_domain::concert::Performance;
use seatline_domain::seat::SeatMap;
use tokio::sync::Semaphore;

use super::remembered::RememberedMaps;
use super::shown::{ShownMap, ShownSeats};
use crate::problem::{Code, Problem};
use crate::unsent::UnsentBytes;

/// Maps as they are shown, worked out once for all who are given the same map at the same time, on whichever worker: by
/// one of them, while the others wait (single-flight). Large ones are worked out on a thread of their own, one at a
/// time, and no worker is kept from what else it has to do.
pub(crate) struct ShownMaps {
    entries: Mutex<Vec<Entry>>,
    remembered: Arc<Mutex<RememberedMaps>>,
    turns: Arc<Semaphore>,
    unsent: Arc<UnsentBytes>,
}

/// A map that somebody is still to be shown.
struct Entry {
    map: Weak<SeatMap>,
    /// The performance as it was shown with it: its prices may have changed since.
    performance: Performance,
    available: Option<bool>,
    shown: Arc<Showing>,
}

/// What is shown of a map, for as long as somebody is being sent it.
#[derive(Default)]
struct Showing {
    shown: Mutex<Weak<ShownMap>>,
    /// Held by whoever works it out.
    turn: tokio::sync::Mutex<()>,
}

impl Showing {
    fn get(&self) -> Option<Arc<ShownMap>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).upgrade()
    }

    fn set(&self, shown: &Arc<ShownMap>) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(shown);
    }
}

impl ShownMaps {
    /// The most seats of a map that is worked out at once, in some microseconds; and of one that is known, the most that
    /// are not free.
    pub(super) const SMALL: usize = 1_000;

    pub(crate) fn new(unsent: Arc<UnsentBytes>) -> Self {
        Self {
            entries: Mutex::default(),
            remembered: Arc::default(),
            turns: Arc::new(Semaphore::new(1)),
            unsent,
        }
    }

    /// What is shown of this very map with this filter.
    ///
    /// # Errors
    /// 503 while too many large answers are being sent.
    pub(crate) async fn of(
        &self,
        seats: PerformanceSeats,
        available: Option<bool>,
    ) -> Result<Arc<ShownMap>, Problem> {
        let showing = self.entry(&seats, available);
        let shown = match showing.get() {
            Some(shown) => shown,
            None => self.work_out_once(&showing, &seats, available).await?,
        };
        drop(seats);
        self.forget();
        Ok(shown)
    }

    async fn work_out_once(
        &self,
        showing: &Showing,
        seats: &PerformanceSeats,
        available: Option<bool>,
    ) -> Result<Arc<ShownMap>, Problem> {
        let _turn = showing.turn.lock().await;
        if let Some(shown) = showing.get() {
            return Ok(shown);
        }
        let shown = self.work_out(seats, available).await?;
        showing.set(&shown);
        Ok(shown)
    }

    async fn work_out(
        &self,
        seats: &PerformanceSeats,
        available: Option<bool>,
    ) -> Result<Arc<ShownMap>, Problem> {
        let before = remembered(&self.remembered).before(seats, available);
        let changes = seats.map.taken.len();
        let goes_on = before.as_ref().is_some_and(|before| before.has_the_same_phrases(seats));
        let is_small =
            seats.map.seats.len() <= Self::SMALL || goes_on && changes <= Self::SMALL && !seats.map.cancelled;
        let (seats, known, unsent) = (seats.clone(), self.remembered.clone(), self.unsent.clone());
        let work = move || {
            let shown = ShownSeats::of(&seats, available, before.as_ref())?;
            remembered(&known).add(&shown);
            ShownMap::new(shown, &unsent).map(Arc::new)
        };
        if is_small {
            return work();
        }
        let turn = self.turns.clone().acquire_owned().await.map_err(|error| failed(&error))?;
        let work = move || {
            let _turn = turn;
            work()
        };
        web::block(work).await.map_err(|error| failed(&error))?
    }

    fn entry(&self, seats: &PerformanceSeats, available: Option<bool>) -> Arc<Showing> {
        let PerformanceSeats { performance, map } = seats;
        let mut entries = self.entries();
        let is_it = |entry: &&Entry| {
            entry.available == available
                && entry.map.as_ptr() == Arc::as_ptr(map)
                && entry.performance == *performance
        };
        if let Some(entry) = entries.iter().find(is_it) {
            return entry.shown.clone();
        }
        let entry = Entry {
            map: Arc::downgrade(map),
            performance: performance.clone(),
            available,
            shown: Arc::default(),
        };
        let shown = entry.shown.clone();
        entries.push(entry);
        shown
    }

    /// Forgets maps that nobody is to be shown any more.
    fn forget(&self) {
        self.entries().retain(|entry| entry.map.strong_count() > 0);
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries().len()
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remembered(maps: &Mutex<RememberedMaps>) -> MutexGuard<'_, RememberedMaps> {
    maps.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failed(error: &impl ToString) -> Problem {
    Problem::new(Code::InternalError).because(error)
}
