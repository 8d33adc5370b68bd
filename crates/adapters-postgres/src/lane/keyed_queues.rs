use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use seatline_domain::storage::StorageError;
use uuid::Uuid;

use super::queue::{BATCH_MAX, LARGE_BATCH, QUEUE_MAX};

/// Items by their key, each key's in their order.
pub(super) type Batch<T> = Vec<(Uuid, Vec<T>)>;

/// The items that wait, by key.
pub(super) struct KeyedQueues<T> {
    /// Of every key that has any, or of which a batch runs.
    items: HashMap<Uuid, VecDeque<T>>,
    /// The keys with items of which no batch runs, in the order of their turn.
    ready: VecDeque<Uuid>,
}

impl<T> Default for KeyedQueues<T> {
    fn default() -> Self {
        Self { items: HashMap::new(), ready: VecDeque::new() }
    }
}

impl<T> KeyedQueues<T> {
    /// The most keys that have work at the same time.
    const KEYS_MAX: usize = 4_096;

    /// Puts an item into the queue of its key.
    pub(super) fn push(&mut self, key: Uuid, item: T) -> Result<(), StorageError> {
        let keys = self.items.len();
        match self.items.entry(key) {
            Entry::Occupied(mut items) if items.get().len() < QUEUE_MAX => items.get_mut().push_back(item),
            Entry::Vacant(vacant) if keys < Self::KEYS_MAX => {
                vacant.insert([item].into());
                self.ready.push_back(key);
            }
            _ => return Err(StorageError::Overloaded),
        }
        Ok(())
    }

    /// The number of items.
    pub(super) fn depth(&self) -> usize {
        self.items.values().map(VecDeque::len).sum()
    }

    /// The number of keys with items of which no batch runs.
    pub(super) fn ready(&self) -> usize {
        self.ready.len()
    }

    /// Tells whether the next batch is a small one.
    pub(super) fn is_small(&self) -> bool {
        let sizes = self.ready.iter().take(LARGE_BATCH).map(|key| self.size(key));
        sizes.sum::<usize>() < LARGE_BATCH
    }

    fn size(&self, key: &Uuid) -> usize {
        self.items.get(key).map_or(0, VecDeque::len)
    }

    /// Takes the next batch: the items of the key whose turn it is, with those of others as long as they are few. A key
    /// that `is_alone` shares no batch.
    pub(super) fn next_batch(&mut self, is_alone: impl Fn(Uuid) -> bool) -> Batch<T> {
        let shares = |queues: &Self, key| queues.size(&key) < LARGE_BATCH && !is_alone(key);
        let Some(first) = self.ready.pop_front() else { return Batch::new() };
        let is_shared = shares(self, first);
        let mut batch = vec![(first, self.take(&first))];
        let mut size = size_of(&batch);
        let mut others = VecDeque::with_capacity(self.ready.len());
        while let Some(key) = self.ready.pop_front() {
            if is_shared && size < BATCH_MAX && shares(self, key) {
                let items = self.take(&key);
                size += items.len();
                batch.push((key, items));
            } else {
                others.push_back(key);
            }
        }
        self.ready = others;
        batch
    }

    fn take(&mut self, key: &Uuid) -> Vec<T> {
        let Some(items) = self.items.get_mut(key) else { return Vec::new() };
        items.drain(..items.len().min(BATCH_MAX)).collect()
    }

    /// Puts back what is left of a batch that has run, before what has come since. Keys without items are gone.
    pub(super) fn finish(&mut self, keys: impl IntoIterator<Item = Uuid>, left: Batch<T>) {
        for (key, items) in left {
            let waiting = self.items.entry(key).or_default();
            items.into_iter().rev().for_each(|item| waiting.push_front(item));
        }
        for key in keys {
            if self.size(&key) == 0 {
                self.items.remove(&key);
            } else {
                self.ready.push_back(key);
            }
        }
    }
}

/// The number of items of a batch.
pub(super) fn size_of<T>(batch: &Batch<T>) -> usize {
    batch.iter().map(|(_, items)| items.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn queues(items: &[(u128, u32)]) -> KeyedQueues<u32> {
        let mut queues = KeyedQueues::default();
        for (n, item) in items {
            queues.push(key(*n), *item).unwrap();
        }
        queues
    }

    fn shared(_: Uuid) -> bool {
        false
    }

    #[test]
    fn keys_with_few_items_share_a_batch_and_each_keeps_its_order() {
        let mut queues = queues(&[(1, 10), (2, 20), (1, 11), (3, 30), (2, 21)]);
        let batch = queues.next_batch(shared);
        assert_eq!(batch, [(key(1), vec![10, 11]), (key(2), vec![20, 21]), (key(3), vec![30])]);
        // What comes while their batch runs waits for its end.
        queues.push(key(2), 22).unwrap();
        assert_eq!((queues.next_batch(shared), queues.depth()), (vec![], 1));
        queues.finish([1, 2, 3].map(key), vec![(key(2), vec![20, 21]), (key(3), vec![30])]);
        assert_eq!(queues.next_batch(shared), [(key(2), vec![20, 21, 22]), (key(3), vec![30])]);
        queues.finish([2, 3].map(key), vec![]);
        assert!(queues.items.is_empty() && queues.ready.is_empty());
    }

    #[test]
    fn a_key_with_many_items_and_one_that_is_to_be_alone_share_no_batch() {
        let many = (0..u32::try_from(LARGE_BATCH).unwrap()).map(|item| (2, item));
        let few = [(1, 0), (3, 0), (4, 0)];
        let items: Vec<_> = [few[0]].into_iter().chain(many).chain([few[1], few[2]]).collect();
        let mut queues = queues(&items);
        let mut batches = Vec::new();
        loop {
            let batch = queues.next_batch(|alone| alone == key(3));
            if batch.is_empty() {
                break;
            }
            batches
                .push(batch.into_iter().map(|(key, items)| (key.as_u128(), items.len())).collect::<Vec<_>>());
        }
        assert_eq!(batches, [vec![(1, 1), (4, 1)], vec![(2, LARGE_BATCH)], vec![(3, 1)]]);
    }

    #[test]
    fn a_batch_is_bounded_and_so_are_queues_and_keys() {
        let mut queues = KeyedQueues::default();
        for n in 0..KeyedQueues::<u32>::KEYS_MAX {
            queues.push(key(n.try_into().unwrap()), 0).unwrap();
        }
        assert_eq!(queues.push(key(u128::MAX), 0), Err(StorageError::Overloaded));
        for item in 1..QUEUE_MAX {
            queues.push(key(0), item.try_into().unwrap()).unwrap();
        }
        assert_eq!(queues.push(key(0), 0), Err(StorageError::Overloaded));
        queues.push(key(1), 0).unwrap();
        let large = queues.next_batch(shared);
        assert_eq!((large.len(), size_of(&large)), (1, BATCH_MAX));
        let many = queues.next_batch(shared);
        assert_eq!(size_of(&many), BATCH_MAX);
    }
}
