//! The `seatline` binary.

use std::process::ExitCode;

use clap::Parser;
use seatline_bootstrap::Cli;

fn main() -> ExitCode {
    seatline_bootstrap::run(&Cli::parse())
}
