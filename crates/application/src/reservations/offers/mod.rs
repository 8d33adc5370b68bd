use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use seatline_domain::Timestamp;
use seatline_domain::id::PerformanceId;
use seatline_domain::seat::hall::{BestSeats, BestSeatsError, Hall};
use seatline_domain::seat::{FreeSeats, SeatMap, SeatNumber, SeatSelection};
use tokio::time::Instant;

/// The seats that this instance is about to hold for those who asked for the best, so that no two of them get the same.
///
/// Offers decide nothing: the hold does. They only keep those who ask here at the same time out of each other's way. What
/// is remembered of a performance ends with the last who asks, or a [moment](Known::AGE_MAX) later.
#[derive(Default)]
pub(super) struct Offers {
    performances: Mutex<HashMap<PerformanceId, Counter>>,
    /// Those who ask here at the moment, whatever for.
    asking: AtomicUsize,
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
    known: Option<Known>,
    /// Until when no map is used twice: seats were lost to somebody who does not ask here.
    contended_until: Option<Instant>,
}

/// What a map said.
struct Known {
    map: Weak<SeatMap>,
    as_of: Timestamp,
    free: FreeSeats,
    /// The count at which it was asked for: what was held since then need not be on it.
    since: u64,
    read_at: Instant,
}

impl Known {
    /// How long seats are chosen by a map that was read for somebody else.
    const AGE_MAX: Duration = Duration::from_millis(200);

    fn is_young(&self) -> bool {
        self.read_at.elapsed() < Self::AGE_MAX
    }
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
    /// From how many who ask at the same time a map serves more than one of them.
    const CROWD: usize = 16;

    /// Begins to ask. The seat map must be read after this.
    pub(super) fn ask(self: &Arc<Self>, performance_id: PerformanceId) -> Asking {
        let mut performances = self.performances();
        if !performances.contains_key(&performance_id) {
            performances.retain(|_, counter| counter.is_of_use());
        }
        let counter = performances.entry(performance_id).or_default();
        let since = counter.tick();
        counter.asking.insert(since);
        self.asking.fetch_add(1, Ordering::Relaxed);
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
        map: &Arc<SeatMap>,
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

    /// In a crowd, chooses the best seats by a map that was read for somebody else a moment ago, offered to nobody else.
    /// `None` where there is no crowd or no such map, or it has none, or somebody who does not ask here takes seats too: then
    /// a map must be read.
    pub(super) fn choose_unread(&mut self, hall: &Hall, wish: &BestSeats) -> Option<SeatSelection> {
        if self.offers.asking.load(Ordering::Relaxed) < Offers::CROWD {
            return None;
        }
        let mut performances = self.offers.performances();
        let counter = performances.get_mut(&self.performance_id)?;
        let chosen = counter.choose_unread(hall, wish)?;
        counter.offered.extend(chosen.numbers().iter().map(|number| (*number, None)));
        self.offered = Some(chosen.clone());
        Some(chosen)
    }

    /// Somebody who does not ask here has taken some of the seats.
    pub(super) fn lose(self) {
        if let Some(counter) = self.offers.performances().get_mut(&self.performance_id) {
            counter.contended_until = Some(Instant::now() + Counter::CONTENDED_FOR);
        }
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
        self.offers.asking.fetch_sub(1, Ordering::Relaxed);
        let mut performances = self.offers.performances();
        let Some(counter) = performances.get_mut(&self.performance_id) else { return };
        let answered = counter.tick();
        for number in self.offered.iter().flat_map(SeatSelection::numbers) {
            counter.offered.insert(*number, Some(answered));
        }
        counter.leave(self.since);
        if !counter.is_of_use() {
            performances.remove(&self.performance_id);
        }
    }
}

impl Counter {
    /// How long every map is read anew after seats were lost.
    const CONTENDED_FOR: Duration = Duration::from_secs(1);

    fn tick(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Whether somebody asks, or may use what is known.
    fn is_of_use(&self) -> bool {
        !self.asking.is_empty() || self.known.as_ref().is_some_and(Known::is_young)
    }

    fn leave(&mut self, since: u64) {
        self.asking.remove(&since);
        let known_since = self.known.as_ref().map(|known| known.since);
        if let Some(oldest) = self.asking.first().copied().into_iter().chain(known_since).min() {
            self.offered.retain(|_, answered| answered.is_none_or(|answered| answered > oldest));
        }
    }

    fn choose(
        &mut self,
        hall: &Hall,
        wish: &BestSeats,
        map: &Arc<SeatMap>,
        since: u64,
        pass_over: usize,
    ) -> Result<SeatSelection, BestSeatsError> {
        let is_known = |known: &Known| known.as_of > map.as_of || known.map.as_ptr() == Arc::as_ptr(map);
        let known = self.known.take().filter(is_known).unwrap_or_else(|| Known {
            map: Arc::downgrade(map),
            as_of: map.as_of,
            free: FreeSeats::of(map),
            since,
            read_at: Instant::now(),
        });
        let free = &self.known.insert(known).free;
        let offered = &self.offered;
        let mut passed = HashSet::new();
        let best = |passed: &HashSet<SeatNumber>| {
            hall.best(wish, |number| {
                free.contains(number) && !is_offered(offered, number, since) && !passed.contains(&number)
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

    fn choose_unread(&self, hall: &Hall, wish: &BestSeats) -> Option<SeatSelection> {
        let known = self.known.as_ref().filter(|known| known.is_young())?;
        if self.contended_until.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let is_free = |number| known.free.contains(number) && !is_offered(&self.offered, number, known.since);
        hall.best(wish, is_free).ok()
    }
}

/// Whether a seat is offered to somebody, or was held since this count.
fn is_offered(offered: &HashMap<SeatNumber, Option<u64>>, number: SeatNumber, since: u64) -> bool {
    offered.get(&number).is_some_and(|answered| answered.is_none_or(|answered| answered > since))
}

#[cfg(test)]
mod tests;
