use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::count::Count;

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
    own: HashMap<Key, Count>,
    shared: Box<[Count]>,
}

impl BoundedStore {
    /// Far more than ask within the second after which a key is forgotten again. About 6 MB when it is full.
    pub(super) const OWN_MAX: usize = 65_536;
    /// Enough that newcomers seldom meet on one.
    pub(super) const SHARED: usize = 4_096;

    /// So many own counts at most, and so many shared ones.
    pub(super) fn new(own_max: usize, shared: usize) -> Self {
        let counts = Counts { own: HashMap::new(), shared: vec![Count::default(); shared].into() };
        Self { own_max, counts: Mutex::new(counts), hasher: RandomState::new() }
    }

    /// Lets somebody's count be read and changed.
    pub(super) fn with_count<T>(&self, key: Key, change: impl FnOnce(&mut Count) -> T) -> T {
        let Counts { own, shared } = &mut *self.counts();
        if let Some(count) = own.get_mut(&key) {
            return change(count);
        }
        if own.len() < self.own_max {
            return change(own.entry(key).or_default());
        }
        let share = self.share_of(&key, shared.len());
        change(shared.get_mut(share).unwrap_or(&mut Count::default()))
    }

    /// Forgets own counts but these.
    pub(super) fn retain(&self, kept: impl Fn(Count) -> bool) {
        let Counts { own, .. } = &mut *self.counts();
        own.retain(|_, count| kept(*count));
        // What a flood took is given back, without growing and shrinking at every round.
        if own.len() < own.capacity() / 8 {
            own.shrink_to(own.len() * 2);
        }
    }

    /// How many have a count of their own.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.counts().own.len()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // A count is two instants, which nothing leaves half changed.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn share_of(&self, key: &Key, shared: usize) -> usize {
        let hash = usize::try_from(self.hasher.hash_one(key) >> 32).unwrap_or_default();
        hash.checked_rem(shared).unwrap_or_default()
    }
}
