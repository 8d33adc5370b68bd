use std::ffi::OsStr;
use std::io::IsTerminal;

use anyhow::Context;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use crate::config::{LogFormat, Options};

/// What calls each request that cannot be read an error. Anybody can send those; they are no error of ours.
const UNREADABLE_REQUESTS: &str = "actix_http::h1";

/// What logs statements with their bound values, names of users among them, when it is asked for details.
const STATEMENTS_WITH_VALUES: &str = "tokio_postgres";

/// What is exported while this lives. What is left is sent when it is dropped, within seconds.
pub(crate) struct Traces(SdkTracerProvider);

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Writes log lines to standard error from now on, and sends traces where they are wanted.
pub(crate) fn start(options: &Options) -> anyhow::Result<Option<Traces>> {
    let mut filter = EnvFilter::try_new(&options.log)?;
    if !options.log.contains(UNREADABLE_REQUESTS) {
        filter = filter.add_directive(format!("{UNREADABLE_REQUESTS}=off").parse()?);
    }
    if !options.log.contains(STATEMENTS_WITH_VALUES) {
        filter = filter.add_directive(format!("{STATEMENTS_WITH_VALUES}=warn").parse()?);
    }
    let endpoint = options.otlp_endpoint.as_deref().filter(|endpoint| !endpoint.is_empty());
    let Some(endpoint) = endpoint else {
        // One filter for everything costs less than one for each layer.
        let started = registry().with(filter).with(lines(options)).try_init();
        started.context("logging cannot start")?;
        return Ok(None);
    };
    let provider = provider(endpoint).context("traces cannot be sent")?;
    // Spans of our own, and nothing of the libraries'.
    let ours = Targets::new().with_target("seatline", Level::DEBUG);
    let traces = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("seatline"))
        .with_location(false)
        .with_threads(false)
        .with_filter(ours);
    let started = registry().with(lines(options).with_filter(filter)).with(traces).try_init();
    started.context("logging cannot start")?;
    Ok(Some(Traces(provider)))
}

/// Writes to standard error.
fn lines<S: Subscriber + for<'s> LookupSpan<'s>>(options: &Options) -> Box<dyn Layer<S> + Send + Sync> {
    let coloured = is_coloured(std::io::stderr().is_terminal(), std::env::var_os("NO_COLOR").as_deref());
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(coloured);
    match options.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    }
}

/// Sends spans to a collector, by the standard's own variables for how many.
fn provider(endpoint: &str) -> anyhow::Result<SdkTracerProvider> {
    // Whoever comes second finds it installed.
    drop(rustls::crypto::ring::default_provider().install_default());
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()?;
    let resource = Resource::builder().with_service_name("seatline").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// Colours are for people at a terminal who have not said otherwise (<https://no-color.org>). In files, pipes and the
/// logs of containers they are noise.
fn is_coloured(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals() {
        assert!(is_coloured(true, None));
        assert!(is_coloured(true, Some(OsStr::new(""))));
        assert!(!is_coloured(true, Some(OsStr::new("1"))));
        assert!(!is_coloured(false, None));
    }
}
