use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use seatline_domain::id::ConcertId;
use seatline_domain::queue::RoomFigures;

use super::level;

const WAITING: &str = "seatline_room_waiting";
const ACTIVE: &str = "seatline_room_active";
const JOINED: &str = "seatline_room_joined_total";
const ADMITTED: &str = "seatline_room_admitted_total";

/// The measurements of the waiting rooms. The busiest have a label of their own, the others share one.
///
/// An event in a room counts under the label that the room has at that moment, so that no total ever falls. A room
/// that gives its label up to a busier one starts at zero when it gets one again.
#[derive(Default)]
pub(crate) struct RoomMetrics {
    rooms: Mutex<KnownRooms>,
}

#[derive(Default)]
struct KnownRooms {
    busy: HashMap<ConcertId, Occupancy>,
    named: HashMap<ConcertId, RoomTotals>,
    others: RoomTotals,
}

/// The numbers of people in a room at this moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Occupancy {
    waiting: u64,
    active: u64,
}

/// The numbers of people in a room since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct RoomTotals {
    joined: u64,
    admitted: u64,
}

impl RoomMetrics {
    /// The most rooms that have a label of their own.
    const NAMED_MAX: usize = 100;
    /// The label that all others share.
    const OTHERS: &str = "other";

    /// Takes over the figures of rooms that have just been read.
    pub(crate) fn observe<'f>(&self, rooms: impl IntoIterator<Item = &'f RoomFigures>) {
        let mut known = self.lock();
        for room in rooms {
            let occupancy = Occupancy { waiting: room.waiting, active: room.active };
            if occupancy == Occupancy::default() {
                known.busy.remove(&room.concert_id);
            } else {
                known.busy.insert(room.concert_id, occupancy);
            }
        }
        known.name_busiest();
    }

    /// Counts somebody who took a new place in the queue, and was perhaps admitted at once.
    pub(crate) fn joined(&self, concert_id: ConcertId, at_once: bool) {
        let mut known = self.lock();
        let totals = known.totals(concert_id);
        totals.joined += 1;
        totals.admitted += u64::from(at_once);
    }

    /// Counts people who were admitted.
    pub(crate) fn admitted(&self, concert_id: ConcertId, people: usize) {
        if people > 0 {
            self.lock().totals(concert_id).admitted += u64::try_from(people).unwrap_or(u64::MAX);
        }
    }

    /// Publishes it all.
    pub(crate) fn publish(&self) {
        describe_gauge!(WAITING, Unit::Count, "People who wait.");
        describe_gauge!(ACTIVE, Unit::Count, "People whose turn it is.");
        describe_counter!(JOINED, Unit::Count, "Places in line given out by this instance.");
        describe_counter!(ADMITTED, Unit::Count, "People admitted by this instance.");
        for (label, occupancy, totals) in self.lock().labelled() {
            gauge!(WAITING, "concert" => label.clone()).set(level(occupancy.waiting));
            gauge!(ACTIVE, "concert" => label.clone()).set(level(occupancy.active));
            counter!(JOINED, "concert" => label.clone()).absolute(totals.joined);
            counter!(ADMITTED, "concert" => label).absolute(totals.admitted);
        }
    }

    fn lock(&self) -> MutexGuard<'_, KnownRooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KnownRooms {
    /// The totals that a room counts for: those of its label, or of a free one, or of the others.
    fn totals(&mut self, concert_id: ConcertId) -> &mut RoomTotals {
        if self.named.contains_key(&concert_id) || self.named.len() < RoomMetrics::NAMED_MAX {
            self.named.entry(concert_id).or_default()
        } else {
            &mut self.others
        }
    }

    /// Gives the labels to the busiest rooms. Among equals those keep theirs that have one.
    fn name_busiest(&mut self) {
        let mut rooms: HashSet<ConcertId> = self.named.keys().copied().collect();
        rooms.extend(self.busy.keys());
        let mut rooms: Vec<ConcertId> = rooms.into_iter().collect();
        rooms.sort_unstable_by_key(|room| {
            let occupancy = self.occupancy(*room);
            (Reverse(occupancy.waiting + occupancy.active), !self.named.contains_key(room), *room)
        });
        rooms.truncate(RoomMetrics::NAMED_MAX);
        let was = std::mem::take(&mut self.named);
        let totals = |room| (room, was.get(&room).copied().unwrap_or_default());
        self.named = rooms.into_iter().map(totals).collect();
    }

    fn labelled(&self) -> Vec<(String, Occupancy, RoomTotals)> {
        let named =
            self.named.iter().map(|(room, totals)| (room.to_string(), self.occupancy(*room), *totals));
        let mut others = Occupancy::default();
        for (_, occupancy) in self.busy.iter().filter(|(room, _)| !self.named.contains_key(room)) {
            others.waiting += occupancy.waiting;
            others.active += occupancy.active;
        }
        named.chain([(RoomMetrics::OTHERS.to_owned(), others, self.others)]).collect()
    }

    fn occupancy(&self, room: ConcertId) -> Occupancy {
        self.busy.get(&room).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatline_domain::queue::{RoomSettings, RoomStatus};
    use std::collections::BTreeMap;
    use uuid::Uuid;

    fn concert(n: usize) -> ConcertId {
        ConcertId::new(Uuid::from_u128(n.try_into().unwrap()))
    }

    fn room(n: usize, waiting: u64, active: u64) -> RoomFigures {
        RoomFigures {
            concert_id: concert(n),
            status: RoomStatus::Open,
            settings: RoomSettings::default(),
            last_number: waiting + active,
            now_serving: active,
            waiting,
            active,
            expired: 0,
            line_end: None,
        }
    }

    fn published(metrics: &RoomMetrics) -> BTreeMap<String, (Occupancy, RoomTotals)> {
        let labelled = metrics.lock().labelled();
        labelled.into_iter().map(|(label, occupancy, totals)| (label, (occupancy, totals))).collect()
    }

    fn waiting(metrics: &RoomMetrics, label: &str) -> Option<u64> {
        published(metrics).get(label).map(|(occupancy, _)| occupancy.waiting)
    }

    #[test]
    fn a_quiet_room_keeps_its_totals() {
        let metrics = RoomMetrics::default();
        metrics.joined(concert(1), true);
        metrics.joined(concert(1), false);
        metrics.admitted(concert(1), 1);
        metrics.observe(&[room(1, 0, 2)]);
        metrics.observe(&[room(1, 0, 0)]);
        let totals = RoomTotals { joined: 2, admitted: 2 };
        assert_eq!(published(&metrics)[&concert(1).to_string()], (Occupancy::default(), totals));
        assert_eq!(metrics.lock().busy.len(), 0);
    }

    #[test]
    fn the_busiest_rooms_have_labels_and_the_rest_are_summed() {
        let metrics = RoomMetrics::default();
        let rooms: Vec<_> = (0..150).map(|n| room(n, u64::try_from(n).unwrap(), 1)).collect();
        metrics.observe(&rooms);
        let labels = published(&metrics);
        assert_eq!(labels.len(), 101);
        assert_eq!(labels["other"].0, Occupancy { waiting: (0..50).sum(), active: 50 });
        assert_eq!(waiting(&metrics, &concert(149).to_string()), Some(149));
        assert_eq!(waiting(&metrics, &concert(49).to_string()), None);
    }

    #[test]
    fn what_happens_counts_under_the_label_of_that_moment() {
        let metrics = RoomMetrics::default();
        let rooms: Vec<_> = (0..100).map(|n| room(n, 10, 0)).collect();
        metrics.observe(&rooms);
        metrics.joined(concert(200), false);
        metrics.joined(concert(0), false);
        assert_eq!(published(&metrics)["other"].1.joined, 1);
        metrics.observe(&[room(200, 11, 0), room(99, 9, 0)]);
        metrics.joined(concert(200), false);
        metrics.joined(concert(99), false);
        let labels = published(&metrics);
        assert_eq!(labels.len(), 101);
        assert_eq!(
            labels["other"],
            (Occupancy { waiting: 9, active: 0 }, RoomTotals { joined: 2, admitted: 0 })
        );
        assert_eq!(labels[&concert(200).to_string()].1.joined, 1);
        assert_eq!(labels[&concert(0).to_string()].1.joined, 1);
    }
}
