use seatline_domain::queue::{AdmitRate, RoomFigures};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::queue_state::QueueState;

/// A waiting room, as the public may know it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Queue)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueueBody {
    /// The concert's id.
    concert_id: Uuid,
    /// Its state.
    state: QueueState,
    /// The last number admitted, or whose wait ended with the line; 0 when there is none.
    #[schema(minimum = 0, example = 120)]
    now_serving: u64,
    /// The last number given out; 0 when there is none.
    #[schema(minimum = 0, example = 180)]
    last_number: u64,
    /// The number of people who wait.
    #[schema(minimum = 0, example = 58)]
    waiting: u64,
    /// The number of people who are active.
    #[schema(minimum = 0, example = 100)]
    active: u64,
    /// The most people who may be active at the same time.
    #[schema(minimum = 1, maximum = 1_000_000, example = 500)]
    capacity: u32,
    /// The most people who are admitted a minute; null for no limit.
    #[schema(required, minimum = 1, maximum = 1_000_000, example = 600)]
    admit_per_minute: Option<u32>,
}

impl From<RoomFigures> for QueueBody {
    fn from(figures: RoomFigures) -> Self {
        Self {
            concert_id: figures.concert_id.uuid(),
            state: figures.status.into(),
            now_serving: figures.now_serving,
            last_number: figures.last_number,
            waiting: figures.waiting,
            active: figures.active,
            capacity: figures.settings.capacity.get(),
            admit_per_minute: figures.settings.admit_per_minute.map(AdmitRate::per_minute),
        }
    }
}
