use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use seatline_domain::id::PerformanceId;
use seatline_domain::seat::hall::{BestSeats, BestSeatsError, Hall};
use seatline_domain::seat::{FreeSeats, SeatMap, SeatNumber, SeatSelection};

/// The seats that this instance is about to hold for those who asked for the best, so that no two of them get the same.
///
/// Offers decide nothing: the hold does. They only keep those who ask here at the same time out of each other's way. What
/// is remembered of a performance ends with the last who asks.
#[derive(Default)]
pub(super) struct Offers {
    performances: Mutex<HashMap<PerformanceId, Counter>>,
}

/// Those who ask for the best seats of one performance.
#[derive(Default)]
struct Counter {
    /// Counts who asks and who is answered, in one order.
    next: u64,
    /// Those who have asked and are not answered.
    asking: BTreeSet<u64>,
    /// The seats offered, with when their hold was answered.
    offered: HashMap<SeatNumber, Option<u64>>,
    /// The newest map that somebody brought.
    newest: Option<(Arc<SeatMap>, FreeSeats)>,
}

/// Somebody who asks for the best seats of a performance, until this is dropped.
pub(super) struct Asking {
    offers: Arc<Offers>,
    performance_id: PerformanceId,
    since: u64,
    /// What was offered to them.
    offered: Option<SeatSelection>,
}

impl Offers {
    /// Begins to ask. The seat map must be read after this.
    pub(super) fn ask(self: &Arc<Self>, performance_id: PerformanceId) -> Asking {
        let mut performances = self.performances();
        let counter = performances.entry(performance_id).or_default();
        let since = counter.tick();
        counter.asking.insert(since);
        Asking { offers: self.clone(), performance_id, since, offered: None }
    }

    fn performances(&self) -> MutexGuard<'_, HashMap<PerformanceId, Counter>> {
        self.performances.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asking {
    /// How many choices are passed over at most.
    const PASSED_MAX: usize = 32;

    /// Chooses the best seats that are free on the map and offered to nobody else; if there are none, the best that are
    /// free. Whoever has lost seats to another instance passes over as many choices as chance says, fewer than there
    /// are people who ask here: so the losers of all instances do not want the same seats again.
    pub(super) fn choose(
        &mut self,
        hall: &Hall,
        wish: &BestSeats,
        map: Arc<SeatMap>,
        chance: usize,
    ) -> Result<SeatSelection, BestSeatsError> {
        let mut performances = self.offers.performances();
        let counter = performances.entry(self.performance_id).or_default();
        let pass_over = chance % counter.asking.len().clamp(1, Self::PASSED_MAX);
        let chosen = counter.choose(hall, wish, map, self.since, pass_over)?;
        counter.offered.extend(chosen.numbers().iter().map(|number| (*number, None)));
        self.offered = Some(chosen.clone());
        Ok(chosen)
    }

    /// Takes the offer back: the seats were not held, and are free for others at once.
    pub(super) fn withdraw(mut self) {
        if let Some(seats) = self.offered.take()
            && let Some(counter) = self.offers.performances().get_mut(&self.performance_id)
        {
            counter.offered.retain(|number, _| seats.numbers().binary_search(number).is_err());
        }
    }
}

/// An offer stays in the way of those whose map may be older than its hold.
impl Drop for Asking {
    fn drop(&mut self) {
        let mut performances = self.offers.performances();
        let Some(counter) = performances.get_mut(&self.performance_id) else { return };
        let answered = counter.tick();
        for number in self.offered.iter().flat_map(SeatSelection::numbers) {
            counter.offered.insert(*number, Some(answered));
        }
        counter.leave(self.since);
        if counter.asking.is_empty() {
            performances.remove(&self.performance_id);
        }
    }
}

impl Counter {
    fn tick(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn leave(&mut self, since: u64) {
        let was_first = self.asking.first() == Some(&since);
        self.asking.remove(&since);
        if let Some(first) = self.asking.first().filter(|_| was_first) {
            self.offered.retain(|_, answered| answered.is_none_or(|answered| answered > *first));
        }
    }

    fn choose(
        &mut self,
        hall: &Hall,
        wish: &BestSeats,
        map: Arc<SeatMap>,
        since: u64,
        pass_over: usize,
    ) -> Result<SeatSelection, BestSeatsError> {
        let free = match self.newest.take() {
            Some((newest, free)) if Arc::ptr_eq(&newest, &map) || newest.as_of > map.as_of => (newest, free),
            _ => {
                let free = FreeSeats::of(&map);
                (map, free)
            }
        };
        let (_, free) = self.newest.insert(free);
        let offered = &self.offered;
        let is_offered = |number| match offered.get(&number) {
            Some(Some(answered)) => *answered > since,
            Some(None) => true,
            None => false,
        };
        let mut passed = HashSet::new();
        let best = |passed: &HashSet<SeatNumber>| {
            hall.best(wish, |number| {
                free.contains(number) && !is_offered(number) && !passed.contains(&number)
            })
        };
        let Ok(mut chosen) = best(&passed) else { return hall.best(wish, |number| free.contains(number)) };
        for _ in 0..pass_over {
            passed.extend(chosen.numbers().iter().copied());
            match best(&passed) {
                Ok(next) => chosen = next,
                Err(_) => break,
            }
        }
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests;
