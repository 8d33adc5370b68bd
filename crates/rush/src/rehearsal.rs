use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::metrics::{People, RequestMetrics};
use crate::options::{Habits, Options};
use crate::promises::Promises;
use crate::sale::Sale;
use crate::service::{Answer, Call, CallError, Service};
use crate::site::Site;

/// State that everybody at a rehearsal shares.
pub(crate) struct Rehearsal {
    pub(crate) service: Service,
    pub(crate) sale: Sale,
    /// The pages, where people load them.
    pub(crate) site: Option<Site>,
    pub(crate) habits: Habits,
    pub(crate) seed: u64,
    pub(crate) people: People,
    pub(crate) metrics: RequestMetrics,
    pub(crate) promises: Promises,
    /// Cancelled when everybody is to stop.
    pub(crate) stop: CancellationToken,
    failures: Mutex<Vec<String>>,
}

impl Rehearsal {
    /// How many failures are remembered in words.
    const FAILURES_MAX: usize = 10;

    /// Connects to the service and sets the sale up.
    ///
    /// # Errors
    /// * The service cannot be reached, does not take the key, or has no such concert.
    pub(crate) async fn prepare(options: &Options) -> Result<Self> {
        let service = Service::new(&options.url, options.bounds.connections, options.bounds.timeout)?;
        let sale = Sale::open(options, &service).await?;
        let site =
            if options.habits.pages { Some(Site::find(&service, &sale.concert.id).await?) } else { None };
        Ok(Self {
            service,
            sale,
            site,
            habits: options.habits.clone(),
            seed: options.crowd.seed.unwrap_or_else(rand::random),
            people: People::new(options.crowd.people),
            metrics: RequestMetrics::default(),
            promises: Promises::new(options.bounds.tolerance),
            stop: CancellationToken::new(),
            failures: Mutex::default(),
        })
    }

    /// Sends a call and measures it from the instant at which it was intended to be sent.
    pub(crate) async fn send(&self, call: &Call, intended: Instant) -> Result<Answer, CallError> {
        let answer = self.service.send(call).await;
        self.metrics.record(call.kind, intended.elapsed(), &answer);
        answer
    }

    /// Notes that somebody failed, and why.
    pub(crate) fn note_failure(&self, why: String) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() < Self::FAILURES_MAX {
            failures.push(why);
        }
    }

    /// The first failures, in words.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
