use std::sync::{Arc, OnceLock};

use seatline_domain::id::UserId;
use seatline_domain::seat::ranges::ranges_of;
use seatline_domain::seat::{SeatMap, SeatNumber, SeatRange, SeatRanges, SeatStatus, SeatStatuses};
use sha2::{Digest, Sha256};

use super::seat_event::{MapVersion, SharedRanges};

/// A performance's seats as a tick found them, for all who watch.
pub(super) struct LiveMap {
    statuses: SeatStatuses,
    /// The seats that users have.
    owners: Vec<(UserId, SeatNumber)>,
    version: MapVersion,
    /// Every seat that is not free; worked out when somebody new watches.
    taken: OnceLock<Arc<SharedRanges>>,
    /// What is different from the map before it.
    changes: Arc<SharedRanges>,
}

impl LiveMap {
    /// What is told of a map after another one.
    pub(super) fn of(map: &SeatMap, before: Option<&Self>) -> Self {
        let statuses = SeatStatuses::of(map);
        let changes = before.map_or_else(SeatRanges::default, |map| statuses.changes_since(&map.statuses));
        let bytes: Vec<_> = statuses.iter().flat_map(|(seat, status)| bytes_of(seat, status)).collect();
        let version = MapVersion::of(Sha256::new_with_prefix(bytes));
        let changes = SharedRanges::new(changes);
        Self { statuses, owners: map.owners(), version, taken: OnceLock::new(), changes }
    }

    /// Every seat that is not free.
    pub(super) fn taken(&self) -> Arc<SharedRanges> {
        self.taken.get_or_init(|| SharedRanges::new(self.statuses.taken())).clone()
    }

    /// The seats that have changed since the map before.
    pub(super) fn changes(&self) -> &Arc<SharedRanges> {
        &self.changes
    }

    /// A user's own seats.
    pub(super) fn seats_of(&self, user: UserId) -> Vec<SeatRange> {
        let first = self.owners.partition_point(|(owner, _)| *owner < user);
        let theirs = self.owners.get(first..).unwrap_or_default().iter();
        ranges_of(theirs.take_while(|(owner, _)| *owner == user).map(|(_, seat)| *seat))
    }

    /// The version for whoever has these seats.
    pub(super) fn version(&self, mine: &[SeatRange]) -> MapVersion {
        self.version.with(mine)
    }

    /// Whether nobody could tell it from another one.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.version == other.version && self.owners == other.owners
    }
}

fn bytes_of(seat: SeatNumber, status: SeatStatus) -> [u8; 5] {
    let [a, b, c, d] = seat.get().to_be_bytes();
    let status = match status {
        SeatStatus::Free => b'f',
        SeatStatus::Held => b'h',
        SeatStatus::Sold => b's',
        SeatStatus::Blocked => b'b',
    };
    [a, b, c, d, status]
}
