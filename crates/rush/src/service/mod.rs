//! Seatline, as a client sees it: calls over a bounded number of keep-alive connections.

mod answer;
mod call;
mod call_error;
mod connections;
mod instance;

use std::time::Duration;

use tokio::time::Instant;

pub(crate) use answer::Answer;
pub(crate) use call::{Browser, Call, Kind, bearer, header};
pub(crate) use call_error::CallError;
use connections::Connections;

/// One instance of Seatline, or several of which any may answer.
pub(crate) struct Service {
    /// The URLs as they are shown.
    pub(crate) url: String,
    connections: Connections,
}

impl Service {
    /// The service at these URLs, over at most so many connections.
    ///
    /// * `timeout` – how long one answer may take.
    pub(crate) fn new(urls: &[String], connections: u32, timeout: Duration) -> anyhow::Result<Self> {
        let instances = urls.iter().map(|url| instance::api_url(url)).collect::<Result<_, _>>()?;
        Ok(Self { url: urls.join(", "), connections: Connections::new(instances, connections, timeout)? })
    }

    /// The same service, not closed.
    pub(crate) fn reopened(&self) -> Self {
        Self { url: self.url.clone(), connections: self.connections.reopened() }
    }

    /// Sends a call once. Boxed, so that a visitor that does not wait for an answer keeps no room for one.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, CallError> {
        let permit = self.connections.permit().await?;
        let answer = Box::pin(self.connections.exchange(call)).await;
        drop(permit);
        answer
    }

    /// Sends a call, before or after the rehearsal, until the answer is not to retry later.
    pub(crate) async fn send_with_retries(&self, call: &Call) -> Result<Answer, CallError> {
        const PATIENCE: Duration = Duration::from_secs(30);
        const PAUSE: Duration = Duration::from_secs(1);
        let begin = Instant::now();
        loop {
            let answer = self.send(call).await?;
            if !answer.is_busy() || begin.elapsed() > PATIENCE {
                return Ok(answer);
            }
            tokio::time::sleep(answer.retry_after.unwrap_or(PAUSE)).await;
        }
    }

    /// Lets nobody send anything any more. What was sent is still answered.
    pub(crate) fn close(&self) {
        self.connections.close();
    }
}
