use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use seatline_application::Seatline;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What goes on in the background: admission and sweeping.
pub(crate) struct Workers {
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Workers {
    /// Starts them.
    pub(crate) fn start(seatline: &Arc<Seatline>, admit_every: Duration, sweep_every: Duration) -> Self {
        let workers = Self { tasks: TaskTracker::new(), stopping: CancellationToken::new() };
        let admitting = seatline.clone();
        workers.every(admit_every, "admission", move || {
            let seatline = admitting.clone();
            async move { seatline.admit_waiting.execute().await.map_err(|error| error.to_string()) }
        });
        let sweeping = seatline.clone();
        workers.every(sweep_every, "sweep", move || {
            let seatline = sweeping.clone();
            async move { seatline.sweep_holds.execute().await.map_err(|error| error.to_string()) }
        });
        workers
    }

    /// Stops them once the step that each is in has ended.
    pub(crate) async fn stop(self) {
        self.stopping.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Takes a step again and again. One that fails is logged, the next is taken all the same.
    fn every<F>(&self, period: Duration, name: &'static str, step: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = Result<usize, String>> + Send,
    {
        let stopping = self.stopping.clone();
        self.tasks.spawn(async move {
            let mut ticks = interval(period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut failing = false;
            loop {
                tokio::select! {
                    () = stopping.cancelled() => return,
                    _ = ticks.tick() => {}
                }
                match step().await {
                    Ok(done) => {
                        if failing {
                            tracing::info!(worker = name, "works again");
                        }
                        tracing::trace!(worker = name, done);
                        failing = false;
                    }
                    Err(error) => {
                        if !failing {
                            tracing::warn!(worker = name, error, "fails, and is tried again");
                        }
                        failing = true;
                    }
                }
            }
        });
    }
}
