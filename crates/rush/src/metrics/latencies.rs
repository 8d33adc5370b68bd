use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Serialize, Serializer};

/// A histogram of latencies.
pub(crate) struct Latencies(Mutex<Histogram<u32>>);

/// The quantiles of latencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Quantiles {
    pub(crate) count: u64,
    #[serde(rename = "p50Ms", serialize_with = "milliseconds")]
    pub(crate) p50: Duration,
    #[serde(rename = "p95Ms", serialize_with = "milliseconds")]
    pub(crate) p95: Duration,
    #[serde(rename = "p99Ms", serialize_with = "milliseconds")]
    pub(crate) p99: Duration,
    #[serde(rename = "maxMs", serialize_with = "milliseconds")]
    pub(crate) max: Duration,
}

impl Default for Latencies {
    fn default() -> Self {
        let histogram = Histogram::new_with_max(Self::MICROS_MAX, Self::DIGITS);
        Self(Mutex::new(histogram.unwrap_or_else(|error| unreachable!("these bounds are allowed: {error}"))))
    }
}

impl Latencies {
    /// A day, longer than any rehearsal.
    const MICROS_MAX: u64 = 86_400_000_000;
    /// Significant digits.
    const DIGITS: u8 = 3;

    pub(super) fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(micros);
    }

    /// The quantiles of all that was recorded so far.
    pub(crate) fn quantiles(&self) -> Quantiles {
        let histogram = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = |quantile| Duration::from_micros(histogram.value_at_quantile(quantile));
        Quantiles {
            count: histogram.len(),
            p50: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            max: Duration::from_micros(histogram.max()),
        }
    }
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    // To the microsecond.
    serializer.serialize_f64((duration.as_secs_f64() * 1e6).round() / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_what_was_recorded() {
        let latencies = Latencies::default();
        assert_eq!((latencies.quantiles().count, latencies.quantiles().max), (0, Duration::ZERO));
        (1..=1_000).for_each(|millis| latencies.record(Duration::from_millis(millis)));
        let Quantiles { count, p50, p95, p99, max } = latencies.quantiles();
        assert_eq!(count, 1_000);
        for (quantile, expected) in [(p50, 500), (p95, 950), (p99, 990), (max, 1_000)] {
            assert!(
                quantile.abs_diff(Duration::from_millis(expected)) < Duration::from_millis(2),
                "{quantile:?}"
            );
        }
        latencies.record(Duration::from_hours(5));
        assert!(latencies.quantiles().max >= Duration::from_hours(5));
    }
}
