use std::sync::atomic::{AtomicU64, Ordering};

use seatline_domain::ports::Ids;
use uuid::Uuid;

/// Ids that are the same in every run: version 7, ascending, counted from 1.
#[derive(Debug, Default)]
pub struct SequentialIds {
    given: AtomicU64,
}

impl SequentialIds {
    /// Some day in 2026, so that the ids look like any others.
    const FIRST_MILLISECOND: u64 = 1_767_225_600_000;

    /// The id with this place in the sequence.
    pub fn nth(place: u64) -> Uuid {
        let mut random = [0; 10];
        let (_, tail) = random.split_at_mut(2);
        tail.copy_from_slice(&place.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(Self::FIRST_MILLISECOND + place, &random).into_uuid()
    }
}

impl Ids for SequentialIds {
    fn next(&self) -> Uuid {
        Self::nth(self.given.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_and_are_of_version_seven() {
        let ids = SequentialIds::default();
        let given: Vec<Uuid> = (0..1_000).map(|_| ids.next()).collect();
        assert!(given.is_sorted_by(|one, next| one < next));
        assert!(given.iter().all(|id| id.get_version_num() == 7));
        assert_eq!(given.first(), Some(&SequentialIds::nth(1)));
    }
}
