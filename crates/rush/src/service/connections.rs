use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::Response;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::header::RETRY_AFTER;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::address::Address;
use super::answer::Answer;
use super::call::Call;

/// A call that was not answered.
#[derive(Debug, Error)]
pub(crate) enum Lost {
    /// The rehearsal is over; this was not sent.
    #[error("the rehearsal is over")]
    Closed,
    #[error("cannot be reached: {0}")]
    Unreachable(io::Error),
    #[error("did not answer in time")]
    TimedOut,
    #[error("broke the connection off: {0}")]
    BrokenOff(#[from] hyper::Error),
    #[error("answered with what is not HTTP, or with too much: {0}")]
    Unreadable(Box<dyn std::error::Error + Send + Sync>),
}

impl Lost {
    /// Its name among the codes of refusals.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut => "timed_out",
            Self::BrokenOff(_) => "broken_off",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// A kept connection to one of the instances.
struct Connection {
    address: Arc<Address>,
    requests: SendRequest<Full<Bytes>>,
}

/// Kept connections, at most so many. Those who wait for one are served in the order in which they came.
pub(super) struct Connections {
    addresses: Arc<[Arc<Address>]>,
    opened: AtomicUsize,
    count: u32,
    permits: Semaphore,
    /// Taken in turns, so that everybody asks any instance.
    idle: Mutex<VecDeque<Connection>>,
}

impl Connections {
    /// The longest answer that is read: a seat map of 100,000 seats fits in.
    const BODY_BYTES_MAX: usize = 64 << 20;
    /// The longest that a server is believed to want a client to wait.
    const RETRY_AFTER_MAX: Duration = Duration::from_mins(1);

    pub(super) fn new(addresses: Arc<[Arc<Address>]>, count: u32) -> Self {
        let permits = Semaphore::new(usize::try_from(count).unwrap_or(Semaphore::MAX_PERMITS));
        Self { addresses, opened: AtomicUsize::default(), count, permits, idle: Mutex::default() }
    }

    pub(super) fn afresh(&self) -> Self {
        Self::new(Arc::clone(&self.addresses), self.count)
    }

    pub(super) async fn permit(&self) -> Result<SemaphorePermit<'_>, Lost> {
        self.permits.acquire().await.map_err(|_| Lost::Closed)
    }

    pub(super) fn close(&self) {
        self.permits.close();
    }

    /// Sends a call over a free connection, or over a new one.
    pub(super) async fn exchange(&self, call: &Call) -> Result<Answer, Lost> {
        if let Some(mut connection) = self.idle_connection() {
            match self.try_over(&mut connection, call).await {
                // The server closed it while it was idle. All calls of the journey may be repeated.
                Err(Lost::BrokenOff(_)) => {}
                answer => return self.keep(connection, answer),
            }
        }
        let mut connection = self.open().await?;
        let answer = self.try_over(&mut connection, call).await;
        self.keep(connection, answer)
    }

    fn keep(&self, connection: Connection, answer: Result<Answer, Lost>) -> Result<Answer, Lost> {
        if answer.is_ok() && !connection.requests.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push_back(connection);
        }
        answer
    }

    fn idle_connection(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(connection) = idle.pop_front() {
            if !connection.requests.is_closed() {
                return Some(connection);
            }
        }
        None
    }

    async fn open(&self) -> Result<Connection, Lost> {
        let turn = self.opened.fetch_add(1, Ordering::Relaxed) % self.addresses.len().max(1);
        let address = self.addresses.get(turn).ok_or(Lost::Closed)?;
        let place = (address.host.as_str(), address.port);
        let stream = TcpStream::connect(place).await.map_err(Lost::Unreachable)?;
        stream.set_nodelay(true).map_err(Lost::Unreachable)?;
        let requests = match &address.tls {
            None => start(stream).await?,
            Some((tls, name)) => {
                start(tls.connect(name.clone(), stream).await.map_err(Lost::Unreachable)?).await?
            }
        };
        Ok(Connection { address: Arc::clone(address), requests })
    }

    async fn try_over(&self, connection: &mut Connection, call: &Call) -> Result<Answer, Lost> {
        let request = call.request(&connection.address).map_err(|error| Lost::Unreadable(error.into()))?;
        connection.requests.ready().await?;
        let sent = Instant::now();
        let response = connection.requests.send_request(request).await?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(&response));
        let body = Limited::new(response.into_body(), Self::BODY_BYTES_MAX).collect().await;
        let body = body.map_err(Lost::Unreadable)?.to_bytes();
        Ok(Answer { kind: call.kind, status, retry_after, body, sent, received: Instant::now() })
    }
}

async fn start<S>(stream: S) -> Result<SendRequest<Full<Bytes>>, Lost>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    /// Longer bodies come in pieces.
    const BUFFER_BYTES_MAX: usize = 32 << 10;
    let (requests, driver) =
        Builder::new().max_buf_size(BUFFER_BYTES_MAX).handshake(TokioIo::new(stream)).await?;
    // Its errors come up where the connection is used.
    tokio::spawn(async move { drop(driver.await) });
    Ok(requests)
}

fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(Connections::RETRY_AFTER_MAX))
}
