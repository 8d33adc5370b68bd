use std::time::Duration;

use clap::Args;
use seatline_adapters_http::HttpLimits;

use crate::duration::duration;

/// How long a client may keep an instance waiting, and how many may be connected.
#[derive(Debug, Clone, Args)]
pub struct HttpOptions {
    /// The most connections at the same time. Fewer when the operating system allows fewer open files.
    #[arg(long, env = "SEATLINE_CONNECTIONS_MAX", global = true, default_value_t = HttpLimits::default().connections_max,
        value_parser = connections)]
    pub connections_max: usize,
    /// How long the head of a connection's first request may take.
    #[arg(long, env = "SEATLINE_HEAD_DEADLINE", global = true, default_value = "10s", value_parser = duration)]
    pub head_deadline: Duration,
    /// How long the body of a request may take.
    #[arg(long, env = "SEATLINE_BODY_DEADLINE", global = true, default_value = "10s", value_parser = duration)]
    pub body_deadline: Duration,
    /// How long an idle connection is kept for another request.
    #[arg(long, env = "SEATLINE_KEEP_ALIVE", global = true, default_value = "30s", value_parser = duration)]
    pub keep_alive: Duration,
    /// How long a client may leave what was sent to it untaken.
    #[arg(long, env = "SEATLINE_UNTAKEN_DEADLINE", global = true, default_value = "30s", value_parser = duration)]
    pub untaken_deadline: Duration,
}

impl HttpOptions {
    /// The limits of an instance that may have so many connections.
    pub(crate) fn limits(&self, connections_allowed: usize) -> HttpLimits {
        HttpLimits {
            connections_max: self.connections_max.min(connections_allowed),
            head_deadline: self.head_deadline,
            body_deadline: self.body_deadline,
            idle_timeout: self.keep_alive,
            send_timeout: self.untaken_deadline,
            ..HttpLimits::default()
        }
    }
}

impl Default for HttpOptions {
    fn default() -> Self {
        let limits = HttpLimits::default();
        Self {
            connections_max: limits.connections_max,
            head_deadline: limits.head_deadline,
            body_deadline: limits.body_deadline,
            keep_alive: limits.idle_timeout,
            untaken_deadline: limits.send_timeout,
        }
    }
}

fn connections(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(connections @ 16..=1_000_000) => Ok(connections),
        _ => Err("must be 16 to 1000000".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct CommandLine {
        #[command(flatten)]
        http: HttpOptions,
    }

    fn parse(arguments: &[&str]) -> Result<HttpOptions, clap::Error> {
        let arguments = ["seatline"].iter().chain(arguments);
        CommandLine::try_parse_from(arguments).map(|line| line.http)
    }

    #[test]
    fn the_usual_limits_are_those_that_help_tells() {
        assert_eq!(parse(&[]).unwrap().limits(usize::MAX), HttpLimits::default());
        assert_eq!(HttpOptions::default().limits(usize::MAX), HttpLimits::default());
    }

    #[test]
    fn fewer_connections_are_allowed_than_wanted() {
        let wanted = parse(&["--connections-max", "2000"]).unwrap();
        assert_eq!(wanted.limits(9_400).connections_max, 2_000);
        assert_eq!(wanted.limits(1_000).connections_max, 1_000);
        assert!(parse(&["--connections-max", "15"]).is_err());
    }
}
