use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;

/// An address or a user that is counted.
pub(super) type Key = [u8; 16];

/// Counts of everybody who asked lately, in bounded memory.
///
/// So many keys have a count of their own, first come, first served. While all of those are taken, others share one of
/// a fixed number of counts, picked by a hash with a secret of the process: they are limited all the same, together with
/// whoever falls on the same count. So a flood from ever new addresses costs no more memory, frees nobody of the limit,
/// and shuts out none who had a count before it.
pub(super) struct BoundedStore {
    own_max: usize,
    counts: Mutex<Counts>,
    hasher: RandomState,
}

struct Counts {
    own: HashMap<Key, Nanos>,
    shared: Box<[Option<Nanos>]>,
}

impl BoundedStore {
    /// Far more than ask within the second after which a key is forgotten again. About 3 MB when it is full.
    pub(super) const OWN_MAX: usize = 65_536;
    /// Enough that newcomers seldom meet on one.
    pub(super) const SHARED: usize = 4_096;

    /// So many own counts at most, and so many shared ones.
    pub(super) fn new(own_max: usize, shared: usize) -> Self {
        let counts = Counts { own: HashMap::new(), shared: vec![None; shared].into() };
        Self { own_max, counts: Mutex::new(counts), hasher: RandomState::new() }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // A count is one number, whole at any moment.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn share_of(&self, key: &Key, shared: usize) -> usize {
        let hash = usize::try_from(self.hasher.hash_one(key) >> 32).unwrap_or_default();
        hash.checked_rem(shared).unwrap_or_default()
    }
}

impl StateStore for BoundedStore {
    type Key = Key;

    fn measure_and_replace<T, F, E>(&self, key: &Key, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let Counts { own, shared } = &mut *self.counts();
        if let Some(count) = own.get_mut(key) {
            let (outcome, next) = measure(Some(*count))?;
            *count = next;
            return Ok(outcome);
        }
        if own.len() < self.own_max {
            let (outcome, next) = measure(None)?;
            own.insert(*key, next);
            return Ok(outcome);
        }
        let share = self.share_of(key, shared.len());
        let count = shared.get_mut(share);
        let (outcome, next) = measure(count.as_deref().copied().flatten())?;
        if let Some(count) = count {
            *count = Some(next);
        }
        Ok(outcome)
    }
}

impl ShrinkableKeyedStateStore<Key> for BoundedStore {
    fn retain_recent(&self, drop_below: Nanos) {
        let Counts { own, .. } = &mut *self.counts();
        own.retain(|_, count| *count >= drop_below);
        // What a flood took is given back, without growing and shrinking at every round.
        if own.len() < own.capacity() / 8 {
            own.shrink_to(own.len() * 2);
        }
    }

    fn len(&self) -> usize {
        self.counts().own.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
