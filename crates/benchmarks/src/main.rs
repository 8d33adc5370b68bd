//! Measures Seatline against the limit of the machine, side by side in one run: ratios, not seconds.

mod bare;
mod events;
mod footprint;
mod history;
mod load;
mod pages;
mod pgbench;
mod report;
mod room;
mod sale;
mod server;
mod waiting_room;
mod whole_line;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "seatline-bench", version, about)]
struct Cli {
    #[command(subcommand)]
    suite: Suite,
}

#[derive(Debug, Subcommand)]
enum Suite {
    /// Joins, polls, refreshes and memory with very many people waiting.
    WaitingRoom {
        /// How many people wait.
        #[arg(long, default_value_t = 1_000_000)]
        people: u64,
    },
    /// A whole line: everybody joins, some leave, all others are admitted. Checks that it went as it must.
    WholeLine {
        /// How many people join.
        #[arg(long, default_value_t = 1_000_000)]
        people: u64,
    },
    /// Holds, payments and charges beside pgbench, seat maps beside a bare handler, latency at half the peak rate.
    Sale,
    /// What the same requests cost beside ten thousand performances, a million users and ten million ledger entries.
    Growth,
    /// What a second instance on the same cores takes away.
    Instances,
    /// A cancelled performance with 20,000 refunds, and 10,000 seats blocked beside people who hold seats.
    Operations,
    /// Deliveries of events, and what a webhook costs holds and payments.
    Events,
    /// Memory, empty and full, and the time from start to ready.
    Footprint,
    /// Pages beside the calls of the API that they stand for, and the waiting room's page beside a bare handler.
    Pages,
    /// All of it, one after the other.
    All,
    /// What hot statements cost before and after a long history, with their plans.
    History {
        /// How many rows of each kind there are: ended passes, expired reservations with a seat each, ledger entries,
        /// idempotency keys. A multiple of 40.
        #[arg(long, default_value_t = 2_000_000)]
        rows: u64,
    },
    /// Seatline itself, under load.
    #[command(hide = true)]
    Seatline {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// What Seatline is measured against.
    #[command(hide = true)]
    Bare { body: PathBuf },
}

fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    if let Suite::Seatline { arguments } = cli.suite {
        return Ok(server::seatline(&arguments));
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        match cli.suite {
            Suite::Sale => sale::measure().await,
            Suite::Growth => sale::growth::measure().await,
            Suite::Instances => sale::instances::measure().await,
            Suite::Operations => sale::operations::measure().await,
            Suite::Events => events::measure().await,
            Suite::Footprint => footprint::measure().await,
            Suite::Pages => pages::measure().await,
            Suite::All => {
                sale::measure().await?;
                sale::instances::measure().await?;
                sale::growth::measure().await?;
                pages::measure().await?;
                footprint::measure().await?;
                waiting_room::measure(1_000_000).await
            }
            Suite::WaitingRoom { people } => waiting_room::measure(people).await,
            Suite::WholeLine { people } => whole_line::run(people).await,
            Suite::History { rows } => history::measure(rows).await,
            Suite::Bare { body } => server::bare(&body).await,
            Suite::Seatline { .. } => Ok(()),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
