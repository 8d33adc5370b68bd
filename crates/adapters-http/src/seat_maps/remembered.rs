use std::collections::VecDeque;
use std::sync::Arc;

use seatline_application::seats::PerformanceSeats;

use super::shown::ShownSeats;

/// The maps that were shown last, so that of the next one of the same performance only what has changed is worked out and
/// written. The newest is at the end.
#[derive(Default)]
pub(super) struct RememberedMaps {
    maps: VecDeque<Arc<ShownSeats>>,
    bytes: usize,
}

impl RememberedMaps {
    /// The most maps that are remembered.
    const MAPS_MAX: usize = 256;
    /// The most memory that they take, with everything that is written of them.
    pub(super) const BYTES_MAX: usize = 32 << 20;

    /// The map that was shown last of this performance with this filter.
    pub(super) fn before(
        &self,
        seats: &PerformanceSeats,
        available: Option<bool>,
    ) -> Option<Arc<ShownSeats>> {
        self.maps.iter().rev().find(|map| map.is_of(&seats.performance, available)).cloned()
    }

    /// Remembers a map in the place of the one before, and forgets those that were shown longest ago.
    pub(super) fn add(&mut self, map: &Arc<ShownSeats>) {
        if let Some(at) = self.maps.iter().position(|before| before.is_the_same_as(map))
            && let Some(before) = self.maps.remove(at)
        {
            self.bytes -= before.memory_with_texts();
            before.forget_what_is_not_in(Some(map));
        }
        self.bytes += map.memory_with_texts();
        self.maps.push_back(map.clone());
        while self.bytes > Self::BYTES_MAX || self.maps.len() > Self::MAPS_MAX {
            let Some(oldest) = self.maps.pop_front() else { return };
            self.bytes -= oldest.memory_with_texts();
            oldest.forget_what_is_not_in(None);
        }
    }

    /// The memory that they take at most.
    #[cfg(test)]
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }
}
