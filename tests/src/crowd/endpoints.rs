use std::sync::{Arc, Mutex, PoisonError};

use rand::RngExt;
use rand::rngs::StdRng;

use crate::client::Client;

/// The instances that can be asked at the moment.
#[derive(Debug, Clone, Default)]
pub struct Endpoints(Arc<Mutex<Vec<Client>>>);

impl Endpoints {
    /// One instance more, or another in place of this one.
    pub fn put(&self, index: usize, client: Client) {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match clients.get_mut(index) {
            Some(place) => *place = client,
            None => clients.push(client),
        }
    }

    /// Any of them.
    pub(super) fn any(&self, rng: &mut StdRng) -> Client {
        let clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients[rng.random_range(0..clients.len())].clone()
    }
}
