use chrono::{DateTime, Utc};
use seatline_domain::queue::{AnnouncedBoard, DepartureSum};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::queue_state::QueueState;

/// A waiting room's line as it was announced.
///
/// Ahead of the holder of a `number` beyond `served` are `number − 1 − served`, less the `count` of the last of the
/// `departures` whose `upTo` is at most the `number`; never below 0.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Board)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BoardBody {
    /// The concert's id.
    concert_id: Uuid,
    /// The instant as of which it tells the line. Never use a board that is older than one that you have used.
    announced_at: DateTime<Utc>,
    /// The room's state.
    state: QueueState,
    /// The last number admitted, or whose wait ended with the line; 0 when there is none. Whoever has it or a lower one polls.
    #[schema(minimum = 0, example = 120)]
    served: u64,
    /// The last number given out; 0 when there is none.
    #[schema(minimum = 0, example = 180)]
    last_number: u64,
    /// How many have left of the numbers beyond `served`, summed up in buckets that are the wider the further back they are.
    /// Sums that add nothing to the one before are left out.
    #[schema(max_items = 1024)]
    departures: Vec<DeparturesBody>,
    /// The number of free seats, over all performances of the concert that can still be booked; at most two seconds old.
    #[schema(minimum = 0, example = 1_250)]
    available_seats: u64,
}

/// How many have left up to a number.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Departures)]
#[serde(rename_all = "camelCase")]
struct DeparturesBody {
    /// The last number of a bucket.
    #[schema(minimum = 1, example = 152)]
    up_to: u64,
    /// How many of the numbers beyond `served` have left, up to this one.
    #[schema(minimum = 1, example = 3)]
    count: u64,
}

impl From<&AnnouncedBoard> for BoardBody {
    fn from(board: &AnnouncedBoard) -> Self {
        let departures = |sum: &DepartureSum| DeparturesBody { up_to: sum.up_to.get(), count: sum.count };
        Self {
            concert_id: board.concert_id.uuid(),
            announced_at: board.announced_at,
            state: board.status.into(),
            served: board.served,
            last_number: board.last_number,
            departures: board.departures.iter().map(departures).collect(),
            available_seats: board.available_seats,
        }
    }
}
