//! Seatline, as a client sees it: calls over a bounded number of kept connections.

mod address;
mod answer;
mod call;
mod connections;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use address::Address;
pub(crate) use answer::Answer;
pub(crate) use call::{Call, Kind, bearer, header};
use connections::Connections;
pub(crate) use connections::Lost;

use crate::figures::Figures;

/// Seatline.
pub(crate) struct Service {
    address: Arc<Address>,
    connections: Connections,
    timeout: Duration,
}

impl Service {
    /// The service at this address, over at most so many connections.
    pub(crate) fn new(address: Arc<Address>, connections: u32, timeout: Duration) -> Self {
        Self { connections: Connections::new(Arc::clone(&address), connections), address, timeout }
    }

    /// The same, afresh: with no connection, and not closed.
    pub(crate) fn afresh(&self) -> Self {
        Self {
            connections: self.connections.afresh(),
            address: Arc::clone(&self.address),
            timeout: self.timeout,
        }
    }

    /// Where it is.
    pub(crate) fn address(&self) -> &Address {
        &self.address
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
