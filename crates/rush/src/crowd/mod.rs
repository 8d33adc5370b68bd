//! The crowd: when people arrive, and what each of them does.

mod account;
mod arrivals;
mod behaviour;
mod board;
mod booking;
mod browsing;
mod queue;
mod ticket;
mod visit;
mod visitor;

use std::sync::Arc;

use tokio::time::{Instant, sleep_until};
use tokio_util::task::TaskTracker;

pub(crate) use arrivals::Arrivals;

use crate::rehearsal::Rehearsal;

/// Lets everybody come, and waits until all of them are done or the rehearsal stops.
pub(crate) async fn gather(rehearsal: Arc<Rehearsal>, arrivals: Arrivals) {
    let (doors_open, visits) = (Instant::now(), TaskTracker::new());
    for person in 0..rehearsal.people.expected {
        let due = doors_open + arrivals.after(person);
        if rehearsal.stop.run_until_cancelled(sleep_until(due)).await.is_none() {
            break;
        }
        rehearsal.people.arrive();
        visits.spawn(visit::visit(Arc::clone(&rehearsal), person, due));
    }
    visits.close();
    visits.wait().await;
}
