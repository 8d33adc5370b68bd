use std::time::Duration;

use clap::Args;
use seatline_adapters_http::HttpLimits;
use seatline_application::streams::StreamPlaces;

use crate::duration::duration;

/// How long a client may keep an instance waiting, and how many may be connected.
#[derive(Debug, Clone, Args)]
pub struct HttpOptions {
    /// The most connections at the same time. Fewer when the operating system allows fewer open files.
    #[arg(long, env = "SEATLINE_CONNECTIONS_MAX", global = true, default_value_t = HttpLimits::default().connections_max,
        value_parser = connections)]
    pub connections_max: usize,
    /// The most connections of one address at the same time. Default: a quarter of all.
    #[arg(long, env = "SEATLINE_CONNECTIONS_PER_ADDRESS", global = true, value_parser = per_address)]
    pub connections_per_address: Option<usize>,
    /// The most streams of events of one address at the same time. Default: a quarter of all.
    #[arg(long, env = "SEATLINE_STREAMS_PER_ADDRESS", global = true, value_parser = per_address)]
    pub streams_per_address: Option<usize>,
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
    ///
    /// * `by_address` – whether addresses are limited.
    pub(crate) fn limits(&self, connections_allowed: usize, by_address: bool) -> HttpLimits {
        let connections_max = self.connections_max.min(connections_allowed);
        let of_address =
            |set: Option<usize>, all| by_address.then(|| set.unwrap_or_else(|| share_of_address(all)));
        HttpLimits {
            connections_max,
            connections_of_address_max: of_address(self.connections_per_address, connections_max),
            streams_of_address_max: of_address(self.streams_per_address, streams_within(connections_max)),
            head_deadline: self.head_deadline,
            body_deadline: self.body_deadline,
            idle_timeout: self.keep_alive,
            send_timeout: self.untaken_deadline,
            ..HttpLimits::default()
        }
    }
}

/// How many streams of events may be open beside so many connections: they leave half of them to requests.
pub(crate) fn streams_within(connections: usize) -> usize {
    StreamPlaces::MAX.min(connections / 2)
}

/// What one address may have of so many: a quarter, for an office or a carrier's gateway may be behind it. Where that
/// would be few, up to half.
fn share_of_address(all: usize) -> usize {
    const FEW: usize = 64;
    (all / 4).max(FEW.min(all / 2)).max(1)
}

impl Default for HttpOptions {
    fn default() -> Self {
        let limits = HttpLimits::default();
        Self {
            connections_max: limits.connections_max,
            connections_per_address: None,
            streams_per_address: None,
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

fn per_address(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1_000_000) => Ok(number),
        _ => Err("must be 1 to 1000000".into()),
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
        assert_eq!(parse(&[]).unwrap().limits(usize::MAX, true), HttpLimits::default());
        assert_eq!(HttpOptions::default().limits(usize::MAX, true), HttpLimits::default());
    }

    #[test]
    fn fewer_connections_are_allowed_than_wanted() {
        let wanted = parse(&["--connections-max", "2000"]).unwrap();
        assert_eq!(wanted.limits(9_400, true).connections_max, 2_000);
        assert_eq!(wanted.limits(1_000, true).connections_max, 1_000);
        assert!(parse(&["--connections-max", "15"]).is_err());
    }

    #[test]
    fn streams_leave_connections_for_requests() {
        assert_eq!(streams_within(25_000), 12_500);
        assert_eq!(streams_within(9_400), 4_700);
        assert_eq!(streams_within(1_000_000), StreamPlaces::MAX);
    }

    #[test]
    fn an_address_has_a_quarter_or_what_was_set_unless_addresses_are_not_limited() {
        let of_address = |arguments: &[&str], allowed, by_address| {
            let limits = parse(arguments).unwrap().limits(allowed, by_address);
            (limits.connections_of_address_max, limits.streams_of_address_max)
        };
        assert_eq!(of_address(&[], 9_400, true), (Some(2_350), Some(1_175)));
        assert_eq!(of_address(&[], 128, true), (Some(64), Some(32)), "a small instance");
        assert_eq!(of_address(&[], 16, true), (Some(8), Some(4)));
        let set = ["--connections-per-address", "70", "--streams-per-address", "5"];
        assert_eq!(of_address(&set, 9_400, true), (Some(70), Some(5)));
        assert_eq!(of_address(&set, 9_400, false), (None, None));
        assert!(parse(&["--connections-per-address", "0"]).is_err());
    }
}
