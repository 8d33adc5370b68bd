//! The course of a rehearsal, from setting it up to its report.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

use crate::audit::audit;
use crate::crowd::{Arrivals, gather};
use crate::options::Options;
use crate::progress;
use crate::rehearsal::Rehearsal;
use crate::report::{Ending, Report};

/// Runs a rehearsal.
///
/// # Errors
/// * As for [`Rehearsal::prepare`].
/// * Interrupted twice: the second time while the last answers are waited for.
pub(crate) async fn rehearse(options: &Options) -> Result<Report> {
    let rehearsal = Arc::new(Rehearsal::prepare(options).await?);
    let arrivals = options.crowd.rate.map_or(Arrivals::AllAtOnce, Arrivals::PerSecond);
    progress::announce(&rehearsal);
    let begin = Instant::now();
    let display = tokio::spawn(progress::show(Arc::clone(&rehearsal)));
    let ending = run_crowd(&rehearsal, arrivals, options.bounds.patience).await?;
    let took = begin.elapsed();
    rehearsal.stop.cancel();
    display.await?;
    audit(&rehearsal).await;
    Ok(Report::of(&rehearsal, ending, took))
}

/// Lets people come and go. Afterwards nobody sends anything any more, and nobody waits for an answer.
async fn run_crowd(rehearsal: &Arc<Rehearsal>, arrivals: Arrivals, patience: Duration) -> Result<Ending> {
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
    rehearsal.stop.cancel();
    rehearsal.service.close();
    // What was sent is still answered, which takes as long as the timeout at most. A second Ctrl-C ends it at once.
    tokio::select! {
        done = crowd => done?,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            bail!("interrupted");
        }
    }
    Ok(ending)
}
