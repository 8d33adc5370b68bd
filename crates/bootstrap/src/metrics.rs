use std::sync::{Arc, OnceLock};

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use seatline_adapters_http::Metrics;
use seatline_adapters_postgres::Postgres;
use seatline_application::Seatline;

/// The upper bounds of durations, in seconds: 100 µs to 10 s.
const DURATION_BUCKETS: [f64; 16] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// The upper bounds of batch sizes. The last is the most that a batch holds.
const BATCH_SIZE_BUCKETS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// The recorder of this process, installed by the first who asks. Services of one process share it.
///
/// # Errors
/// None in practice: the buckets are constant.
pub(crate) fn recorder() -> Result<PrometheusHandle, BuildError> {
    static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_duration_seconds".into()), &DURATION_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix("_batch_size".into()), &BATCH_SIZE_BUCKETS)?;
    let install = || {
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another recorder is installed; metrics stay empty");
        }
        handle
    };
    Ok(INSTALLED.get_or_init(install).clone())
}

/// What a service shows of itself: what was recorded since the process started, and what it finds at this moment.
pub(crate) struct PrometheusMetrics {
    recorded: PrometheusHandle,
    postgres: Arc<Postgres>,
    seatline: Arc<Seatline>,
}

impl PrometheusMetrics {
    pub(crate) fn new(recorded: PrometheusHandle, postgres: Arc<Postgres>, seatline: Arc<Seatline>) -> Self {
        Self { recorded, postgres, seatline }
    }

    fn publish(&self) {
        const STREAMS: &str = "seatline_event_streams";
        const FAILED_READS: &str = "seatline_live_map_reads_failed_total";
        self.postgres.publish_metrics();
        describe_counter!(FAILED_READS, Unit::Count, "Reads for live maps that failed.");
        counter!(FAILED_READS).absolute(self.seatline.watch_seats.failed_reads());
        self.publish_backlog();
        self.publish_charges();
        describe_gauge!(STREAMS, Unit::Count, "Open streams of events.");
        gauge!(STREAMS).set(u32::try_from(self.seatline.streams.open()).unwrap_or(u32::MAX));
    }
}

impl PrometheusMetrics {
    /// Publishes what waits to be delivered, as it was counted a few seconds ago.
    fn publish_backlog(&self) {
        const PENDING: &str = "seatline_webhook_deliveries_pending";
        const OLDEST: &str = "seatline_events_oldest_seconds";
        let backlog = self.seatline.deliver_events.backlog();
        describe_gauge!(PENDING, Unit::Count, "Pending deliveries, up to 100,000.");
        gauge!(PENDING).set(u32::try_from(backlog.pending).unwrap_or(u32::MAX));
        describe_gauge!(
            OLDEST,
            Unit::Seconds,
            "The age of the oldest event that is to be published or delivered."
        );
        gauge!(OLDEST).set(backlog.oldest.unwrap_or_default().as_secs_f64());
    }
}

impl PrometheusMetrics {
    /// Publishes the charges whose money is waited for, as they were counted a few seconds ago.
    fn publish_charges(&self) {
        const PENDING: &str = "seatline_charges_pending";
        const OLDEST: &str = "seatline_charges_oldest_pending_seconds";
        let backlog = self.seatline.look_up_charges.backlog();
        describe_gauge!(PENDING, Unit::Count, "Charges whose money is waited for, up to 100,000.");
        gauge!(PENDING).set(u32::try_from(backlog.pending).unwrap_or(u32::MAX));
        describe_gauge!(OLDEST, Unit::Seconds, "The age of the oldest charge whose money is waited for.");
        gauge!(OLDEST).set(backlog.oldest.unwrap_or_default().as_secs_f64());
    }
}

impl Metrics for PrometheusMetrics {
    fn render(&self) -> String {
        let moment = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&moment, || self.publish());
        self.recorded.render() + &moment.handle().render()
    }
}
