use std::collections::{HashMap, HashSet};

use crate::client_address::AddressKey;

/// The places of open connections: so many of all, and so many of one address.
pub(super) struct Places<T> {
    most: usize,
    most_of_address: Option<usize>,
    next: u64,
    taken: HashMap<u64, Place<T>>,
    of_addresses: HashMap<AddressKey, HashSet<u64>>,
}

struct Place<T> {
    /// None for one that counts for no address.
    address: Option<AddressKey>,
    holder: T,
}

/// The limit that keeps a newcomer from having a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// All places are taken.
    Instance,
    /// Those of the newcomer's address are.
    Address,
}

impl<T> Places<T> {
    /// All of them are free.
    ///
    /// * `most_of_address` – none where addresses are not limited.
    pub(super) fn new(most: usize, most_of_address: Option<usize>) -> Self {
        Self { most, most_of_address, next: 0, taken: HashMap::new(), of_addresses: HashMap::new() }
    }

    /// How many are taken.
    pub(super) fn len(&self) -> usize {
        self.taken.len()
    }

    /// What keeps a newcomer of this address from having a place, if anything does.
    pub(super) fn refusal(&self, address: Option<AddressKey>) -> Option<Refusal> {
        if self.is_used_up_by(address) {
            Some(Refusal::Address)
        } else {
            (self.len() >= self.most).then_some(Refusal::Instance)
        }
    }

    /// Whether this address has as many places as one may have.
    pub(super) fn is_used_up_by(&self, address: Option<AddressKey>) -> bool {
        let taken = address.and_then(|address| self.of_addresses.get(&address)).map_or(0, HashSet::len);
        address.is_some() && self.most_of_address.is_some_and(|most| taken >= most)
    }

    /// Takes a place, which is told by its number. Whether there is one is for the caller to ask.
    pub(super) fn take(&mut self, address: Option<AddressKey>, holder: T) -> u64 {
        let place = self.next;
        self.next += 1;
        self.taken.insert(place, Place { address, holder });
        if let Some(address) = address {
            self.of_addresses.entry(address).or_default().insert(place);
        }
        place
    }

    /// Gives a place back, if it was not given back before.
    pub(super) fn leave(&mut self, place: u64) -> Option<T> {
        let Place { address, holder } = self.taken.remove(&place)?;
        if let Some(address) = address
            && let Some(places) = self.of_addresses.get_mut(&address)
        {
            places.remove(&place);
            if places.is_empty() {
                self.of_addresses.remove(&address);
            }
        }
        Some(holder)
    }

    /// The holders of places.
    pub(super) fn holders(&self) -> impl Iterator<Item = (u64, &T)> {
        self.taken.iter().map(|(number, place)| (*number, &place.holder))
    }

    /// The holders of the places of an address.
    pub(super) fn holders_of(&self, address: AddressKey) -> impl Iterator<Item = (u64, &T)> {
        let places = self.of_addresses.get(&address).into_iter().flatten();
        places.filter_map(|number| Some((*number, &self.taken.get(number)?.holder)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Option<AddressKey> = Some([1; 16]);
    const OTHER: Option<AddressKey> = Some([2; 16]);

    #[test]
    fn an_address_has_its_share_and_leaves_the_rest_to_others() {
        let mut places = Places::new(5, Some(2));
        let first = places.take(ONE, 'a');
        places.take(ONE, 'b');
        assert_eq!(places.refusal(ONE), Some(Refusal::Address));
        assert_eq!((places.refusal(OTHER), places.refusal(None)), (None, None));
        assert_eq!(places.leave(first), Some('a'));
        assert_eq!(places.leave(first), None, "once is enough");
        assert_eq!(places.refusal(ONE), None);
        assert_eq!(places.holders_of([1; 16]).map(|(_, holder)| *holder).collect::<String>(), "b");
    }

    #[test]
    fn all_places_together_are_bounded_for_those_too_who_count_for_no_address() {
        for address in [None, ONE] {
            let mut places = Places::new(3, None);
            let taken: Vec<_> = (0..3).map(|_| places.take(address, ())).collect();
            assert_eq!(places.refusal(address), Some(Refusal::Instance));
            assert_eq!(places.refusal(OTHER), Some(Refusal::Instance));
            assert!(taken.into_iter().all(|place| places.leave(place).is_some()));
            assert_eq!((places.len(), places.of_addresses.len()), (0, 0), "nothing is kept of anybody");
        }
    }
}
