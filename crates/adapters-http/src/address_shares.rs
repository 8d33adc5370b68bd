//! Shares of addresses in what there is a bounded number of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::HttpRequest;

use crate::client_address::{AddressKey, TrustedProxies, client_address, key_of};

/// Counts what each address has of something that it keeps for a while, such as streams, and lets nobody have too much.
pub(crate) struct AddressShares {
    most: usize,
    proxies: TrustedProxies,
    taken: Mutex<HashMap<AddressKey, usize>>,
}

/// One of those that an address may have, until it is dropped.
pub(crate) struct AddressShare {
    address: AddressKey,
    shares: Arc<AddressShares>,
}

impl AddressShares {
    /// At most so many for each address.
    pub(crate) fn new(most: usize, proxies: TrustedProxies) -> Arc<Self> {
        Arc::new(Self { most, proxies, taken: Mutex::default() })
    }

    /// Takes one for the client that sent a request. `None` when its address has as many as one may have.
    pub(crate) fn take(self: &Arc<Self>, request: &HttpRequest) -> Option<AddressShare> {
        self.take_for(key_of(client_address(request.peer_addr(), request.headers(), &self.proxies)))
    }

    fn take_for(self: &Arc<Self>, address: AddressKey) -> Option<AddressShare> {
        let mut taken = self.taken();
        let of_address = taken.entry(address).or_default();
        if *of_address >= self.most {
            return None;
        }
        *of_address += 1;
        drop(taken);
        Some(AddressShare { address, shares: self.clone() })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<AddressKey, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for AddressShare {
    fn drop(&mut self) {
        let mut taken = self.shares.taken();
        let Some(of_address) = taken.get_mut(&self.address) else { return };
        *of_address -= 1;
        if *of_address == 0 {
            taken.remove(&self.address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_for_as_long_as_it_keeps_it() {
        let shares = AddressShares::new(2, TrustedProxies::default());
        let (one, other) = ([1; 16], [2; 16]);
        let mut kept = vec![shares.take_for(one).unwrap(), shares.take_for(one).unwrap()];
        assert!(shares.take_for(one).is_none());
        kept.push(shares.take_for(other).unwrap());
        kept.remove(0);
        kept.push(shares.take_for(one).unwrap());
        assert!(shares.take_for(one).is_none());
        kept.clear();
        assert!(shares.taken().is_empty(), "nothing is kept of anybody");
    }
}
