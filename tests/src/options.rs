use std::time::Duration;

use seatline_adapters_web::PublicUrl;
use seatline_bootstrap::{
    ApiAddress, ChargingOptions, Currency, HttpOptions, KeptEvents, LogFormat, Options, Retention,
    SampleData, Switch,
};

/// The operators' key of the instances under test.
pub const ADMIN_KEY: &str = "the-operators-key-of-these-tests-0123456789";
/// The key that signs their queue tokens.
pub const QUEUE_KEY: &str = "the-queue-key-of-these-tests-0123456789abcd";

/// The key that signs the codes of their tickets.
pub const TICKET_KEY: &str = "the-ticket-key-of-these-tests-0123456789abc";

/// The key that the payment provider knows them by.
pub const PROVIDER_KEY: &str = "the-provider-key-of-these-tests";
/// The secrets that verify its notices: the second is the old one, which is still taken.
pub const NOTICE_SECRETS: &str = "whsec_new,whsec_old";

/// How the instances of a test are set up, where it matters to the test.
#[derive(Debug, Clone, Copy)]
pub struct ClusterOptions {
    /// How many instances there are.
    pub instances: usize,
    /// How long a hold lasts.
    pub hold_ttl: Duration,
    /// How often expired holds are written down; practically never unless the test is about it.
    pub sweep_every: Duration,
    /// The most connections of each instance to the database.
    pub db_pool_size: usize,
    /// The longest wait for one of them. Long: a test that is not about it must not fail for it.
    pub db_wait: Duration,
    /// Whether clients are kept to a rate; not unless the test is about it.
    pub rate_limits: Switch,
    /// The proxies whose word is taken for the address of a client.
    pub trusted_proxies: &'static str,
    /// The keys of queue tokens; the first signs.
    pub queue_keys: &'static str,
    /// The keys of tickets' codes; the first signs.
    pub ticket_keys: &'static str,
    /// Which other sites' pages may use the instances.
    pub cors_origins: &'static str,
    /// One's own networks that webhooks may reach; none, unless the test is about webhooks.
    pub webhook_networks: &'static str,
    /// Which events are kept for those who ask.
    pub events: KeptEvents,
    /// How long a client may keep an instance waiting in any one way: long, unless the test is about it.
    pub client_timeout: Duration,
    /// The most connections of each instance with clients.
    pub connections_max: usize,
    /// How many of them one address may have, where clients are limited.
    pub connections_per_address: Option<usize>,
    /// How many streams of events one address may have, where clients are limited.
    pub streams_per_address: Option<usize>,
    /// The address under which people reach the page; where an instance listens, unless said otherwise.
    pub public_url: Option<&'static str>,
    /// How points are charged.
    pub payments: &'static str,
    /// The address of the provider's interface, where one takes the money.
    pub provider_api: &'static str,
    /// How long accounts are kept that never did anything.
    pub keep_idle_accounts: Retention,
    /// How long passes are kept after the last performance.
    pub keep_passes: Retention,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self {
            instances: 1,
            hold_ttl: Duration::from_mins(5),
            sweep_every: Self::NEVER,
            db_pool_size: 6,
            db_wait: Duration::from_secs(20),
            rate_limits: Switch::Off,
            trusted_proxies: "",
            queue_keys: QUEUE_KEY,
            ticket_keys: TICKET_KEY,
            cors_origins: "",
            webhook_networks: "",
            events: KeptEvents::Auto,
            client_timeout: Duration::from_secs(30),
            connections_max: 25_000,
            connections_per_address: None,
            streams_per_address: None,
            public_url: None,
            payments: "play",
            provider_api: "http://127.0.0.1:1",
            keep_idle_accounts: Retention::Forever,
            keep_passes: Retention::Forever,
        }
    }
}

impl ClusterOptions {
    /// A hold that a test can wait out.
    pub const SHORT_HOLD: Duration = Duration::from_secs(2);
    /// Longer than any test.
    pub const NEVER: Duration = Duration::from_hours(24);
    /// Short enough for tests to wait for, long enough to stay on the right side of it on a busy machine.
    const ADMIT_EVERY: Duration = Duration::from_millis(40);

    /// The service's own options, for an instance on a free port.
    pub(crate) fn of_instance(&self, database_url: &str) -> Options {
        Options {
            database_url: Some(database_url.into()),
            data_dir: None,
            listen: ([127, 0, 0, 1], 0).into(),
            public_url: self.public_url.map(|url| PublicUrl::parse(url).unwrap()),
            admin_key: Some(ADMIN_KEY.into()),
            queue_keys: Some(self.queue_keys.into()),
            ticket_keys: Some(self.ticket_keys.into()),
            hold_ttl: self.hold_ttl,
            pass_ttl: Duration::from_mins(10),
            show_up_within: Duration::from_mins(2),
            admit_every: Self::ADMIT_EVERY,
            sweep_every: self.sweep_every,
            db_pool_size: self.db_pool_size,
            db_wait: self.db_wait,
            metrics_listen: None,
            keep_idle_accounts: self.keep_idle_accounts,
            keep_passes: self.keep_passes,
            rate_limits: self.rate_limits,
            trusted_proxies: self.trusted_proxies.parse().unwrap(),
            cors_origins: self.cors_origins.parse().unwrap(),
            webhook_networks: self.webhook_networks.parse().unwrap(),
            events: self.events,
            no_migrate: false,
            otlp_endpoint: None,
            sample_data: SampleData::Off,
            charging: ChargingOptions {
                mode: Some(self.payments.into()),
                currency: Currency::KRW,
                stripe_secret_key: Some(PROVIDER_KEY.into()),
                stripe_webhook_secrets: Some(NOTICE_SECRETS.into()),
                stripe_api: ApiAddress::parse(self.provider_api).unwrap(),
                toss_secret_key: Some(PROVIDER_KEY.into()),
                toss_api: ApiAddress::parse(self.provider_api).unwrap(),
            },
            http: HttpOptions {
                connections_max: self.connections_max,
                connections_per_address: self.connections_per_address,
                streams_per_address: self.streams_per_address,
                head_deadline: self.client_timeout,
                body_deadline: self.client_timeout,
                keep_alive: self.client_timeout,
                untaken_deadline: self.client_timeout,
            },
            log_format: LogFormat::Text,
            log: "warn".into(),
        }
    }
}
