//! Virtual users who do what people do, at random but by a seed, whatever happens to the service meanwhile. They record
//! everything they ask for and what came of it.

mod endpoints;
mod virtual_user;
mod visit;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinHandle;

use crate::history::History;
use crate::sale::Sale;
pub use endpoints::Endpoints;
use virtual_user::VirtualUser;

/// Virtual users at a sale.
pub struct Crowd {
    over: Arc<AtomicBool>,
    users: Vec<JoinHandle<()>>,
}

impl Crowd {
    /// Sends this many virtual users to the performances of one concert.
    pub fn start(users: u64, endpoints: &Endpoints, sales: &[Sale], history: &History, seed: u64) -> Self {
        let over = Arc::<AtomicBool>::default();
        let come = |index| {
            let sales = sales.to_vec();
            let (endpoints, history, over) = (endpoints.clone(), history.clone(), Arc::clone(&over));
            tokio::spawn(
                VirtualUser::new(seed.wrapping_mul(1_000) + index, endpoints, sales, history, over).run(),
            )
        };
        Self { users: (0..users).map(come).collect(), over: Arc::clone(&over) }
    }

    /// Lets everybody finish what they are at, and waits for it. The service must be well by now.
    pub async fn finish(self) {
        self.over.store(true, Ordering::Relaxed);
        for user in self.users {
            user.await.unwrap();
        }
    }
}
