use std::collections::BTreeMap;
use std::collections::btree_map::Range;
use std::ops::RangeBounds;

/// Rows by key, and which of them were changed or added since they were loaded.
#[derive(Debug, Clone)]
pub struct TrackedRows<K, V> {
    rows: BTreeMap<K, Row<V>>,
}

#[derive(Debug, Clone)]
struct Row<V> {
    value: V,
    origin: Origin<V>,
}

#[derive(Debug, Clone)]
enum Origin<V> {
    Loaded,
    /// What was loaded.
    Changed(V),
    Added,
}

impl<K, V> Default for TrackedRows<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new() }
    }
}

impl<K: Ord, V> TrackedRows<K, V> {
    /// Puts in a row as it is stored.
    pub fn load(&mut self, key: K, value: V) {
        self.rows.insert(key, Row { value, origin: Origin::Loaded });
    }

    /// Puts in a new row.
    pub fn insert(&mut self, key: K, value: V) {
        self.rows.insert(key, Row { value, origin: Origin::Added });
    }

    /// Takes a row out, as though it had never been here.
    pub fn remove(&mut self, key: &K) {
        self.rows.remove(key);
    }

    /// One row.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key).map(|row| &row.value)
    }

    /// One row, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V>
    where
        V: Clone,
    {
        let row = self.rows.get_mut(key)?;
        if matches!(row.origin, Origin::Loaded) {
            row.origin = Origin::Changed(row.value.clone());
        }
        Some(&mut row.value)
    }

    /// All rows, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().map(|(key, row)| (key, &row.value))
    }

    /// The rows of a range of keys, by key.
    pub fn range(&self, keys: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        let range: Range<'_, K, Row<V>> = self.rows.range(keys);
        range.map(|(key, row)| (key, &row.value))
    }

    /// Rows that were loaded and are different now, by key.
    pub fn changed(&self) -> impl Iterator<Item = &V>
    where
        V: PartialEq,
    {
        self.changes().map(|(_, after)| after)
    }

    /// The same, each as it was loaded and as it is now.
    pub fn changes(&self) -> impl Iterator<Item = (&V, &V)>
    where
        V: PartialEq,
    {
        self.rows.values().filter_map(|row| match &row.origin {
            Origin::Changed(before) => (*before != row.value).then_some((before, &row.value)),
            Origin::Loaded | Origin::Added => None,
        })
    }

    /// Rows that were added, by key.
    pub fn added(&self) -> impl Iterator<Item = &V> {
        self.added_with_keys().map(|(_, value)| value)
    }

    /// Rows that were added, with their keys, by key.
    pub fn added_with_keys(&self) -> impl Iterator<Item = (&K, &V)> {
        let added = self.rows.iter().filter(|(_, row)| matches!(row.origin, Origin::Added));
        added.map(|(key, row)| (key, &row.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_was_changed_and_what_was_added() {
        let mut rows = TrackedRows::default();
        rows.load(1, "loaded");
        rows.load(2, "changed");
        rows.insert(3, "added");
        *rows.get_mut(&2).unwrap() = "new";
        rows.get_mut(&1).unwrap();
        *rows.get_mut(&3).unwrap() = "still added";
        assert_eq!(rows.changed().collect::<Vec<_>>(), [&"new"]);
        *rows.get_mut(&2).unwrap() = "newer";
        assert_eq!(rows.changes().collect::<Vec<_>>(), [(&"changed", &"newer")]);
        assert_eq!(rows.added().collect::<Vec<_>>(), [&"still added"]);
        assert_eq!(rows.range(2..).count(), 2);
    }
}
