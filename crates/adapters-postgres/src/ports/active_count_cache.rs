use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use seatline_domain::id::ConcertId;
use seatline_domain::queue::RoomFigures;
use tokio::time::Instant;

/// How many people are active in rooms with very many of them and nobody waiting. Counting takes the longer the more
/// there are; where no admission depends on it, it is done at most once in a while.
#[derive(Default)]
pub(crate) struct ActiveCountCache(Mutex<HashMap<ConcertId, (Crowd, Instant)>>);

/// The active passes of a room, as they were counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crowd {
    active: u64,
    lapsed: u64,
}

impl ActiveCountCache {
    /// Fewer are counted each time.
    const LARGE: u64 = 2_000;
    /// For how long a count is taken for true, for each of the people: counting takes a small share of that.
    const AGE_EACH: Duration = Duration::from_micros(100);
    /// But no longer.
    const AGE_MAX: Duration = Duration::from_secs(5);

    /// The rooms that need not be counted again yet.
    pub(crate) fn counted(&self) -> HashMap<ConcertId, Crowd> {
        let mut active_counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        active_counts.retain(|_, (crowd, since)| since.elapsed() < Self::age_max(crowd.active));
        active_counts.iter().map(|(concert_id, (crowd, _))| (*concert_id, *crowd)).collect()
    }

    fn age_max(active: u64) -> Duration {
        let people = u32::try_from(active).unwrap_or(u32::MAX);
        Self::AGE_EACH.saturating_mul(people).min(Self::AGE_MAX)
    }

    /// Adds to figures that were just read what was counted before, and remembers the large counts among the others.
    pub(crate) fn complete<'f>(
        &self,
        figures: impl Iterator<Item = &'f mut RoomFigures>,
        counted: &HashMap<ConcertId, Crowd>,
    ) {
        let mut active_counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for figures in figures {
            if let Some(crowd) = counted.get(&figures.concert_id) {
                (figures.active, figures.expired) = (crowd.active, crowd.lapsed);
            } else if figures.active >= Self::LARGE && figures.waiting == 0 {
                let crowd = Crowd { active: figures.active, lapsed: figures.expired };
                active_counts.insert(figures.concert_id, (crowd, Instant::now()));
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
    async fn only_a_large_crowd_that_keeps_nobody_waiting_is_counted_less_often() {
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
        for crowd in [figures(1_999, 0), figures(5_000, 1)] {
            let active_counts = ActiveCountCache::default();
            read(&active_counts, crowd);
            assert!(active_counts.counted().is_empty());
        }
    }
}
