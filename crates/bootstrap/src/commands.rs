use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use seatline_adapters_postgres::{Postgres, add_cell, migrate, pending_migrations};
use seatline_domain::concert::Performance;
use seatline_domain::invariant::Invariant;
use seatline_domain::payment::RefundProgress;
use seatline_domain::ports::{Cancellations, Inspection};
use tokio::signal::unix::{SignalKind, signal};

use crate::charging::ChosenMode;
use crate::config::{Cli, Command, Options};
use crate::database::Database;
use crate::logging;
use crate::service::{Service, connection_settings};

/// Runs one command to its end. Anything that goes wrong is printed with its causes.
pub fn run(cli: &Cli) -> ExitCode {
    let command = cli.command.unwrap_or(Command::Serve);
    match execute(command, &cli.options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("seatline: {error:#}");
            if command == Command::Check { ExitCode::from(COULD_NOT_LOOK) } else { ExitCode::FAILURE }
        }
    }
}

/// The exit code of a check that could not look. Never that of one that found something.
const COULD_NOT_LOOK: u8 = 2;

fn execute(command: Command, options: &Options) -> anyhow::Result<ExitCode> {
    if command == Command::Openapi {
        println!("{}", seatline_adapters_http::openapi_json().context("cannot write the document")?);
        return Ok(ExitCode::SUCCESS);
    }
    let _traces = logging::start(options)?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(async {
        match command {
            Command::Serve | Command::Openapi => serve(options).await,
            Command::Migrate => with_database(options, Database::open(options).await?, migrate_only).await,
            Command::AddCell => with_database(options, Database::open(options).await?, add_one_cell).await,
            Command::Check => with_database(options, Database::find(options).await?, check).await,
        }
    })
}

async fn serve(options: &Options) -> anyhow::Result<ExitCode> {
    let (mut interrupted, mut terminated) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut service = tokio::select! {
        service = Service::start(options) => service?,
        _ = interrupted.recv() => anyhow::bail!("interrupted while starting"),
        _ = terminated.recv() => anyhow::bail!("terminated while starting"),
    };
    // A closed output is no reason to refuse service.
    drop(announce(&mut std::io::stdout().lock(), &service, options));
    let ended = tokio::select! {
        ended = service.ended() => ended,
        _ = interrupted.recv() => Ok(()),
        _ = terminated.recv() => Ok(()),
    };
    tracing::info!("stopping: finishing requests, then lanes, then the database");
    service.stop().await?;
    ended.map(|()| ExitCode::SUCCESS)
}

fn announce(out: &mut impl Write, service: &Service, options: &Options) -> std::io::Result<()> {
    let address = service.address();
    writeln!(out, "Seatline listens on http://{address}")?;
    writeln!(out, "  page               http://{address}/, in a browser")?;
    writeln!(out, "  API documentation  http://{address}/docs")?;
    writeln!(out, "  data               {}", service.database())?;
    if let Some(address) = options.metrics_listen {
        writeln!(out, "  metrics            http://{address}/metrics, for anybody who reaches it")?;
    }
    match service.admin_key_file() {
        Some(file) => writeln!(out, "  operators' key     in {}", file.display())?,
        None => writeln!(out, "  operators' key     as given by SEATLINE_ADMIN_KEY")?,
    }
    if let Ok(mode) = ChosenMode::of(options) {
        writeln!(out, "  points are charged {}", mode.announcement())?;
    }
    writeln!(out, "  holds last         {}", humantime::format_duration(options.hold_ttl))
}

/// Runs something on the database, and closes it again.
async fn with_database(
    options: &Options,
    database: Database,
    work: impl AsyncFnOnce(&Options, &Database) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let result = work(options, &database).await;
    database.close().await?;
    result
}

async fn migrate_only(_options: &Options, database: &Database) -> anyhow::Result<ExitCode> {
    let applied =
        migrate(database.url()).await.with_context(|| format!("cannot bring {database} up to date"))?;
    if applied.is_empty() {
        println!("the database is up to date");
    }
    for migration in applied {
        println!("applied {migration}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn add_one_cell(_options: &Options, database: &Database) -> anyhow::Result<ExitCode> {
    assert_up_to_date(database).await?;
    let cell =
        add_cell(database.url()).await.with_context(|| format!("cannot make another cell in {database}"))?;
    println!("cell {cell} is there: the next concert is put into it");
    Ok(ExitCode::SUCCESS)
}

async fn assert_up_to_date(database: &Database) -> anyhow::Result<()> {
    let pending =
        pending_migrations(database.url()).await.with_context(|| format!("cannot look at {database}"))?;
    anyhow::ensure!(pending.is_empty(), "the database is not up to date: run `seatline migrate` first");
    Ok(())
}

/// The cancelled performances that still owe money, which is no violation: refunds go on while an instance runs.
async fn unfinished_cancellations(postgres: &Postgres) -> anyhow::Result<Vec<(Performance, RefundProgress)>> {
    let mut unfinished = Vec::new();
    for one in postgres.unfinished(1).await? {
        unfinished.extend(postgres.progress(one.performance_id).await?);
    }
    Ok(unfinished)
}

async fn check(options: &Options, database: &Database) -> anyhow::Result<ExitCode> {
    assert_up_to_date(database).await?;
    let postgres = Postgres::new(&connection_settings(options, database))?;
    let violations = postgres.violations().await?;
    for invariant in Invariant::ALL {
        let broken: Vec<_> = violations.iter().filter(|found| found.invariant == *invariant).collect();
        let verdict = if broken.is_empty() { "holds " } else { "BROKEN" };
        println!("{verdict} {:<4} {}", invariant.to_string(), invariant.text());
        for violation in broken {
            println!("       {}", violation.subject);
        }
    }
    for (performance, progress) in unfinished_cancellations(&postgres).await? {
        println!(
            "note   performance {} is cancelled, {} of {} payments are refunded so far",
            performance.id, progress.done, progress.total
        );
    }
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
