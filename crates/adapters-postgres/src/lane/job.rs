use std::time::Duration;

use seatline_domain::Timestamp;
use seatline_domain::commands::Command;
use seatline_domain::storage::StorageError;
use seatline_domain::working_set::{Footprint, WorkingSet};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::Span;
use uuid::Uuid;

/// A command in a lane, whatever its type.
pub(crate) trait Job: Send + Sync {
    /// Names the rows that it needs.
    fn footprint(&self, footprint: &mut Footprint);
    /// Decides, and keeps the verdict to itself.
    fn decide(&mut self, set: &mut WorkingSet, now: Timestamp);
    /// Hands out the verdict, now that it is stored.
    fn answer(self: Box<Self>);
    /// Hands out a failure of storage instead.
    fn fail(self: Box<Self>, error: StorageError);
    /// What its caller was doing.
    fn span(&self) -> &Span;
}

/// A command, and the caller that awaits its verdict.
struct QueuedCommand<C: Command> {
    command: C,
    span: Span,
    verdict: Option<Result<C::Success, C::Error>>,
    reply: oneshot::Sender<Result<C::Success, C::Error>>,
}

impl<C: Command> Job for QueuedCommand<C>
where
    C::Success: Sync,
    C::Error: Sync,
{
    fn footprint(&self, footprint: &mut Footprint) {
        self.command.footprint(footprint);
    }

    fn decide(&mut self, set: &mut WorkingSet, now: Timestamp) {
        self.verdict = Some(self.command.decide(set, now));
    }

    fn answer(self: Box<Self>) {
        let undecided = || Err(StorageError::missing("the verdict").into());
        let verdict = self.verdict.unwrap_or_else(undecided);
        drop(self.reply.send(verdict));
    }

    fn fail(self: Box<Self>, error: StorageError) {
        drop(self.reply.send(Err(error.into())));
    }

    fn span(&self) -> &Span {
        &self.span
    }
}

/// Queues of commands by a key.
pub(crate) trait Queues {
    /// Puts a command into the queue of its key.
    ///
    /// # Errors
    /// [`StorageError::Overloaded`] when the queue is full, [`StorageError::Unavailable`] when it is closed.
    fn push(&self, key: Uuid, job: Box<dyn Job>) -> Result<(), StorageError>;
}

/// The longest wait for a verdict, in the queue and in the batch together.
const VERDICT_WAIT: Duration = Duration::from_secs(10);

/// Puts a command into the lane of its key and awaits the verdict, for [`VERDICT_WAIT`] at the most. A command that is
/// given up is still carried out: what came of it is not known.
pub(crate) async fn submit<C: Command>(
    lanes: &impl Queues,
    key: Uuid,
    command: C,
) -> Result<C::Success, C::Error>
where
    C::Success: Sync,
    C::Error: Sync,
{
    let (reply, verdict) = oneshot::channel();
    lanes.push(key, Box::new(QueuedCommand { command, span: Span::current(), verdict: None, reply }))?;
    let unknown = |why: &str| Err(StorageError::OutcomeUnknown(why.into()).into());
    match timeout(VERDICT_WAIT, verdict).await {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(_)) => unknown("the lane ended"),
        Err(_) => unknown("no verdict in time"),
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::Instant;
    use tokio_util::sync::CancellationToken;
    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::lane::{Lane, Lanes};
    use crate::metrics::LaneMetrics;

    struct Nothing;

    impl Command for Nothing {
        type Success = ();
        type Error = StorageError;

        fn footprint(&self, _footprint: &mut Footprint) {}

        fn decide(&self, _set: &mut WorkingSet, _now: Timestamp) -> Result<(), StorageError> {
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever_for_a_verdict() {
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let lanes = Lanes::start(1, |permit| {
            let metrics = LaneMetrics::of(LaneMetrics::WALLETS);
            Lane::start(&tasks, &closing, permit, metrics, |batch: Vec<Box<dyn Job>>| async move {
                pending::<()>().await;
                drop(batch);
            })
        });
        let begin = Instant::now();
        let verdict = submit(&lanes, Uuid::nil(), Nothing).await;
        assert!(matches!(verdict, Err(StorageError::OutcomeUnknown(_))), "{verdict:?}");
        assert_eq!(begin.elapsed(), VERDICT_WAIT);
    }
}
