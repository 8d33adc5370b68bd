use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Options};

/// What calls each request that cannot be read an error. Anybody can send those; they are no error of ours.
const UNREADABLE_REQUESTS: &str = "actix_http::h1";

/// Writes log lines to standard error from now on.
pub(crate) fn start(options: &Options) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(&options.log)?;
    if !options.log.contains(UNREADABLE_REQUESTS) {
        filter = filter.add_directive(format!("{UNREADABLE_REQUESTS}=off").parse()?);
    }
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match options.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging cannot start: {error}"))
}
