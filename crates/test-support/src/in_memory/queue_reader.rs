use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::QueueReader;
use seatline_domain::queue::{
    Admission, BoardNews, BoardUpdate, BoardWatermark, ClosedRoom, Departure, Number, PassAt, PassState,
    RoomFigures, policy,
};
use seatline_domain::seat::SeatsLeft;
use seatline_domain::storage::StorageError;

use super::{InMemory, State};

#[async_trait]
impl QueueReader for InMemory {
    async fn pass(&self, concert_id: ConcertId, number: Number) -> Result<Option<PassAt>, StorageError> {
        let (state, as_of) = (self.state(), self.now());
        let Some(room) = state.set.rooms.get(&concert_id) else { return Ok(None) };
        let pass = state.set.passes.get(concert_id, number).cloned();
        Ok(pass.map(|pass| PassAt {
            pass: pass.after_line_end(room.line_end.as_ref()),
            as_of,
            room_status: room.status,
        }))
    }

    async fn figures(&self, concert_id: ConcertId) -> Result<Option<RoomFigures>, StorageError> {
        Ok(self.state().figures_of(concert_id, self.now()))
    }

    async fn seats_left(&self, concert_id: ConcertId) -> Result<Option<SeatsLeft>, StorageError> {
        Ok(self.state().seats_left_of(concert_id, self.now()))
    }

    async fn closed_rooms(&self, keep: TimeDelta, limit: u16) -> Result<Vec<ClosedRoom>, StorageError> {
        let (state, now) = (self.state(), self.now());
        let due = state
            .set
            .rooms
            .iter()
            .filter(|(_, room)| room.waiting == 0 && room.removed_up_to < room.now_serving);
        let closed = due.filter_map(|(concert_id, _)| {
            let last_start = state.performances_of(*concert_id).last()?.starts_at;
            (now - last_start >= keep).then_some(ClosedRoom { concert_id: *concert_id, last_start })
        });
        Ok(closed.take(limit.into()).collect())
    }

    async fn news(&self, seen: BTreeMap<ConcertId, BoardWatermark>) -> Result<BoardNews, StorageError> {
        let (state, now) = (self.state(), self.now());
        let mut wanted: BTreeSet<ConcertId> = seen.keys().copied().collect();
        let live = state.set.passes.iter().filter(|pass| !matches!(pass.state, PassState::Ended { .. }));
        wanted.extend(live.map(|pass| pass.concert_id));
        let rooms = wanted.into_iter().filter_map(|concert_id| {
            let figures = state.figures_of(concert_id, now)?;
            Some(state.update_of(figures, seen.get(&concert_id).copied(), now))
        });
        Ok(BoardNews {
            read_at: now,
            read_within: Duration::ZERO,
            complete_until: now,
            rooms: rooms.collect(),
        })
    }
}

impl State {
    fn figures_of(&self, concert_id: ConcertId, now: Timestamp) -> Option<RoomFigures> {
        let room = self.set.rooms.get(&concert_id)?;
        let stored_active = self.set.passes.active_in(concert_id)?;
        let expired = u64::try_from(self.set.passes.expired(concert_id, now).len()).ok()?;
        Some(RoomFigures {
            concert_id,
            status: room.status,
            settings: room.settings,
            last_number: room.last_number,
            now_serving: room.now_serving,
            waiting: room.waiting,
            active: stored_active - expired,
            expired,
            line_end: room.line_end,
        })
    }

    fn seats_left_of(&self, concert_id: ConcertId, now: Timestamp) -> Option<SeatsLeft> {
        let last_number = self.set.rooms.get(&concert_id)?.last_number;
        let performances = self.performances_of(concert_id);
        let to_come = performances.iter().filter(|one| one.can_still_be_booked(now));
        let sales: Vec<_> = to_come.map(|performance| self.sales_of(performance, now)).collect();
        Some(SeatsLeft {
            as_of: now,
            last_number,
            has_performances: !performances.is_empty(),
            available: sales.iter().map(|sales| u64::from(sales.available)).sum(),
            held: sales.iter().map(|sales| u64::from(sales.held)).sum(),
        })
    }

    fn update_of(&self, figures: RoomFigures, seen: Option<BoardWatermark>, now: Timestamp) -> BoardUpdate {
        let concert_id = figures.concert_id;
        let (after, since) = match seen {
            Some(seen) => (seen.now_serving, Timestamp::MIN_UTC),
            None => (0, now - policy::LAST_MOMENTS),
        };
        // An end of the line in the last moments may still have to be published.
        let line_end =
            figures.line_end.filter(|end| end.at >= since && end.up_to.get() == figures.now_serving);
        let served = line_end.map_or(figures.now_serving, |end| end.after.get());
        let mut served_before = seen.map_or(served, |seen| seen.now_serving);
        let mut last_admitted =
            after.max(self.set.rooms.get(&concert_id).map_or(0, |room| room.removed_up_to));
        let mut steps: BTreeMap<Timestamp, u64> = BTreeMap::new();
        for pass in self.passes_of(concert_id).filter(|pass| pass.number.get() > after) {
            let Some(at) = pass.state.admitted_at() else { continue };
            if at >= since {
                if steps.is_empty() {
                    served_before = last_admitted;
                }
                steps.insert(at, pass.number.get());
            }
            last_admitted = pass.number.get();
        }
        let step = |(at, last): (Timestamp, u64)| Admission { up_to: Number::new(last), at };
        let known = seen.map_or(0, |seen| seen.departures);
        let mut departures: Vec<_> = self
            .passes_of(concert_id)
            .filter(|pass| pass.number.get() > served_before)
            .filter_map(|pass| match (pass.departure, pass.state) {
                (Some(sequence), PassState::Ended { at, .. }) if sequence > known => {
                    Some(Departure { sequence, number: pass.number, at })
                }
                _ => None,
            })
            .collect();
        departures.sort_by_key(|departure| departure.sequence);
        let departures_seen = self.set.rooms.get(&concert_id).map_or(0, |room| room.departures);
        let admissions = steps.into_iter().map(step).collect();
        BoardUpdate { figures, served_before, admissions, departures, departures_seen }
    }
}
