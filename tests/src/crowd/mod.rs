//! People who do what people do, at random but by a seed, whatever happens to the service meanwhile. They write down
//! everything they ask for and what came of it.

mod customer;
mod fleet;
mod visit;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinHandle;

use crate::history::History;
use crate::sale::Sale;
use customer::Customer;
pub use fleet::Fleet;

/// People at a sale.
pub struct Crowd {
    over: Arc<AtomicBool>,
    people: Vec<JoinHandle<()>>,
}

impl Crowd {
    /// Sends this many people to the performances of one concert.
    pub fn gather(people: u64, fleet: &Fleet, sales: &[Sale], history: &History, seed: u64) -> Self {
        let over = Arc::<AtomicBool>::default();
        let come = |index| {
            let sales = sales.to_vec();
            let (fleet, history, over) = (fleet.clone(), history.clone(), Arc::clone(&over));
            tokio::spawn(Customer::new(seed.wrapping_mul(1_000) + index, fleet, sales, history, over).shop())
        };
        Self { people: (0..people).map(come).collect(), over: Arc::clone(&over) }
    }

    /// Lets everybody finish what they are at, and waits for it. The service must be well by now.
    pub async fn go_home(self) {
        self.over.store(true, Ordering::Relaxed);
        for person in self.people {
            person.await.unwrap();
        }
    }
}
