use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_adapters_http::{HttpSettings, Readiness, Server, ServerHandle};
use seatline_adapters_postgres::{ConnectionSettings, Postgres, migrate, pending_migrations};
use seatline_adapters_webhooks::{CallSettings, HttpWebhookCalls};
use seatline_application::{Ports, Seatline, Settings};
use tokio::task::JoinHandle;

use crate::charging::ChosenMode;
use crate::config::{KeptEvents, Options, SampleData, Switch};
use crate::database::Database;
use crate::http_options::streams_within;
use crate::ids::TimeOrderedIds;
use crate::metrics::{PrometheusMetrics, recorder};
use crate::pages::{WebPages, public_url};
use crate::sample;
use crate::secrets::Secrets;
use crate::workers::Workers;

/// More open files are never needed.
const MAX_FILES: u64 = 65_536;
/// Open files that are no client's connections: the database, the libraries, the log.
const OTHER_FILES: u64 = 1_200;

/// A running Seatline.
pub struct Service {
    address: SocketAddr,
    secrets: Secrets,
    database: Database,
    postgres: Arc<Postgres>,
    workers: Workers,
    http: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Service {
    /// How long lanes may take to finish their work.
    const LANES_DEADLINE: Duration = Duration::from_secs(20);

    /// Opens the database, brings its schema up to date unless it is to be left as it is, and serves.
    ///
    /// # Errors
    /// Whatever keeps it from serving, with its causes.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let mode = ChosenMode::of(options)?;
        // Before the database, so that a second instance on the same port fails before it touches anything.
        let listener = TcpListener::bind(options.listen).with_context(|| {
            format!("cannot listen on {}; SEATLINE_LISTEN chooses another address or port", options.listen)
        })?;
        let monitoring = options.metrics_listen.map(|address| {
            TcpListener::bind(address).with_context(|| {
                format!("cannot listen on {address}; SEATLINE_METRICS_LISTEN chooses another address or port")
            })
        });
        let listeners = (listener, monitoring.transpose()?);
        let database = Database::open(options).await?;
        match Self::serve(options, mode, listeners, &database).await {
            Ok((address, secrets, postgres, workers, http, serving)) => {
                Ok(Self { address, secrets, database, postgres, workers, http, serving })
            }
            Err(error) => {
                if let Err(also) = database.close().await {
                    tracing::error!("{also:#}");
                }
                Err(error)
            }
        }
    }

    async fn serve(
        options: &Options,
        mode: ChosenMode,
        (listener, monitoring): (TcpListener, Option<TcpListener>),
        database: &Database,
    ) -> anyhow::Result<(
        SocketAddr,
        Secrets,
        Arc<Postgres>,
        Workers,
        ServerHandle,
        JoinHandle<std::io::Result<()>>,
    )> {
        let charging = mode.set_up(options, &listener)?;
        let secrets = Secrets::load(options, database.data_dir())?;
        if options.no_migrate {
            ensure_up_to_date(database).await?;
        } else {
            let applied = migrate(database.url())
                .await
                .with_context(|| format!("cannot bring {database} up to date"))?;
            if !applied.is_empty() {
                tracing::info!(migrations = ?applied, "brought the database up to date");
            }
        }
        // Before anything looks its metrics up.
        let recorded = recorder()?;
        seatline_adapters_payments::register_metrics();
        let postgres = Arc::new(Postgres::new(&connection_settings(options, database))?);
        let recording = postgres.record_charging_mode(mode.as_str());
        recording.await.with_context(|| format!("cannot say how points are charged in {database}"))?;
        let rate_limits = options.rate_limits == Switch::On;
        let http_limits = options.http.limits(connections_within(raise_file_limit()), rate_limits);
        if options.events == KeptEvents::On {
            postgres.keep_all_events();
        }
        let calls = CallSettings { allowed: options.webhook_networks.clone(), ..CallSettings::default() };
        let ports = Ports {
            webhook_calls: Arc::new(HttpWebhookCalls::new(calls)?),
            ..Ports::from_adapter(postgres.clone(), Arc::new(TimeOrderedIds))
        };
        let seatline = Arc::new(Seatline::new(
            ports,
            Settings {
                hold_ttl: delta(options.hold_ttl)?,
                queue_tokens: secrets.queue_tokens.clone(),
                ticket_codes: secrets.ticket_codes.clone(),
                charging,
                streams_max: streams_within(http_limits.connections_max),
                keep_idle_accounts: options.keep_idle_accounts.duration().map(delta).transpose()?,
                keep_passes: options.keep_passes.duration().map(delta).transpose()?,
            },
        ));
        let wanted = match options.sample_data {
            SampleData::Auto => matches!(database, Database::Embedded { .. }),
            SampleData::On => true,
            SampleData::Off => false,
        };
        if wanted {
            sample::load(&seatline).await.context("cannot load the sample programme")?;
        }
        let mut settings = HttpSettings::new(secrets.admin_key.clone());
        settings.default_pass_ttl = delta(options.pass_ttl)?;
        settings.default_show_up_within = delta(options.show_up_within)?;
        settings.rate_limits = rate_limits;
        settings.trusted_proxies = options.trusted_proxies.clone();
        settings.cors_origins = options.cors_origins.clone();
        settings.limits = http_limits;
        let readiness = Arc::new(DatabaseReadiness(postgres.clone()));
        let metrics = Arc::new(PrometheusMetrics::new(recorded.clone(), postgres.clone(), seatline.clone()));
        let pages = Arc::new(WebPages::new(seatline.clone(), &public_url(options, &listener)?, &settings)?);
        let server =
            Server::bind(listener, monitoring, seatline.clone(), readiness, metrics, settings, Some(pages))?;
        let (address, http) = (server.local_addr(), server.handle());
        let workers = Workers::start(&seatline, recorded, options.admit_every, options.sweep_every);
        if let Some(embedded) = database.embedded() {
            workers.supervise(embedded);
        }
        let serving = tokio::spawn(server.run());
        Ok((address, secrets, postgres, workers, http, serving))
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The file with the operators' key, if the key was generated.
    pub fn admin_key_file(&self) -> Option<&Path> {
        self.secrets.admin_key_file.as_deref()
    }

    /// The database, in words.
    pub fn database(&self) -> String {
        self.database.to_string()
    }

    /// Waits until it ends by itself, which it should not.
    ///
    /// # Errors
    /// The error with which it ended.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        (&mut self.serving).await?.context("the HTTP server ended")
    }

