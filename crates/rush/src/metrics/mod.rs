//! Measurements of requests and people.

mod latencies;
mod people;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub(crate) use latencies::{Latencies, Quantiles};
pub(crate) use people::{Outcome, People, Stage};

use crate::service::{Answer, CallError, Kind};

/// Latencies, refusals and errors of requests.
#[derive(Default)]
pub(crate) struct RequestMetrics {
    latencies: [Latencies; Kind::MEASURED.len()],
    refusals: Mutex<BTreeMap<(u16, String), u64>>,
    answered: AtomicU64,
    errors: AtomicU64,
    pages: PageCounts,
}

/// Pages, and what they load.
#[derive(Default)]
struct PageCounts {
    count: AtomicU64,
    bytes: AtomicU64,
    errors: AtomicU64,
}

impl RequestMetrics {
    /// Records a page, or what it loads, once it was answered: whether that is as it should be, and its bytes as sent.
    pub(crate) fn record_page(&self, is_good: bool, bytes: usize) {
        self.pages.count.fetch_add(1, Ordering::Relaxed);
        self.pages.bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.pages.errors.fetch_add(u64::from(!is_good), Ordering::Relaxed);
    }

    /// The pages that were answered with what they load, their bytes, and how many were not as they should be.
    pub(crate) fn pages(&self) -> (u64, u64, u64) {
        let PageCounts { count, bytes, errors } = &self.pages;
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (of(count), of(bytes), of(errors))
    }

    /// Records the outcome of a request, and how long after it was intended to be sent it was known.
    pub(crate) fn record(&self, kind: Kind, took: Duration, answer: &Result<Answer, CallError>) {
        let refusal = match answer {
            Err(CallError::Closed) => return,
            Err(error) => Some((0, error.name().to_owned())),
            Ok(answer) => {
                self.answered.fetch_add(1, Ordering::Relaxed);
                if let Some(latencies) = self.of(kind) {
                    latencies.record(took);
                }
                (!answer.is_success()).then(|| (answer.status, answer.problem().code))
            }
        };
        if let Some(refusal) = refusal {
            if !matches!(refusal.0, 400..=428 | 430..500) {
                self.errors.fetch_add(1, Ordering::Relaxed);
            }
            *self.refusals.lock().unwrap_or_else(PoisonError::into_inner).entry(refusal).or_default() += 1;
        }
    }

    /// The latencies of requests of a kind; nothing for those that are not measured.
    pub(crate) fn of(&self, kind: Kind) -> Option<&Latencies> {
        let place = Kind::MEASURED.iter().position(|measured| *measured == kind)?;
        self.latencies.get(place)
    }

    /// The number of requests that were answered.
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// The number of requests that were not answered, or by 429 or a server error.
    pub(crate) fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    /// The number of requests that were refused because too many came.
    pub(crate) fn limited(&self) -> u64 {
        self.refusals().iter().filter(|((status, _), _)| *status == 429).map(|(_, count)| count).sum()
    }

    /// The number of refusals, by status (0 where there was no answer) and code.
    pub(crate) fn refusals(&self) -> BTreeMap<(u16, String), u64> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The rate at which something happened so many times in this time.
pub(crate) fn per_second(count: u64, time: Duration) -> f64 {
    let count = u32::try_from(count).map_or(f64::INFINITY, f64::from);
    if time.is_zero() { 0.0 } else { count / time.as_secs_f64() }
}
