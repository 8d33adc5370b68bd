//! Measures Seatline against the limit of the machine, side by side in one run: ratios, not seconds.

mod lanes;
mod pgbench;
mod report;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "seatline-bench", version, about)]
struct Cli {
    #[command(subcommand)]
    suite: Suite,
}

#[derive(Debug, Subcommand)]
enum Suite {
    /// Joining one room through the lane alone, against the plain equivalent run by pgbench.
    JoinLane {
        /// How many people join.
        #[arg(long, default_value_t = 200_000)]
        people: u64,
        /// How many callers join at the same time.
        #[arg(long, default_value_t = 256)]
        callers: usize,
    },
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        match cli.suite {
            Suite::JoinLane { people, callers } => lanes::join(people, callers).await,
        }
    })
}
