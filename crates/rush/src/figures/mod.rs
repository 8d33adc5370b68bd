//! What is measured: requests and people.

mod latencies;
mod people;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub(crate) use latencies::{Latencies, Quantiles};
pub(crate) use people::{Outcome, People, Stage};

use crate::service::{Answer, Kind, Lost};

/// What is measured of requests.
#[derive(Default)]
pub(crate) struct Figures {
    latencies: [Latencies; Kind::MEASURED.len()],
    refusals: Mutex<BTreeMap<(u16, String), u64>>,
    answered: AtomicU64,
    errors: AtomicU64,
}

impl Figures {
    /// Notes what came of a request, and how long after somebody wanted to send it.
    pub(crate) fn record(&self, kind: Kind, took: Duration, answer: &Result<Answer, Lost>) {
        let refusal = match answer {
            Err(Lost::Closed) => return,
            Err(lost) => Some((0, lost.name().to_owned())),
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

    /// How long requests of a kind took; nothing for those that are not measured.
    pub(crate) fn of(&self, kind: Kind) -> Option<&Latencies> {
        let place = Kind::MEASURED.iter().position(|measured| *measured == kind)?;
        self.latencies.get(place)
    }

    /// How many requests were answered.
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// How many requests were not answered, or were answered that the service could not.
    pub(crate) fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    /// How often what was not done, by status (0 where there was no answer) and code.
    pub(crate) fn refusals(&self) -> BTreeMap<(u16, String), u64> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
