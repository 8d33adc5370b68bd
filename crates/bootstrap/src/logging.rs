use std::ffi::OsStr;
use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Options};

/// What calls each request that cannot be read an error. Anybody can send those; they are no error of ours.
const UNREADABLE_REQUESTS: &str = "actix_http::h1";

/// What logs statements with their bound values, names of users among them, when it is asked for details.
const STATEMENTS_WITH_VALUES: &str = "tokio_postgres";

/// Writes log lines to standard error from now on.
pub(crate) fn start(options: &Options) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(&options.log)?;
    if !options.log.contains(UNREADABLE_REQUESTS) {
        filter = filter.add_directive(format!("{UNREADABLE_REQUESTS}=off").parse()?);
    }
    if !options.log.contains(STATEMENTS_WITH_VALUES) {
        filter = filter.add_directive(format!("{STATEMENTS_WITH_VALUES}=warn").parse()?);
    }
    let coloured = is_coloured(std::io::stderr().is_terminal(), std::env::var_os("NO_COLOR").as_deref());
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(coloured);
    let started = match options.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging cannot start: {error}"))
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
