//! Seatline, as a client sees it: calls over a bounded number of kept connections.

mod address;
mod answer;
mod call;
mod connections;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use address::Address;
pub(crate) use answer::Answer;
pub(crate) use call::{Call, Kind, bearer, header};
use connections::Connections;
pub(crate) use connections::Lost;

use crate::figures::Figures;

/// Seatline: one instance or several, of which any may answer.
pub(crate) struct Service {
    /// As it is shown.
    pub(crate) url: String,
    connections: Connections,
    timeout: Duration,
}

impl Service {
    /// The service at these addresses, over at most so many connections.
    pub(crate) fn new(urls: &[String], connections: u32, timeout: Duration) -> anyhow::Result<Self> {
        let addresses = urls.iter().map(|url| Address::parse(url).map(Arc::new)).collect::<Result<_, _>>()?;
        Ok(Self { url: urls.join(", "), connections: Connections::new(addresses, connections), timeout })
    }

    /// The same, afresh: with no connection, and not closed.
    pub(crate) fn afresh(&self) -> Self {
        Self { url: self.url.clone(), connections: self.connections.afresh(), timeout: self.timeout }
    }

    /// Sends a call once. Boxed, so that those who do not call anything cost nothing for it.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, Lost> {
        let permit = self.connections.permit().await?;
        let exchange = Box::pin(self.connections.exchange(call));
        let answer = tokio::time::timeout(self.timeout, exchange).await.map_err(|_| Lost::TimedOut)?;
        drop(permit);
        answer
    }

    /// The same, measured from the instant at which somebody wanted to send it.
    pub(crate) async fn measure(
        &self,
        call: &Call,
        wanted: Instant,
        figures: &Figures,
    ) -> Result<Answer, Lost> {
        let answer = self.send(call).await;
        figures.record(call.kind, wanted.elapsed(), &answer);
        answer
    }

    /// Sends a call, before or after the rehearsal, until there is an answer that is not to ask again later.
    pub(crate) async fn insist(&self, call: &Call) -> Result<Answer, Lost> {
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

    /// Lets nobody send anything any more.
    pub(crate) fn close(&self) {
        self.connections.close();
    }
}
