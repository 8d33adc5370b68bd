//! Who comes to the sale, and what they do.

mod arrivals;
mod at_the_seats;
mod in_line;
mod visitor;
mod whims;

use std::sync::Arc;

use tokio::time::{Instant, sleep_until};
use tokio_util::task::TaskTracker;

pub(crate) use arrivals::Arrivals;
use visitor::Visitor;

use crate::rehearsal::Rehearsal;

/// Lets everybody come, and waits until all of them are done or the rehearsal is over.
pub(crate) async fn gather(rehearsal: Arc<Rehearsal>, arrivals: Arrivals) {
    let (doors_open, people) = (Instant::now(), TaskTracker::new());
    for person in 0..rehearsal.people.expected {
        let due = doors_open + arrivals.after(person);
        if rehearsal.over.run_until_cancelled(sleep_until(due)).await.is_none() {
            break;
        }
        let mut visitor = Visitor::new(Arc::clone(&rehearsal), person, due);
        people.spawn(async move { visitor.visit().await });
    }
    people.close();
    people.wait().await;
}
