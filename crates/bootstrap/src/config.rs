use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use seatline_adapters_http::{CorsOrigins, TrustedProxies};
use seatline_adapters_web::PublicUrl;
use seatline_adapters_webhooks::AllowedNetworks;
use secrecy::{ExposeSecret, SecretString};

use crate::charging_options::ChargingOptions;
use crate::duration::{Retention, duration, retention};
use crate::http_options::HttpOptions;

/// A concert reservation service: a waiting room that admits people in the order they came, seat maps, short holds,
/// prepaid points, and payments that never sell a seat twice.
#[derive(Debug, Parser)]
#[command(name = "seatline", version)]
pub struct Cli {
    /// What to do; `serve` unless said otherwise.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to do it.
    #[command(flatten)]
    pub options: Options,
}

/// What the binary can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve until interrupted (the default).
    Serve,
    /// Bring the database to the schema of this version, and end.
    Migrate,
    /// Make another cell for the concerts that are added from now on, in a database that is up to date, and end.
    AddCell,
    /// Print the OpenAPI document, and end.
    Openapi,
    /// Look for anything in the database that breaks what must always hold, beside a running service too; exit with 1
    /// when there is something, with 2 when it could not look.
    Check,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// Choice of loading the sample programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SampleData {
    /// Into an embedded database without concerts.
    Auto,
    /// Into any database without concerts.
    On,
    /// Never.
    Off,
}

