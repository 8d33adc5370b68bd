use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Options};

/// Writes log lines to standard error from now on.
pub(crate) fn start(options: &Options) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&options.log)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match options.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging cannot start: {error}"))
}
