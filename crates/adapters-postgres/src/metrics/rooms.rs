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

/// What is known of the waiting rooms. The busiest have a label of their own, the others share one.
///
/// What happens in a room counts under the label that the room has at that moment, so that no total ever falls. A room
/// that gives its label up to a busier one starts at zero when it gets one again.
#[derive(Default)]
pub(crate) struct RoomMetrics {
    rooms: Mutex<Rooms>,
}

#[derive(Default)]
struct Rooms {
    busy: HashMap<ConcertId, Crowd>,
    named: HashMap<ConcertId, Totals>,
    others: Totals,
}

/// How many people there are, at this moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Crowd {
    waiting: u64,
    active: u64,
}

/// How many people there were, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Totals {
    joined: u64,
    admitted: u64,
}

impl RoomMetrics {
    /// How many rooms have a label of their own.
    const NAMED_MAX: usize = 100;
    /// The label of all others.
    const OTHERS: &str = "other";

    /// Takes note of rooms as they have just been read.
    pub(crate) fn observe<'f>(&self, rooms: impl IntoIterator<Item = &'f RoomFigures>) {
        let mut known = self.lock();
        for room in rooms {
            let crowd = Crowd { waiting: room.waiting, active: room.active };
            if crowd == Crowd::default() {
                known.busy.remove(&room.concert_id);
            } else {
                known.busy.insert(room.concert_id, crowd);
            }
        }
        known.name_busiest();
    }

    /// Takes note of somebody who took a new place in line, and was perhaps admitted at once.
    pub(crate) fn joined(&self, concert_id: ConcertId, at_once: bool) {
        let mut known = self.lock();
        let totals = known.totals(concert_id);
        totals.joined += 1;
        totals.admitted += u64::from(at_once);
    }

    /// Takes note of people who were admitted.
    pub(crate) fn admitted(&self, concert_id: ConcertId, people: usize) {
        if people > 0 {
            self.lock().totals(concert_id).admitted += u64::try_from(people).unwrap_or(u64::MAX);
        }
    }

    /// Publishes it all.
    pub(super) fn publish(&self) {
        describe_gauge!(WAITING, Unit::Count, "People who wait.");
        describe_gauge!(ACTIVE, Unit::Count, "People whose turn it is.");
        describe_counter!(JOINED, Unit::Count, "Places in line given out by this instance.");
        describe_counter!(ADMITTED, Unit::Count, "People admitted by this instance.");
        for (label, crowd, totals) in self.lock().labelled() {
            gauge!(WAITING, "concert" => label.clone()).set(level(crowd.waiting));
            gauge!(ACTIVE, "concert" => label.clone()).set(level(crowd.active));
            counter!(JOINED, "concert" => label.clone()).absolute(totals.joined);
            counter!(ADMITTED, "concert" => label).absolute(totals.admitted);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rooms {
    /// Where to count what happens in a room: under its label, or a free one, or with the others.
    fn totals(&mut self, concert_id: ConcertId) -> &mut Totals {
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
            let crowd = self.crowd(*room);
            (Reverse(crowd.waiting + crowd.active), !self.named.contains_key(room), *room)
        });
        rooms.truncate(RoomMetrics::NAMED_MAX);
        let was = std::mem::take(&mut self.named);
        let totals = |room| (room, was.get(&room).copied().unwrap_or_default());
        self.named = rooms.into_iter().map(totals).collect();
    }

    fn labelled(&self) -> Vec<(String, Crowd, Totals)> {
        let named = self.named.iter().map(|(room, totals)| (room.to_string(), self.crowd(*room), *totals));
        let mut others = Crowd::default();
        for (_, crowd) in self.busy.iter().filter(|(room, _)| !self.named.contains_key(room)) {
            others.waiting += crowd.waiting;
            others.active += crowd.active;
        }
        named.chain([(RoomMetrics::OTHERS.to_owned(), others, self.others)]).collect()
    }

    fn crowd(&self, room: ConcertId) -> Crowd {
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
        }
    }

    fn published(metrics: &RoomMetrics) -> BTreeMap<String, (Crowd, Totals)> {
        let labelled = metrics.lock().labelled();
        labelled.into_iter().map(|(label, crowd, totals)| (label, (crowd, totals))).collect()
    }

    fn waiting(metrics: &RoomMetrics, label: &str) -> Option<u64> {
        published(metrics).get(label).map(|(crowd, _)| crowd.waiting)
    }

    #[test]
    fn a_quiet_room_keeps_its_totals() {
        let metrics = RoomMetrics::default();
        metrics.joined(concert(1), true);
        metrics.joined(concert(1), false);
        metrics.admitted(concert(1), 1);
        metrics.observe(&[room(1, 0, 2)]);
        metrics.observe(&[room(1, 0, 0)]);
        let totals = Totals { joined: 2, admitted: 2 };
        assert_eq!(published(&metrics)[&concert(1).to_string()], (Crowd::default(), totals));
        assert_eq!(metrics.lock().busy.len(), 0);
    }

    #[test]
    fn the_busiest_rooms_have_labels_and_the_rest_are_summed() {
        let metrics = RoomMetrics::default();
        let rooms: Vec<_> = (0..150).map(|n| room(n, u64::try_from(n).unwrap(), 1)).collect();
        metrics.observe(&rooms);
        let labels = published(&metrics);
        assert_eq!(labels.len(), 101);
        assert_eq!(labels["other"].0, Crowd { waiting: (0..50).sum(), active: 50 });
        assert_eq!(waiting(&metrics, &concert(149).to_string()), Some(149));
        assert_eq!(waiting(&metrics, &concert(49).to_string()), None);
    }

    #[test]
    fn what_happens_counts_under_the_label_of_that_moment() {
        let metrics = RoomMetrics::default();
        let crowd: Vec<_> = (0..100).map(|n| room(n, 10, 0)).collect();
        metrics.observe(&crowd);
        metrics.joined(concert(200), false);
        metrics.joined(concert(0), false);
        assert_eq!(published(&metrics)["other"].1.joined, 1);
        metrics.observe(&[room(200, 11, 0), room(99, 9, 0)]);
        metrics.joined(concert(200), false);
        metrics.joined(concert(99), false);
        let labels = published(&metrics);
        assert_eq!(labels.len(), 101);
        assert_eq!(labels["other"], (Crowd { waiting: 9, active: 0 }, Totals { joined: 2, admitted: 0 }));
        assert_eq!(labels[&concert(200).to_string()].1.joined, 1);
        assert_eq!(labels[&concert(0).to_string()].1.joined, 1);
    }
}