/// Choice of the events that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeptEvents {
    /// Those of types that a webhook wants.
    Auto,
    /// All of them.
    On,
}

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Every option, by flag or by environment variable.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The PostgreSQL to use, as a URL. Without it Seatline runs one of its own.
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<SecretString>,
    /// Where the embedded database and generated secrets live. Default: a folder of the user's; /var/lib/seatline for root.
    #[arg(long, env = "SEATLINE_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Address and port to listen on, such as 0.0.0.0:8080 or localhost:8080; port 0 takes a free one.
    #[arg(long, env = "SEATLINE_LISTEN", global = true, default_value = "127.0.0.1:8080", value_parser = listen_address)]
    pub listen: SocketAddr,
    /// The address under which people reach the page, scheme and host (and port), without a path. Default: `http://` and
    /// the address on which it listens.
    #[arg(long, env = "SEATLINE_PUBLIC_URL", global = true, value_parser = PublicUrl::parse)]
    pub public_url: Option<PublicUrl>,
    /// Address and port on which `/metrics` and `/health` answer to anybody. Without it `/metrics` wants the operators'
    /// key.
    #[arg(long, env = "SEATLINE_METRICS_LISTEN", global = true, value_parser = listen_address)]
    pub metrics_listen: Option<SocketAddr>,
    /// The operators' bearer key, at least 32 bytes. Required with a database URL; generated without.
    #[arg(long, env = "SEATLINE_ADMIN_KEY", global = true, hide_env_values = true)]
    pub admin_key: Option<SecretString>,
    /// Keys that sign queue tokens, separated by commas, at least 32 bytes each. The first signs, the others are still
    /// taken. Required with a database URL; generated without.
    #[arg(long, env = "SEATLINE_QUEUE_KEYS", global = true, hide_env_values = true)]
    pub queue_keys: Option<SecretString>,
    /// Keys that sign the codes of tickets, separated by commas, at least 32 bytes each. The first signs, the others are
    /// still taken. Made of the queue keys with a database URL; generated without.
    #[arg(long, env = "SEATLINE_TICKET_KEYS", global = true, hide_env_values = true)]
    pub ticket_keys: Option<SecretString>,
    /// How long a hold lasts.
    #[arg(long, env = "SEATLINE_HOLD_TTL", global = true, default_value = "5m", value_parser = duration)]
    pub hold_ttl: Duration,
    /// How long a pass of a new waiting room lives after admission.
    #[arg(long, env = "SEATLINE_PASS_TTL", global = true, default_value = "10m", value_parser = duration)]
    pub pass_ttl: Duration,
    /// How long an admitted person of a new waiting room has for a first sign of life.
    #[arg(long, env = "SEATLINE_SHOW_UP_WITHIN", global = true, default_value = "2m", value_parser = duration)]
    pub show_up_within: Duration,
    /// How often people are admitted and boards brought up to date.
    #[arg(long, env = "SEATLINE_ADMIT_EVERY", global = true, default_value = "250ms", value_parser = duration)]
    pub admit_every: Duration,
    /// How often expired holds are recorded. Nothing waits for it: an expired hold is in nobody's way.
    #[arg(long, env = "SEATLINE_SWEEP_EVERY", global = true, default_value = "1s", value_parser = duration)]
    pub sweep_every: Duration,
    /// How long accounts are kept that never did anything: 2d or longer, or `forever`.
    #[arg(long, env = "SEATLINE_KEEP_IDLE_ACCOUNTS", global = true, default_value = "90d", value_parser = retention)]
    pub keep_idle_accounts: Retention,
    /// How long passes are kept after the last performance of their concert has started: 2d or longer, or `forever`.
    #[arg(long, env = "SEATLINE_KEEP_PASSES", global = true, default_value = "30d", value_parser = retention)]
    pub keep_passes: Retention,
    /// The most connections to the database that serve requests.
    #[arg(long, env = "SEATLINE_DB_POOL_SIZE", global = true, default_value_t = 16, value_parser = pool_size)]
    pub db_pool_size: usize,
    /// The longest wait for a free connection.
    #[arg(long, env = "SEATLINE_DB_WAIT", global = true, default_value = "500ms", value_parser = duration)]
    pub db_wait: Duration,
    /// Whether clients are kept to a rate.
    #[arg(long, env = "SEATLINE_RATE_LIMITS", global = true, default_value = "on")]
    pub rate_limits: Switch,
    /// Proxies in front, as addresses or networks separated by commas. Only they are believed which client they speak
    /// for (`X-Forwarded-For`).
    #[arg(long, env = "SEATLINE_TRUSTED_PROXIES", global = true, default_value = "")]
    pub trusted_proxies: TrustedProxies,
    /// Origins of other sites whose pages may use the service, separated by commas. None unless named.
    #[arg(long, env = "SEATLINE_CORS_ORIGINS", global = true, default_value = "")]
    pub cors_origins: CorsOrigins,
    /// One's own networks that webhooks may reach, as networks or addresses separated by commas. None unless named.
    #[arg(long, env = "SEATLINE_WEBHOOK_NETWORKS", global = true, default_value = "")]
    pub webhook_networks: AllowedNetworks,
    /// Which events are kept for those who ask for them.
    #[arg(long, env = "SEATLINE_EVENTS", global = true, default_value = "auto")]
    pub events: KeptEvents,
    /// Leave the schema as it is when serving, and do not start when it is older than this version needs.
    #[arg(long, env = "SEATLINE_NO_MIGRATE", global = true, value_parser = BoolishValueParser::new())]
    pub no_migrate: bool,
    /// Whether to load the sample programme.
    #[arg(long, env = "SEATLINE_SAMPLE_DATA", global = true, default_value = "auto")]
    pub sample_data: SampleData,
    /// How points are charged.
    #[command(flatten)]
    pub charging: ChargingOptions,
    /// What clients may do to an instance's connections.
    #[command(flatten)]
    pub http: HttpOptions,
    /// How log lines look.
    #[arg(long, env = "SEATLINE_LOG_FORMAT", global = true, default_value = "text")]
    pub log_format: LogFormat,
    /// Where traces are sent, as OTLP over HTTP, such as `http://localhost:4318`. Without it there are none.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true, value_name = "URL")]
    pub otlp_endpoint: Option<String>,
    /// Which log lines are written, such as `info` or `seatline_adapters_postgres=debug`.
    #[arg(long, env = "RUST_LOG", global = true, default_value = "info")]
    pub log: String,
}

impl Options {
    /// The PostgreSQL that was given, if one was: an empty text is none.
    pub(crate) fn given_database(&self) -> Option<&SecretString> {
        given(self.database_url.as_ref())
    }

    /// The operators' key that was given, if one was.
    pub(crate) fn given_admin_key(&self) -> Option<&SecretString> {
        given(self.admin_key.as_ref())
    }

    /// The keys of queue tokens that were given, if any were.
    pub(crate) fn given_queue_keys(&self) -> Option<&SecretString> {
        given(self.queue_keys.as_ref())
    }

    /// The keys of tickets' codes that were given, if any were.
    pub(crate) fn given_ticket_keys(&self) -> Option<&SecretString> {
        given(self.ticket_keys.as_ref())
    }
}

/// What is set to nothing, as by a variable that a file of settings leaves empty, is not given.
pub(crate) fn given(secret: Option<&SecretString>) -> Option<&SecretString> {
    secret.filter(|secret| !secret.expose_secret().trim().is_empty())
}

