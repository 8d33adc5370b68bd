use std::sync::atomic::{AtomicU64, Ordering};

use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::seat::SeatState;
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

/// Counts what this instance has committed, so that nobody is told from memory what was before a change of their own.
#[derive(Default)]
pub(crate) struct Changes {
    seats: Counters,
    rooms: Counters,
    programme: AtomicU64,
}

impl Changes {
    /// How often the seats of a performance were changed. As of the commit: who has the verdict finds it counted.
    pub(crate) fn of_seats(&self, performance_id: PerformanceId) -> u64 {
        self.seats.of(performance_id.uuid())
    }

    /// How often a waiting room was changed, or a pass of it.
    pub(crate) fn of_room(&self, concert_id: ConcertId) -> u64 {
        self.rooms.of(concert_id.uuid())
    }

    /// How often the programme was changed.
    pub(crate) fn of_programme(&self) -> u64 {
        self.programme.load(Ordering::SeqCst)
    }

    /// Counts what a batch has committed.
    pub(crate) fn committed(&self, set: &WorkingSet) {
        for reservation in set.reservations.changed().chain(set.reservations.added()) {
            self.seats.count(reservation.performance_id.uuid());
        }
        // A part of a payment is given back without a change of its reservation.
        let refunded = set.payments.changed().filter_map(|one| set.reservations.get(one.reservation_id));
        for reservation in refunded {
            self.seats.count(reservation.performance_id.uuid());
        }
        for (before, after) in set.seats.changes() {
            if (before.state == SeatState::Blocked) != (after.state == SeatState::Blocked) {
                self.seats.count(after.key.performance_id.uuid());
            }
        }
        if set.concerts.changed().next().is_some() || set.performances.changed().next().is_some() {
            self.changed_programme();
        }
        // Passes are added by changing their room.
        let rooms = set.rooms.changed().map(|room| room.concert_id);
        for concert_id in rooms.chain(set.passes.changed().map(|pass| pass.concert_id)) {
            self.rooms.count(concert_id.uuid());
        }
    }

    /// Counts a change of the programme.
    pub(crate) fn changed_programme(&self) {
        self.programme.fetch_add(1, Ordering::SeqCst);
    }

    /// Counts a change of which nobody knows what it was, and whether it was.
    pub(crate) fn anything(&self) {
        self.seats.count_all();
        self.rooms.count_all();
        self.changed_programme();
    }
}

/// Counters of things by their id. Some things share one: a change of one then counts as a change of the others too.
struct Counters([AtomicU64; Self::SIZE]);

impl Counters {
    const SIZE: usize = 256;

    fn counter(&self, id: Uuid) -> Option<&AtomicU64> {
        // The last byte of an id is random.
        self.0.get(usize::from(id.into_bytes()[15]))
    }

    fn of(&self, id: Uuid) -> u64 {
        self.counter(id).map_or(0, |counter| counter.load(Ordering::SeqCst))
    }

    fn count(&self, id: Uuid) {
        if let Some(counter) = self.counter(id) {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn count_all(&self) {
        for counter in &self.0 {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Default for Counters {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}