    /// Ends it in order: streams of events closed, no new requests, running ones answered, workers and lanes finished,
    /// connections closed, the embedded database stopped last.
    ///
    /// # Errors
    /// The embedded database cannot be stopped.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.http.stop().await;
        self.workers.stop().await;
        if !self.postgres.shut_down(Self::LANES_DEADLINE).await {
            tracing::warn!("lanes did not finish in time");
        }
        self.database.close().await
    }
}

/// Lets the process open as many files as the operating system allows it, and says how many that are.
fn raise_file_limit() -> u64 {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
        let wanted = hard.min(MAX_FILES).max(soft);
        setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).map(|()| wanted)
    });
    raised.unwrap_or_else(|error| {
        tracing::warn!(%error, "the number of open files stays as it is");
        getrlimit(Resource::RLIMIT_NOFILE).map_or(MAX_FILES, |(soft, _)| soft)
    })
}

/// How many clients can be connected with so many files open: each connection takes two.
fn connections_within(files: u64) -> usize {
    let connections = files.saturating_sub(OTHER_FILES).max(files / 4) / 2;
    usize::try_from(connections).unwrap_or(usize::MAX)
}

pub(crate) fn connection_settings(options: &Options, database: &Database) -> ConnectionSettings {
    ConnectionSettings {
        url: database.url().to_owned(),
        pool_size: options.db_pool_size,
        wait: options.db_wait,
    }
}

/// Refuses a schema that is older than this version needs. A newer one does: versions only ever add to it.
async fn ensure_up_to_date(database: &Database) -> anyhow::Result<()> {
    let pending =
        pending_migrations(database.url()).await.with_context(|| format!("cannot look at {database}"))?;
    anyhow::ensure!(
        pending.is_empty(),
        "the schema of {database} is older than this version needs, and --no-migrate leaves it as it is: run `seatline \
         migrate` of this version first (missing: {})",
        pending.join(", ")
    );
    Ok(())
}

fn delta(duration: Duration) -> anyhow::Result<TimeDelta> {
    TimeDelta::from_std(duration).context("a duration is too long")
}

struct DatabaseReadiness(Arc<Postgres>);

#[async_trait]
impl Readiness for DatabaseReadiness {
    async fn is_ready(&self) -> bool {
        self.0.is_ready().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_everything_else() {
        assert_eq!(connections_within(65_536), 32_168);
        assert_eq!(connections_within(20_000), 9_400);
        assert_eq!(connections_within(1_024), 128);
    }
}
