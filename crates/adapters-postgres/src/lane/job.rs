use seatline_domain::Timestamp;
use seatline_domain::commands::Command;
use seatline_domain::storage::StorageError;
use seatline_domain::working_set::{Footprint, WorkingSet};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::lanes::Lanes;

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
}

/// A command, and the caller that awaits its verdict.
struct QueuedCommand<C: Command> {
    command: C,
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
}

/// Puts a command into the lane of its key and awaits the verdict.
pub(crate) async fn submit<C: Command>(
    lanes: &Lanes<Box<dyn Job>>,
    key: Uuid,
    command: C,
) -> Result<C::Success, C::Error>
where
    C::Success: Sync,
    C::Error: Sync,
{
    let (reply, verdict) = oneshot::channel();
    lanes.push(key, Box::new(QueuedCommand { command, verdict: None, reply }))?;
    let lost = |_| Err(StorageError::OutcomeUnknown("the lane ended".into()).into());
    verdict.await.unwrap_or_else(lost)
}
