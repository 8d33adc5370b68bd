use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use seatline_domain::id::ConcertId;
use seatline_domain::queue::RoomFigures;
use tokio::time::Instant;

/// The numbers of people active in rooms with very many of them and nobody waiting. Counting takes the longer the more
/// there are; where no admission depends on it, it is done at most once in a while.
#[derive(Default)]
pub(crate) struct ActiveCountCache(Mutex<HashMap<ConcertId, (ActiveCount, Instant)>>);

/// The active passes of a room by whether they have expired, as they were counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ActiveCount {
    active: u64,
    expired: u64,
}

impl ActiveCountCache {
    /// The number of people from which a count is cached.
    const CACHED_MIN: u64 = 2_000;
    /// The age up to which a count is used, for each of the people: counting takes a small share of that.
    const AGE_EACH: Duration = Duration::from_micros(100);
    /// The age beyond which no count is used.
    const AGE_MAX: Duration = Duration::from_secs(5);

    /// The counts of the rooms that need not be counted again yet.
    pub(crate) fn counted(&self) -> HashMap<ConcertId, ActiveCount> {
        let mut active_counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        active_counts.retain(|_, (count, since)| since.elapsed() < Self::age_max(count.active));
        active_counts.iter().map(|(concert_id, (count, _))| (*concert_id, *count)).collect()
    }

    fn age_max(active: u64) -> Duration {
        let people = u32::try_from(active).unwrap_or(u32::MAX);
        Self::AGE_EACH.saturating_mul(people).min(Self::AGE_MAX)
    }

    /// Adds the cached counts to figures that were just read, and caches the large counts among the others.
    pub(crate) fn complete<'f>(
        &self,
        figures: impl Iterator<Item = &'f mut RoomFigures>,
        counted: &HashMap<ConcertId, ActiveCount>,
    ) {
        let mut active_counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for figures in figures {
            if let Some(count) = counted.get(&figures.concert_id) {
                (figures.active, figures.expired) = (count.active, count.expired);
            } else if figures.active >= Self::CACHED_MIN && figures.waiting == 0 {
                let count = ActiveCount { active: figures.active, expired: figures.expired };
                active_counts.insert(figures.concert_id, (count, Instant::now()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use seatline_domain::queue::{RoomSettings, RoomStatus};
    use uuid::Uuid;

    use super::*;

    fn figures(active: u64, waiting: u64) -> RoomFigures {
        RoomFigures {
            concert_id: ConcertId::new(Uuid::from_u128(1)),
            settings: RoomSettings::default(),
            status: RoomStatus::Open,
            last_number: active + waiting,
            now_serving: active,
            waiting,
            active,
            expired: 0,
            line_end: None,
        }
    }

    fn read(active_counts: &ActiveCountCache, mut figures: RoomFigures) -> u64 {
        let counted = active_counts.counted();
        // What the database says of a room that it was not to count.
        if counted.contains_key(&figures.concert_id) {
            figures.active = 0;
        }
        active_counts.complete(std::iter::once(&mut figures), &counted);
        figures.active
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_large_count_of_a_room_where_nobody_waits_is_cached() {
        let active_counts = ActiveCountCache::default();
        assert_eq!(
            [read(&active_counts, figures(5_000, 0)), read(&active_counts, figures(5_001, 0))],
            [5_000, 5_000]
        );
        tokio::time::advance(ActiveCountCache::AGE_EACH * 5_000).await;
        assert_eq!(
            [read(&active_counts, figures(500_000, 0)), read(&active_counts, figures(1, 0))],
            [500_000, 500_000]
        );
        tokio::time::advance(ActiveCountCache::AGE_MAX).await;
        assert_eq!(read(&active_counts, figures(5_002, 0)), 5_002);
        for uncached in [figures(1_999, 0), figures(5_000, 1)] {
            let active_counts = ActiveCountCache::default();
            read(&active_counts, uncached);
            assert!(active_counts.counted().is_empty());
        }
    }
}