/// Reads an address and a port. A name such as `localhost` is looked up; of its addresses an IPv4 one is taken first.
fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let wanted = "must be an address and a port, such as 127.0.0.1:8080 or localhost:8080";
    let addresses: Vec<_> = text.to_socket_addrs().map_err(|error| format!("{wanted}: {error}"))?.collect();
    let address = addresses.iter().find(|address| address.is_ipv4()).or_else(|| addresses.first());
    address.copied().ok_or_else(|| wanted.to_owned())
}

fn pool_size(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(size @ 1..=1_000) => Ok(size),
        _ => Err("must be 1 to 1000".into()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_makes_sense() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_setting_is_in_the_page_of_settings_with_its_default_and_no_other() {
        let page = include_str!("../../../docs/configuration.md");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
        let is_setting = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
        let rows: BTreeMap<&str, &str> = rows.filter(|(name, _)| is_setting(name)).collect();
        let command = Cli::command();
        let settings: BTreeMap<&str, _> = command
            .get_arguments()
            .filter_map(|argument| Some((argument.get_env()?.to_str()?, argument.get_default_values())))
            .collect();
        assert!(settings.len() > 20, "{settings:?}");
        assert_eq!(rows.keys().collect::<Vec<_>>(), settings.keys().collect::<Vec<_>>());
        for (name, defaults) in settings {
            let told = rows[name].rsplit(" | ").next().unwrap();
            let default =
                defaults.iter().map(|value| value.to_str().unwrap()).find(|value| !value.is_empty());
            assert!(default.is_none_or(|value| told == format!("`{value}` |")), "{name}: {told}");
        }
    }

    #[test]
    fn flags_may_stand_after_the_command_and_values_are_checked() {
        let cli =
            Cli::try_parse_from(["seatline", "serve", "--hold-ttl", "2s", "--listen", "[::1]:0"]).unwrap();
        assert_eq!(cli.command, Some(Command::Serve));
        assert_eq!(cli.options.hold_ttl, Duration::from_secs(2));
        assert_eq!(cli.options.rate_limits, Switch::On, "unless said otherwise");
        assert!(cli.options.cors_origins.is_empty(), "closed unless said otherwise");
        for bad in [
            ["--hold-ttl", "0s"],
            ["--hold-ttl", "soon"],
            ["--db-pool-size", "0"],
            ["--listen", "8080"],
            ["--listen", "localhost"],
            ["--listen", "127.0.0.1:80800"],
            ["--rate-limits", "maybe"],
            ["--trusted-proxies", "proxy.local"],
            ["--trusted-proxies", "0.0.0.0/0"],
            ["--webhook-networks", "localhost"],
            ["--events", "off"],
            ["--cors-origins", "*"],
            ["--cors-origins", "https://tickets.example/"],
        ] {
            assert!(Cli::try_parse_from(["seatline"].into_iter().chain(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_are_addresses_too() {
        let listen =
            |text: &str| Cli::try_parse_from(["seatline", "--listen", text]).map(|cli| cli.options.listen);
        let address = listen("localhost:8080").unwrap();
        assert!(address.ip().is_loopback() && address.port() == 8080, "{address}");
        let error = listen("localhost").unwrap_err().to_string();
        assert!(error.contains("localhost:8080") && error.contains("--listen"), "{error}");
    }

    #[test]
    fn what_is_empty_is_not_given() {
        let cli = Cli::try_parse_from([
            "seatline",
            "--database-url=",
            "--admin-key= ",
            "--queue-keys=k",
            "--ticket-keys= ",
        ])
        .unwrap();
        assert!(cli.options.given_database().is_none());
        assert!(cli.options.given_admin_key().is_none());
        assert!(cli.options.given_queue_keys().is_some());
        assert!(cli.options.given_ticket_keys().is_none());
    }

    #[test]
    fn secrets_are_not_shown() {
        let key = "a-secret-key-that-nobody-must-see";
        let secrets = ["--admin-key", key, "--database-url", key, "--queue-keys", key, "--ticket-keys", key];
        let money = ["--stripe-secret-key", key, "--stripe-webhook-secrets", key, "--toss-secret-key", key];
        let cli = Cli::try_parse_from(["seatline"].into_iter().chain(secrets).chain(money)).unwrap();
        assert!(!format!("{cli:?}").contains(key));
    }
}
