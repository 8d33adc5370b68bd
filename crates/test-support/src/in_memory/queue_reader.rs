use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{BoardUpdate, Departure, Number, PassAt, PassState, QueueReader, RoomFigures};
use seatline_domain::storage::StorageError;

use super::{InMemory, State};

#[async_trait]
impl QueueReader for InMemory {
    async fn pass(&self, concert_id: ConcertId, number: Number) -> Result<Option<PassAt>, StorageError> {
        let (state, as_of) = (self.state(), self.now());
        let pass = state.set.passes.get(concert_id, number);
        Ok(pass.map(|pass| PassAt { pass: pass.clone(), as_of }))
    }

    async fn figures(&self, concert_id: ConcertId) -> Result<Option<RoomFigures>, StorageError> {
        Ok(self.state().figures_of(concert_id, self.now()))
    }

    async fn updates(&self, seen: BTreeMap<ConcertId, u64>) -> Result<Vec<BoardUpdate>, StorageError> {
        let (state, now) = (self.state(), self.now());
        let mut wanted: BTreeSet<ConcertId> = seen.keys().copied().collect();
        let live = state.set.passes.iter().filter(|pass| !matches!(pass.state, PassState::Ended { .. }));
        wanted.extend(live.map(|pass| pass.concert_id));
        let updates = wanted.into_iter().filter_map(|concert_id| {
            let figures = state.figures_of(concert_id, now)?;
            Some(state.update_of(figures, seen.get(&concert_id).copied().unwrap_or(0)))
        });
        Ok(updates.collect())
    }
}

impl State {
    fn figures_of(&self, concert_id: ConcertId, now: Timestamp) -> Option<RoomFigures> {
        let room = self.set.rooms.get(&concert_id)?;
        let stored_active = self.set.passes.active_in(concert_id)?;
        let lapsed = u64::try_from(self.set.passes.lapsed(concert_id, now).len()).ok()?;
        Some(RoomFigures {
            concert_id,
            status: room.status,
            settings: room.settings,
            last_number: room.last_number,
            now_serving: room.now_serving,
            waiting: room.waiting,
            active: stored_active - lapsed,
            lapsed,
        })
    }

    fn update_of(&self, figures: RoomFigures, seen: u64) -> BoardUpdate {
        let concert_id = figures.concert_id;
        let mut departures: Vec<_> = self
            .passes_of(concert_id)
            .filter(|pass| pass.number.get() > figures.now_serving)
            .filter_map(|pass| Some(Departure { sequence: pass.departure?, number: pass.number }))
            .filter(|departure| departure.sequence > seen)
            .collect();
        departures.sort_by_key(|departure| departure.sequence);
        let departures_seen = self.set.rooms.get(&concert_id).map_or(0, |room| room.departures);
        BoardUpdate { figures, departures, departures_seen }
    }
}
