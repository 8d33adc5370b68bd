//! The rehearsal of a sale: a crowd that goes through the whole journey against any Seatline, over HTTP alone, before
//! the real one comes.
//!
//! ```sh
//! seatline-rush --url https://tickets.example.com --admin-key "$key" --people 20000 --seats 2000
//! ```
//!
//! Everybody gets an account and points, joins the line, polls as they are told to, looks at the seats, holds one and
//! pays. By chances that can be chosen, and by a seed that is printed, some hesitate, give up, let their hold lapse, join
//! again or send the same request twice; of those who bought, some give their seat back, some are checked in at the gate,
//! and some do both at once. At 429 and 503 they wait for as long as `Retry-After` says.
//!
//! With `--pages` everybody's browser opens the pages too: the programme, the concert, the line with all that it loads, the
//! seats, the reservation. Their bytes are counted as sent.
//!
//! The report says what came of everybody, how long requests took, and whether every promise was kept that can be seen
//! from outside.
//!
//! # What it leaves behind
//!
//! A rehearsal sells seats, to accounts that stay. Without `--concert` they are seats of a concert of its own, which can
//! be seen in the programme, since there is no way to take one away; its first performance starts a day later. Whoever is
//! unfinished when patience runs out or somebody interrupts it stays in line until their turn passes. And it comes from
//! one address: where requests of one address are limited, it meets the limits, waits as it is told to, counts, and says
//! what to do. Accounts are opened with the operators' key where there is one, which that limit does not count.
//!
//! # How long requests took
//!
//! Measured from the instant at which somebody wanted to send the request, so that there is no coordinated omission: the
//! wait for one of the `--connections` is part of it, and a slow service cannot make its own figures look better. A crowd of
//! 100,000 that comes at once does wait for itself; `--rate` lets it come evenly.
//!
//! # What must hold
//!
//! * No seat is sold to two people, or held for one after it was sold to another, unless that one gave it back.
//! * Numbers are unique, and joining again gives the same one. A position never rises.
//! * With `--board`, a position that is reckoned from the announced board never rises from board to board, is never lower
//!   than a poll after it tells, and errs by less than a bucket.
//! * Nobody is told to wait more than `--tolerance` after somebody behind them was told that it is their turn.
//! * Every point is accounted for: each charge, price, payment, refund and final balance.
//! * A ticket opens the gate once, and not after its refund. Of a refund and a check-in at once one is refused.
//! * The same key gives the same answer.
//! * With the operators' key: sales, revenue, refunds and check-ins are what was acknowledged, and nothing is held but
//!   what somebody left behind. At a concert that others visit too: at least what was acknowledged.
//!
//! # How it is built
//!
//! | module | what |
//! |---|---|
//! | `runner` | the course of a rehearsal, from setting it up to its report |
//! | `rehearsal` | state that everybody shares |
//! | `crowd` | what people do; one task each, without any buffer while they wait: 3 KiB a person in all |
//! | `sale` | sets up a concert, or finds one |
//! | `service` | calls over a bounded number of keep-alive connections |
//! | `promises` | compares what people are told with what they and others were told before; pure |
//! | `site` | what the pages load, where people open them (`--pages`) |
//! | `metrics` | people by stage and outcome, requests by kind |
//! | `audit` | compares balances and sales in the end |
//! | `report` | the results, for people and machines |
//! | `advice` | what to do where it goes badly |

mod advice;
mod audit;
mod chance;
mod crowd;
mod metrics;
mod options;
mod points;
mod progress;
mod promises;
mod rehearsal;
mod report;
mod runner;
mod sale;
mod service;
mod site;

use std::fs::File;
use std::io::{Write, stdout};
use std::process::ExitCode;

use anyhow::{Context, Result};

pub use chance::Chance;
pub use options::{Bounds, CrowdOptions, Habits, Options, Stock};
pub use points::Points;
pub use report::{Report, Verdict};

/// There was no rehearsal, or it was not held to its end: nothing is known to be broken.
const NOT_HELD: u8 = 2;

/// Runs a rehearsal and prints its report. The exit code is 0, 1 or 2, as `--help` says.
pub fn run(options: &Options) -> ExitCode {
    match rehearse_and_report(options) {
        Ok(report) => ExitCode::from(match report.verdict() {
            Verdict::Passed => 0,
            Verdict::Failed => 1,
            Verdict::Incomplete => NOT_HELD,
        }),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(NOT_HELD)
        }
    }
}

fn rehearse_and_report(options: &Options) -> Result<Report> {
    // Before the rehearsal, which may take long, and not after it.
    let file = options
        .json
        .as_ref()
        .map(|path| File::create(path).with_context(|| format!("{} cannot be written", path.display())));
    let file = file.transpose()?;
    let report = tokio::runtime::Runtime::new()?.block_on(runner::rehearse(options))?;
    if let Some(file) = file {
        serde_json::to_writer_pretty(file, &report).context("the report cannot be written")?;
    }
    // A reader that has closed the pipe does not want it.
    let _ = stdout().write_all(report.to_string().as_bytes());
    Ok(report)
}
