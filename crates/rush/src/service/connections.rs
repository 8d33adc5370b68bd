use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::answer::Answer;
use super::call::Call;
use super::call_error::CallError;

/// Keep-alive connections to all instances, at most so many. Calls that wait for one are sent in the order in which
/// they came.
pub(super) struct Connections {
    client: Client,
    instances: Arc<[Url]>,
    opened: AtomicUsize,
    count: usize,
    permits: Semaphore,
    /// One entry for each idle connection: its instance. Taken in turns, so that all instances are asked.
    idle: Mutex<VecDeque<usize>>,
}

impl Connections {
    /// The longest answer that is read: a seat map of 100,000 seats fits in.
    const BODY_BYTES_MAX: usize = 64 << 20;
    /// The longest that a server is believed to want a client to wait.
    const RETRY_AFTER_MAX: Duration = Duration::from_mins(1);

    pub(super) fn new(instances: Arc<[Url]>, count: u32, timeout: Duration) -> anyhow::Result<Self> {
        let count = usize::try_from(count)?;
        let client = client(&instances, count, timeout)?;
        Ok(Self::over(client, instances, count))
    }

    /// The same connections for other callers: none of them waits, and it is not closed.
    pub(super) fn reopened(&self) -> Self {
        Self::over(self.client.clone(), Arc::clone(&self.instances), self.count)
    }

    fn over(client: Client, instances: Arc<[Url]>, count: usize) -> Self {
        let permits = Semaphore::new(count);
        Self { client, instances, opened: AtomicUsize::default(), count, permits, idle: Mutex::default() }
    }

    pub(super) async fn permit(&self) -> Result<SemaphorePermit<'_>, CallError> {
        self.permits.acquire().await.map_err(|_| CallError::Closed)
    }

    pub(super) fn close(&self) {
        self.permits.close();
    }

    /// Sends a call over an idle connection, or over a new one.
    pub(super) async fn exchange(&self, call: &Call) -> Result<Answer, CallError> {
        if let Some(instance) = self.take_idle() {
            match self.send_to(instance, call).await {
                // The server closed it while it was idle. All calls of the journey may be repeated.
                Err(CallError::Disconnected(_)) => {}
                answer => return self.keep(instance, answer),
            }
        }
        let instance = self.opened.fetch_add(1, Ordering::Relaxed) % self.instances.len().max(1);
        let answer = self.send_to(instance, call).await;
        self.keep(instance, answer)
    }

    fn take_idle(&self) -> Option<usize> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn keep(&self, instance: usize, answer: Result<Answer, CallError>) -> Result<Answer, CallError> {
        if answer.is_ok() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push_back(instance);
        }
        answer
    }

    async fn send_to(&self, instance: usize, call: &Call) -> Result<Answer, CallError> {
        let api = self.instances.get(instance).ok_or(CallError::Closed)?;
        let request = call.request(&self.client, api);
        let sent = Instant::now();
        let response = request.send().await.map_err(|error| CallError::of_request(&error))?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(&response));
        let body = body(response).await?;
        Ok(Answer { kind: call.kind, status, retry_after, body, sent, received: Instant::now() })
    }
}

/// A client that sends each request as it is: over HTTP/1.1, through no proxy, once, following no redirect.
fn client(instances: &[Url], connections: usize, timeout: Duration) -> anyhow::Result<Client> {
    // It fails where one was installed before, which does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .timeout(timeout)
        .pool_max_idle_per_host(connections)
        .pool_idle_timeout(None)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy();
    // A machine that trusts no certificates can speak plain HTTP all the same.
    let plain = instances.iter().all(|instance| instance.scheme() == "http");
    let builder = if plain { builder.tls_certs_only([]) } else { builder };
    builder.build().context("https cannot be used")
}

async fn body(mut response: Response) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| CallError::of_body(&error))? {
        if body.len() + chunk.len() > Connections::BODY_BYTES_MAX {
            return Err(CallError::InvalidResponse("length limit exceeded".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(Connections::RETRY_AFTER_MAX))
}
