use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::audit::audit;
use crate::crowd::{Arrivals, gather};
use crate::figures::{Figures, People};
use crate::options::{Habits, Options};
use crate::progress;
use crate::promises::Promises;
use crate::report::Report;
use crate::sale::Sale;
use crate::service::Service;

/// What everybody at a rehearsal shares.
pub(crate) struct Rehearsal {
    pub(crate) service: Service,
    pub(crate) sale: Sale,
    pub(crate) habits: Habits,
    pub(crate) seed: u64,
    pub(crate) people: People,
    pub(crate) figures: Figures,
    pub(crate) promises: Promises,
    /// Cancelled when everybody is to stop.
    pub(crate) over: CancellationToken,
    failures: Mutex<Vec<String>>,
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Ending {
    /// Everybody was done.
    Done,
    /// It took too long.
    OutOfPatience,
    /// Somebody interrupted it.
    Interrupted,
}

impl Rehearsal {
    /// How many failures are remembered in words.
    const FAILURES_MAX: usize = 10;

    /// Somebody failed.
    pub(crate) fn failed(&self, why: String) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() < Self::FAILURES_MAX {
            failures.push(why);
        }
    }

    /// Some of those who failed, and why.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Holds a rehearsal.
///
/// # Errors
/// What keeps it from being held: the service cannot be reached, does not take the key, has no such concert.
pub(crate) async fn rehearse(options: &Options) -> Result<Report> {
    let service = Service::new(&options.url, options.bounds.connections, options.bounds.timeout)?;
    let sale = Sale::open(options, &service).await?;
    let rehearsal = Arc::new(Rehearsal {
        service,
        sale,
        habits: options.habits.clone(),
        seed: options.crowd.seed.unwrap_or_else(rand::random),
        people: People::new(options.crowd.people),
        figures: Figures::default(),
        promises: Promises::new(options.bounds.tolerance),
        over: CancellationToken::new(),
        failures: Mutex::default(),
    });
    let arrivals = options.crowd.rate.map_or(Arrivals::Crowd, Arrivals::Rate);
    progress::begin(&rehearsal);
    let begin = Instant::now();
    let display = tokio::spawn(progress::show(Arc::clone(&rehearsal)));
    let ending = hold(&rehearsal, arrivals, options.bounds.patience).await?;
    let took = begin.elapsed();
    rehearsal.over.cancel();
    display.await?;
    audit(&rehearsal).await;
    Ok(Report::of(&rehearsal, ending, took))
}

/// Lets people come and go. Afterwards nobody asks for anything any more, and nobody waits for an answer.
async fn hold(rehearsal: &Arc<Rehearsal>, arrivals: Arrivals, patience: Duration) -> Result<Ending> {
    let mut crowd = tokio::spawn(gather(Arc::clone(rehearsal), arrivals));
    let ending = tokio::select! {
        done = &mut crowd => {
            done?;
            return Ok(Ending::Done);
        }
        () = sleep(patience) => Ending::OutOfPatience,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            Ending::Interrupted
        }
    };
    rehearsal.over.cancel();
    rehearsal.service.close();
    // What was sent is still answered, which takes as long as the timeout at most. Who cannot wait asks once more.
    tokio::select! {
        done = crowd => done?,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            anyhow::bail!("interrupted");
        }
    }
    Ok(ending)
}
